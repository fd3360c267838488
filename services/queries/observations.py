"""What was observed of a person on published sheets, item by item over time."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic_core import to_json

from domain.case import Case
from domain.case.assessment import ObservationRecorded
from domain.entry import Entry
from services.queries.opening import Part, opened
from services.queries.pages import LARGEST, Answer
from services.queries.reading import Reading
from services.seen import Seen, case_of
from services.timetext import told

_SCORED = frozenset({"skills", "health"})


def observations(at: Reading, *, case: str, as_of: date | None = None) -> Answer:
    """A series for each sheet and edition: scores of different editions are not compared.

    Of what does not fit in one answer the oldest are counted in `left_out`: ask for them as of an earlier day.
    """
    day, record = at.day(as_of), at.line(case).record
    seen = at.views.of_record(at.reader, record)
    held = [each for each in _held(case_of(record, at.each(seen))) if each[1].occurred.time.date() <= day]
    parts = opened(at.keyring, _telling(seen, held), _SCORED)
    series: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for act, entry, by in sorted(held, key=lambda each: (each[1].occurred.time, each[1].position)):
        series[act.sheet, act.edition].append(_observation(act, entry, by, parts.get(by.position, [])))
    left_out = _cut(series)
    shown = [{**_shown(*key, of), "left_out": left_out.get(key, 0)} for key, of in sorted(series.items())]
    return {"case": case, "as_of": day.isoformat(), "series": shown}


def _cut(series: dict[tuple[str, int], list[dict[str, Any]]]) -> dict[tuple[str, int], int]:
    """Leave out the oldest of the longest series until all fit in one answer; return how many of each."""
    left_out: dict[tuple[str, int], int] = {}
    sizes = {key: len(to_json(_shown(*key, of))) for key, of in series.items()}
    while sum(sizes.values()) > LARGEST:
        key = max(sizes, key=lambda each: sizes[each])
        gone = (len(series[key]) + 1) // 2
        left_out[key] = left_out.get(key, 0) + gone
        del series[key][:gone]
        sizes[key] = len(to_json(_shown(*key, series[key])))
    return left_out


def _held(case: Case) -> list[tuple[ObservationRecorded, Entry, Entry]]:
    """Act, entry, and the entry in which its scores are sealed: the correction, where there is one."""
    return [
        (act, entry, case.amendment(entry.originator_version) or entry)
        for act, entry in case.effective()
        if isinstance(act, ObservationRecorded)
    ]


def _telling(seen: Sequence[Seen], held: Sequence[tuple[ObservationRecorded, Entry, Entry]]) -> list[Seen]:
    positions = {by.position for _, _, by in held}
    return [s for s in seen if s.entry.position in positions]


def _observation(act: ObservationRecorded, entry: Entry, by: Entry, parts: Sequence[Part]) -> dict[str, Any]:
    scores: dict[str, int] = {}
    for part in parts:
        fields = part.get("fields", {})
        fields = fields.get("act", fields)
        for name in ("scores", "health_scores"):
            scores |= {score["item"]: score["score"] for score in fields.get(name) or ()}
    closed = {word: True for word in ("erased", "unreadable") if any(word in part for part in parts)}
    return {
        "position": by.position,
        "organisation": entry.actor,
        "occurred_at": told(entry.occurred),
        "moment": act.moment,
        "filled_by": act.filled_by,
        "placement": str(act.placement) if act.placement else None,
        "items_scored": act.items_scored,
        "items_asked": act.items_asked,
        "scores": scores,
        **closed,
    }


def _shown(sheet: str, edition: int, of: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`items` are the scores of each in the order of the observations; none where it was not scored."""
    names = sorted({item for each in of for item in each["scores"]})
    items = [{"item": name, "scores": [each["scores"].get(name) for each in of]} for name in names]
    plain = [{name: value for name, value in each.items() if name != "scores"} for each in of]
    return {"sheet": sheet, "edition": edition, "observations": plain, "items": items}
