"""Who the person of a case is, as the organisations that were responsible for it told."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, cast

from domain.case import Case
from domain.case.about import AboutAct, ActCorrected
from domain.entry import Entry
from domain.network import Network
from domain.skeleton import Part

LOOKED_THROUGH: Final = 100
"""Entries about one person that are looked through, the newest first: a case may hold any number of them."""

Fields = Mapping[str, Any]
Opened = Callable[[Sequence[Entry]], Sequence[Fields | None]]
"""The identity part of each entry, or None where it cannot be opened."""

_AMENDING: Final = frozenset({"act-corrected", "act-retracted"})
_TELLING: Final = frozenset({"case-opened", "person-updated", "referral-sent"})
"""By name: asking an act for its class is slow, and is asked of every act."""
_IDENTITY: Final = ("", "identity")
_WHOLE: Final = frozenset({"names", "born", "identifiers"})


def moves_person(before: object, after: object, entry: Entry, marked: Mapping[Part, Fields]) -> bool:
    """True if the entry may change who the person of a case is, or who is responsible for it."""
    if not isinstance(before, Case) or not isinstance(after, Case):
        return False
    was, now = before.path.team, after.path.team
    if _IDENTITY in marked or (was is not now and was.responsible != now.responsible):
        return True
    if entry.act.type not in _AMENDING:
        return False
    target = before.history.entries.get(cast("AboutAct", entry.act).entry)
    return target is not None and target.act.type in _TELLING


def tells_person(entry: Entry, marked: Mapping[Part, Fields]) -> bool:
    """True if the organisation that is responsible tells of the person itself, and so is to be answered."""
    return _IDENTITY in marked and entry.on_behalf_of in (None, entry.organisation)


def person_of_case(case: Case, network: Network, opened: Opened) -> dict[str, Any]:
    """Names, birth date and identifiers; what was told last of each, with corrections in place.

    What others told of the person does not count: it would mark a case that is not theirs.
    """
    newest = list(islice(_telling(case, network), LOOKED_THROUGH))
    person = _merged({}, opened(newest[:1]))
    return person if person.keys() >= _WHOLE else _merged(person, opened(newest[1:]))


def _merged(person: dict[str, Any], older: Iterable[Fields | None]) -> dict[str, Any]:
    """What is known already stands; the older ones say the rest."""
    for fields in older:
        told = (fields or {}).get("act", fields or {}).get("person") or {}
        person = {**{name: value for name, value in told.items() if value}, **person}
    return person


def _telling(case: Case, network: Network) -> Iterator[Entry]:
    """The entries that hold what was told, the newest first."""
    began, by = _in_charge(case)
    for version in range(case.version, 0, -1):
        entry = case.history.entries.get(version)
        if entry is None or entry.act.type not in _TELLING or entry.ruled == "none":
            continue
        at = bisect_right(began, version) - 1
        if at < 0 or entry.actor != by[at] or not _speaks_for_itself(entry, network):
            continue
        match case.amendment(version) if version in case.about else None:
            case None:
                yield entry
            case Entry(act=ActCorrected()) as correction:
                yield correction
            case _:
                pass


def _speaks_for_itself(entry: Entry, network: Network) -> bool:
    """Or has no system of its own, and another told it."""
    return entry.actor == entry.organisation or not network.organisation(entry.actor).connected


def _in_charge(case: Case) -> tuple[list[int], list[str]]:
    """From which version on which organisation was responsible, in order."""
    stays = case.path.team.responsibilities.items()
    turns = sorted((stay.joined, organisation) for organisation, each in stays for stay in each)
    return [version for version, _ in turns], [organisation for _, organisation in turns]
