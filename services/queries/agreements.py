"""The agreements of the reader: between whom, from when to when, and how many of their places are taken."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import reduce
from itertools import groupby
from typing import Any, Final

from domain.agreement import Agreement
from domain.case.tenure import years_taken
from domain.changing import Dropped, Pending
from domain.entry import Entry
from domain.horizon import last_year
from services.queries.pages import Answer, cut, fitting
from services.queries.reading import Reading, named
from services.timetext import told
from services.views.places import PlacesTaken

SHOWN: Final = 20
"""Changes of an agreement that are listed, those that come into force first."""


def agreements(at: Reading, *, limit: int = 100, cursor: str | None = None, as_of: date | None = None) -> Answer:
    """Places are counted in all cases, also those that the reader does not see: a party knows what is left."""
    day = at.day(as_of)
    taken = [each for each in at.views.places(at.reader) if each.agreed <= day.isoformat()]
    of_agreement: dict[str, list[PlacesTaken]] = defaultdict(list)
    for each in taken:
        of_agreement[each.agreement].append(each)
    page, more = cut(_of_the_reader(at, day), _id, cursor, limit)
    shown, next_ = fitting(page, [_shown(at, each, of_agreement[each.id], day) for each in page], more, _id)
    return {"as_of": day.isoformat(), "counted_to": last_year(day), "agreements": shown, "next": next_}


def _id(agreement: Agreement) -> str:
    return agreement.id


def _of_the_reader(at: Reading, day: date) -> Iterator[Agreement]:
    """As told up to the day, also one that the reader is asked to join; where it was left out it is told nothing."""
    entries = sorted((s.entry for s in at.views.agreements(at.reader)), key=lambda e: e.originator_id)
    for id_, entries_ in at.each(groupby(entries, key=lambda e: e.originator_id)):
        agreement = reduce(Agreement.after, (e for e in entries_ if e.occurred.time.date() <= day), Agreement(id_))
        if at.reader in agreement.parties or at.reader in agreement.changes.joining:
            yield agreement


def _shown(at: Reading, agreement: Agreement, taken: Sequence[PlacesTaken], day: date) -> dict[str, Any]:
    terms, state = agreement.terms, agreement.state_on(day)
    pending = () if state == "ended" else agreement.changes.pending
    return {
        **named(agreement.id),
        "state": state,
        "parties": sorted(agreement.parties),
        "signed_by": sorted(agreement.signed),
        "on_anothers_word": sorted(agreement.on_anothers_word & agreement.signed),
        "awaits": sorted({party for each in pending for party in each.awaits}),
        "to_sign": [] if state == "ended" else agreement.outstanding(at.reader),
        "pending": [_pending(each) for each in pending[:SHOWN]],
        "dropped": [_dropped(agreement, each) for each in agreement.changes.dropped],
        "roles": dict(sorted(terms.roles.items())),
        "convener": terms.convener,
        "cadence_months": terms.cadence_months,
        "valid_from": terms.valid_from and terms.valid_from.isoformat(),
        "valid_until": terms.valid_until and terms.valid_until.isoformat(),
        "ended": terms.ended and terms.ended.isoformat(),
        "places_a_year": dict(sorted(terms.places.items())),
        "places": [_of_a_year(agreement, *each) for each in _by_year(agreement, at.each(taken), day)],
    }


def _pending(change: Pending) -> dict[str, Any]:
    return {**_told(change.entry), "change": change.version, "awaits": sorted(change.awaits)}


def _dropped(agreement: Agreement, dropped: Dropped) -> dict[str, Any]:
    """A change that came to nothing, and who withdrew or declined it."""
    entries = agreement.history.entries
    return {
        **_told(entries[dropped.change]),
        "change": dropped.change,
        "ended": {**_told(entries[dropped.ended]), "entry": dropped.ended},
    }


def _told(entry: Entry) -> dict[str, Any]:
    return {"type": entry.act.type, "by": entry.organisation, "at": told(entry.occurred)}


def _by_year(agreement: Agreement, taken: Iterable[PlacesTaken], day: date) -> list[tuple[int, str, int, int]]:
    """Year, kind and number, and how many of them on one side's word; this year's also where none is taken."""
    used: Counter[tuple[int, str]] = Counter({(day.year, kind): 0 for kind in agreement.terms.places})
    one_sided: Counter[tuple[int, str]] = Counter()
    for each in taken:
        last = date.fromisoformat(each.last) if each.last else None
        for year in years_taken(date.fromisoformat(each.first), last, today=day):
            used[year, each.place_kind] += each.number
            one_sided[year, each.place_kind] += each.number * each.one_sided
    return sorted((year, kind, number, one_sided[year, kind]) for (year, kind), number in used.items())


def _of_a_year(agreement: Agreement, year: int, kind: str, used: int, one_sided: int) -> dict[str, Any]:
    agreed = agreement.terms.places.get(kind)
    left = None if agreed is None else agreed - used
    taken = {"used": used, "on_one_sides_word": one_sided, "left": left}
    return {"year": year, "place_kind": kind, "agreed": agreed, **taken}
