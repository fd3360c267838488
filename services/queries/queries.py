"""What an organisation may ask of the views. Here, and nowhere else, sealed parts are opened, for who may see them."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any, Final, Protocol, TypeVar

from pydantic_core import to_json

from domain.case.referral import OPEN
from domain.refusal import Malformed, Refused
from domain.submission import record_id
from services.obligations import due_shown
from services.queries.case_shown import course_shown, handovers_shown, persons_told, practitioners_of, team_shown
from services.queries.due_book import DueBook
from services.queries.entry_shown import shown
from services.queries.marks import marks
from services.queries.names import named, persons, practitioners
from services.queries.opening import Opener, opened
from services.queries.person_shown import matches, person_of
from services.queries.rows_shown import line_shown, loop_shown
from services.seen import Seen, case_of
from services.timetext import instant
from services.views.rows import BoardRow
from services.views.store import Snapshot

MOST: Final = 500
"""Rows in one answer."""
LARGEST: Final = 512 * 1024
"""Bytes of entries in one answer."""
_END: Final = 2**62

Answer = dict[str, Any]
Row = TypeVar("Row")


class ReadableViews(Protocol):
    def reading(self) -> AbstractContextManager[Snapshot]: ...
    def wait_for(self, position: int, timeout: float) -> int: ...


class Queries:
    """Every answer says at which `position` the views stood. With `after` it waits until they stand there or later;
    past `timeout` seconds it says `{"outcome": "not yet", "position": …}`.

    Raises `Refused`: `organisation.unknown`, `organisation.suspended`, and `case.unknown` alike for a case that does
    not exist and one that the reader may not see.
    """

    def __init__(self, views: ReadableViews, keyring: Opener, dues: DueBook, *, clock: Callable[[], datetime]) -> None:
        self._views = views
        self._keyring = keyring
        self._dues = dues
        self._clock = clock

    def board(
        self,
        *,
        reader: str,
        after: int | None = None,
        timeout: float = 5,
        limit: int = 100,
        cursor: int | None = None,
        status: str | None = None,
        name: str | None = None,
    ) -> Answer:
        """The caseload, what moved last first; `name` keeps the persons with words that begin so."""

        def answer(views: Snapshot) -> Answer:
            return self._board(views, reader, _limited(limit), _END if cursor is None else cursor, status, name)

        return self._answered(reader, after, timeout, answer)

    def case(
        self, *, reader: str, case: str, after: int | None = None, timeout: float = 5, as_of: date | None = None
    ) -> Answer:
        """The case file; what is due as of today or of another day."""
        record = record_id("case", case)
        return self._answered(reader, after, timeout, lambda views: self._case(views, reader, record, as_of))

    def timeline(
        self,
        *,
        reader: str,
        case: str,
        after: int | None = None,
        timeout: float = 5,
        limit: int = 200,
        cursor: int | None = None,
    ) -> Answer:
        """The entries of a case in order, each with what others say about it."""
        record = record_id("case", case)

        def answer(views: Snapshot) -> Answer:
            _known(views, reader, record)
            seen = views.of_record(reader, record)
            said = marks(case_of(record, seen), seen)
            page, more = _page([s for s in seen if s.entry.position > (cursor or 0)], _limited(limit))
            entries = self._shown(page, reader)
            for entry in entries:
                entry["marks"] = said.get(entry["position"], {})
            return {"case": case, "entries": entries, "next": page[-1].entry.position if more else None}

        return self._answered(reader, after, timeout, answer)

    def referrals(
        self,
        *,
        reader: str,
        after: int | None = None,
        timeout: float = 5,
        limit: int = 100,
        cursor: int | None = None,
        open_only: bool = False,
    ) -> Answer:
        """Each referral as a loop from sending to outcome, the latest first."""

        def answer(views: Snapshot) -> Answer:
            rows = views.referrals(
                reader,
                before=_END if cursor is None else cursor,
                limit=_limited(limit) + 1,
                record=None,
                states=sorted(OPEN) if open_only else None,
            )
            page, more = _page(rows, _limited(limit))
            return {
                "referrals": [loop_shown(row, self._now()) for row in page],
                "next": page[-1].position if more else None,
            }

        return self._answered(reader, after, timeout, answer)

    def directory(
        self,
        *,
        reader: str,
        after: int | None = None,
        timeout: float = 5,
        limit: int = MOST,
        cursor: str | None = None,
    ) -> Answer:
        """The organisations of the network."""

        def answer(views: Snapshot) -> Answer:
            rows = [row for row in views.organisations() if row.id > (cursor or "")]
            page, more = _page(rows, _limited(limit))
            names = named(self._keyring, views.at(reader, [row.named for row in page]))
            organisations = [
                {
                    "organisation": row.id,
                    "name": names.get(row.named),
                    "kind": row.kind,
                    "connected": bool(row.connected),
                    "country": row.country,
                    "part_of": row.part_of,
                    "reached_through": row.reached_through,
                    "suspended": bool(row.suspended),
                    "office": bool(row.founder),
                }
                for row in page
            ]
            return {"organisations": organisations, "next": page[-1].id if more else None}

        return self._answered(reader, after, timeout, answer)

    def entries(self, *, reader: str, positions: Sequence[int], after: int | None = None, timeout: float = 5) -> Answer:
        """Entries by position. What the reader may not see is left out; what is too much is named in `more`."""
        if len(positions) > MOST:
            raise Malformed("form.unreadable", [("positions", "field.too-long")], most=MOST)

        def answer(views: Snapshot) -> Answer:
            found = self._shown(views.at(reader, positions), reader)
            size = kept = 0
            for entry in found:
                size += len(to_json(entry)) + 1
                if size > LARGEST and kept:
                    break
                kept += 1
            return {"entries": found[:kept], "more": [entry["position"] for entry in found[kept:]]}

        return self._answered(reader, after, timeout, answer)

    def _answered(self, reader: str, after: int | None, timeout: float, answer: Callable[[Snapshot], Answer]) -> Answer:
        if after is not None and (stands := self._views.wait_for(after, timeout)) < after:
            return {"outcome": "not yet", "position": stands}
        with self._views.reading() as views:
            organisation = views.organisation(reader)
            if organisation is None:
                raise Refused("organisation.unknown", organisation=reader)
            if organisation.suspended:
                raise Refused("organisation.suspended")
            return {"position": views.reached().position, **answer(views)}

    def _board(
        self, views: Snapshot, reader: str, limit: int, before: int, status: str | None, name: str | None
    ) -> Answer:
        lines: list[Answer] = []
        size = limit if name is None else MOST
        while True:
            rows, more = _page(views.board(reader, before=before, limit=size + 1, status=status), size)
            for row, person in zip(rows, persons(self._keyring, views, reader, rows), strict=True):
                before = row.last_position
                if name is None or matches(person, name):
                    lines.append(line_shown(row, person, self._now()))
                if len(lines) == limit:
                    return {"cases": lines, "next": before if more or row is not rows[-1] else None}
            if not more:
                return {"cases": lines, "next": None}

    def _case(self, views: Snapshot, reader: str, record: str, as_of: date | None) -> Answer:
        row = _known(views, reader, record)
        seen = views.of_record(reader, record)
        case = case_of(record, seen)
        parts = opened(self._keyring, seen, frozenset({"identity", "contact"}))
        person = person_of(parts.get(position, []) for position in persons_told(case))
        acted = practitioners_of(seen)
        names = practitioners(self._keyring, views, reader, acted)
        return {
            **line_shown(row, person, self._now()),
            "team": team_shown(case),
            "handovers": handovers_shown(case),
            "referrals": [
                loop_shown(r, self._now())
                for r in views.referrals(reader, before=_END, limit=MOST, record=record, states=None)
            ],
            "course": course_shown(case),
            "obligations": [due_shown(due) for due in self._dues.of(views, row, as_of or self._today())],
            "practitioners": [
                {"practitioner": str(id_), "organisation": organisation, "name": names.get(str(id_))}
                for id_, organisation in sorted(acted.items())
            ],
        }

    def _today(self) -> date:
        return self._clock().date()

    def _now(self) -> str:
        return instant(self._clock())

    def _shown(self, seen: Sequence[Seen], reader: str) -> list[Answer]:
        parts = opened(self._keyring, seen)
        return [shown(s, parts.get(s.entry.position, []), reader) for s in seen]


def _known(views: Snapshot, reader: str, record: str) -> BoardRow:
    """A case that is hidden and one that does not exist are looked up alike, and refused alike."""
    if (row := views.line(reader, record)) is None:
        raise Refused("case.unknown")
    return row


def _limited(limit: int) -> int:
    return max(1, min(limit, MOST))


def _page(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], bool]:
    return rows[:limit], len(rows) > limit
