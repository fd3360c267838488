"""What a reader may see of the views: with `caseload` and `visible` the one way by which they are read.

Nothing else selects from these tables (a test keeps it so). Every statement begins with the reader's own rows.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from eventsourcing.persistence import Notification
from pydantic_core import to_json
from sqlalchemy import Connection, select

from adapters.sql.caseload import MOST_KEYS, CaseloadSnapshot
from adapters.sql.numbers import of_record, rows_of
from adapters.sql.tables import AUDIENCE, BOARD, ENTRY, ORGANISATION, PRACTITIONER, REFERRAL, STATE
from adapters.sql.visible import stored, visible, visible_at
from services.position import digest_of
from services.queries.pages import END
from services.seen import Seen
from services.views.kinds import KINDS
from services.views.kinds.referrals import ReferralRow
from services.views.rows import BoardRow, OrganisationRow, Reached


class AudienceSnapshot(CaseloadSnapshot):
    """Reads within one transaction, so at one position."""

    def reached(self) -> Reached:
        return reached(self._connection)

    def organisation(self, id_: str) -> OrganisationRow | None:
        row = self._connection.execute(select(ORGANISATION).where(ORGANISATION.c.id == id_)).first()
        return OrganisationRow(*row) if row else None

    def organisations(self) -> Sequence[OrganisationRow]:
        rows = (OrganisationRow(*row) for row in self._rows(select(ORGANISATION)))
        return sorted(rows)  # here, since databases sort texts by their own rules

    def line(self, reader: str, record: str) -> BoardRow | None:
        of_reader = rows_of(BOARD).where(BOARD.c.organisation == reader)
        row = self._connection.execute(of_reader.where(BOARD.c.record == of_record(record))).first()
        return BoardRow(*row) if row else None

    def board(self, reader: str, *, before: int, limit: int, status: str | None) -> Sequence[BoardRow]:
        wanted = rows_of(BOARD).where(BOARD.c.organisation == reader, BOARD.c.last_position < before)
        if status is not None:
            wanted = wanted.where(BOARD.c.status == status)
        return self._all(wanted.order_by(BOARD.c.last_position.desc()).limit(limit), BoardRow)

    def referrals(
        self, reader: str, *, before: int, limit: int, record: str | None, states: Sequence[str] | None
    ) -> Sequence[ReferralRow]:
        wanted = rows_of(REFERRAL).where(REFERRAL.c.organisation == reader, REFERRAL.c.position < before)
        if record is not None:
            wanted = wanted.where(REFERRAL.c.record == of_record(record))
        if states is not None:
            wanted = wanted.where(REFERRAL.c.state.in_(states))
        return self._all(wanted.order_by(REFERRAL.c.position.desc()).limit(limit), ReferralRow)

    def of_record(self, reader: str, record: str) -> Sequence[Seen]:
        of_it = visible(reader).where(AUDIENCE.c.record == of_record(record))
        return self._seen(of_it.order_by(AUDIENCE.c.position))

    def at(self, reader: str, positions: Sequence[int]) -> Sequence[Seen]:
        """In the order of the record; what the reader may not see is missing, as what does not exist."""
        wanted = sorted(set(positions))
        found: list[Seen] = []
        for start in range(0, len(wanted), MOST_KEYS):
            chunk = wanted[start : start + MOST_KEYS]
            found += self._seen(visible_at(reader, chunk))
        return found

    def namings(self, reader: str, practitioners: Sequence[str]) -> Sequence[Seen]:
        """The entries that name these practitioners, as far as the reader sees them."""
        ids = sorted(set(practitioners))
        wanted = select(PRACTITIONER.c.position).where(PRACTITIONER.c.practitioner.in_(ids))
        return self.at(reader, [row.position for row in self._rows(wanted)])

    def digest(self, reader: str) -> str:
        """SHA-256 (hex) over all that the reader may see, each row as a line of JSON in a fixed order."""
        digest = sha256()
        for row in self._everything(reader):
            digest.update(to_json(row))
            digest.update(b"\n")
        return digest.hexdigest()

    def _everything(self, reader: str) -> Iterator[tuple[Any, ...]]:
        yield ("position", self.reached().position)
        entries = visible(reader).order_by(AUDIENCE.c.position).execution_options(yield_per=1000)
        for row in self._rows(entries):
            yield ("entry", row.position, row.subject, row.categories, row.masked, row.because, digest_of(stored(row)))
        yield from (("board", *row) for row in self.lines(reader))
        for kind in KINDS:
            yield from ((kind.name, *row) for row in self.rows(reader, kind))
        told = self.told_for(reader, before=END, since="", first=0, limit=END)
        yield from (("told-for", *row) for row in told)
        yield from (("place", *row) for row in self.places(reader))
        yield from (("organisation", *row) for row in self.organisations())


def reached(connection: Connection) -> Reached:
    row = connection.execute(
        select(STATE.c.position, STATE.c.digest, STATE.c.incarnation, STATE.c.schema, STATE.c.recorded)
    ).one()
    return Reached(*row)


def entry_at(connection: Connection, position: int) -> Notification | None:
    """For the views themselves, which compare it with the record: no reader is given it."""
    columns = (ENTRY.c.position, ENTRY.c.subject, ENTRY.c.version, ENTRY.c.type, ENTRY.c.content)
    row = connection.execute(select(*columns).where(ENTRY.c.position == position)).first()
    return stored(row) if row else None
