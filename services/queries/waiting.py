"""What waits for the reader's word: claims told for it, memberships to confirm, signatures that others told for it,
and all that was told for it before it had a system.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from services.queries.pages import Answer, cut, fitting, limited
from services.queries.reading import Reading, named
from services.timetext import day_of
from services.views.kinds.claims import CLAIMS, WaitingRow
from services.views.told_for import ToldForRow

YEARS: Final = 2
"""How far back an organisation finds what was told for it when it gets a system: 24 months."""


def waiting(
    at: Reading, *, limit: int = 100, cursor: str | None = None, everyone: bool = False, case: str | None = None
) -> Answer:
    """The oldest first; `everyone` adds what waits for the word of others. An attestation of the entry ends it.

    What is `told-before` has its effect, which it keeps: it was told when the reader had no system.
    """
    record = at.record(case)
    rows = at.each(at.views.rows(at.reader, CLAIMS, record))
    found = [(row, whose) for row in rows if (whose := _whose(at, row, everyone))]
    known = {row.position for row, _ in found}
    found += ((_before(row), at.reader) for row in _told_before(at, record, cursor, limit) if row.position not in known)
    page, next_ = cut(found, _key, cursor, limit)
    persons = at.persons(row.record for row, _ in page)
    shown = [_shown(row, whose, persons.get(row.record)) for row, whose in page]
    kept, next_ = fitting(page, shown, next_, _key)
    return {"waiting": kept, "next": next_}


def _key(each: tuple[WaitingRow, str]) -> str:
    row, _ = each
    return f"{row.position:012d} {row.item}"


def _whose(at: Reading, row: WaitingRow, everyone: bool) -> str | None:
    """The organisation whose word ends it; None if it is another's and only the reader's are asked for."""
    whose = row.told_for if row.told_for and _connected(at, row.told_for) else None
    if whose is None and row.what == "signature":
        return None  # signed on evidence for one without a system
    if whose is None:
        whose = row.responsible if row.responsible and _connected(at, row.responsible) else row.teller
    own = row.what == "claim" and row.told_by == at.reader  # told before it became its word: it tells it again
    return whose if everyone or (whose == at.reader and not own) else None


def _told_before(at: Reading, record: str | None, cursor: str | None, limit: int) -> Sequence[ToldForRow]:
    """As many as the page may show, from where it begins."""
    reader = at.views.organisation(at.reader)
    if reader is None or not reader.connected or not reader.connected_at:
        return ()
    first, _, _ = (cursor or "").partition(" ")
    return at.views.told_for(
        at.reader,
        before=reader.connected_at,
        since=_years_before(reader.connected_on),
        first=int(first[:15]) if first.isdecimal() else 0,
        limit=limited(limit) + 2,  # the one at which the page before ended, and one that says that there are more
        record=record,
    )


def _years_before(day: str) -> str:
    """The same day so many years before, as text; the 29th of February is the 1st of March."""
    connected = day_of(day)
    try:
        return connected.replace(year=connected.year - YEARS).isoformat()
    except ValueError:
        return date(connected.year - YEARS, 3, 1).isoformat()


def _before(row: ToldForRow) -> WaitingRow:
    return WaitingRow(
        organisation=row.organisation,
        record=row.record,
        item=f"told-before-{row.version}",
        what="told-before",
        type=row.type,
        told_by=row.told_by,
        told_for=row.organisation,
        responsible=None,
        teller=None,
        at=row.at,
        position=row.position,
        version=row.version,
        wording=0,  # not kept: who attests one that was corrected is told which to name
    )


def _connected(at: Reading, organisation: str) -> bool:
    known = at.views.organisation(organisation)
    return bool(known and known.connected)


def _shown(row: WaitingRow, whose: str, person: dict[str, Any] | None) -> dict[str, Any]:
    return {
        **named(row.record),
        "person": person,
        "what": row.what,
        "type": row.type,
        "told_by": row.told_by,
        "told_for": row.told_for,
        "waits_for": whose,
        "at": row.at,
        "position": row.position,
        "entry": row.version,
        "wording": row.wording or None,
    }
