"""Entries as their reader is shown them: of one case in order, or by position."""

from collections.abc import Sequence

from domain.refusal import Malformed
from services.queries.entry_shown import shown
from services.queries.marks import marks
from services.queries.opening import opened
from services.queries.pages import MOST, Answer, fits, fitting, limited, page, shortened
from services.queries.reading import Reading
from services.seen import Seen, case_of


def timeline(at: Reading, *, case: str, limit: int = 200, cursor: int | None = None) -> Answer:
    """The entries of a case in order, each with what others say about it."""
    record = at.line(case).record
    seen = at.views.of_record(at.reader, record)
    said = marks(case_of(record, at.each(seen)), seen, at.each)
    found, more = page([s for s in seen if s.entry.position > (cursor or 0)], limited(limit))
    told = _shown(at, found)
    for entry in told:
        entry["marks"] = shortened(said.get(entry["position"], {}))
    shown_, next_ = fitting(found, told, found[-1].entry.position if more else None, lambda s: s.entry.position)
    return {"case": case, "entries": shown_, "next": next_}


def entries(at: Reading, *, positions: Sequence[int]) -> Answer:
    """What the reader may not see is left out; what is too much is named in `more`."""
    if len(positions) > MOST:
        raise Malformed("form.unreadable", [("positions", "field.too-long")], most=MOST)
    found = _shown(at, at.views.at(at.reader, positions))
    kept = fits(found)
    return {"entries": kept, "more": [entry["position"] for entry in found[len(kept) :]]}


def _shown(at: Reading, seen: Sequence[Seen]) -> list[Answer]:
    parts = opened(at.keyring, seen)
    return [shown(s, parts.get(s.entry.position, []), at.reader) for s in seen]
