"""What waits for the reader's word: claims told for it, memberships to confirm, signatures that others told for it."""

from typing import Any

from services.queries.pages import Answer, cut, fitting
from services.queries.reading import Reading, named
from services.views.kinds.claims import CLAIMS, WaitingRow


def waiting(
    at: Reading, *, limit: int = 100, cursor: str | None = None, everyone: bool = False, case: str | None = None
) -> Answer:
    """The oldest first; `everyone` adds what waits for the word of others. An attestation of the entry ends it."""
    record = at.record(case)
    rows = at.each(at.views.rows(at.reader, CLAIMS, record))
    found = [(row, whose) for row in rows if (whose := _whose(at, row, everyone))]
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
    return whose if everyone or whose == at.reader else None


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
