"""Finds that two organisations may know one person; each of them learns that and nothing else.

Nothing of it stands on the record: who was found may be corrected, and an entry could not be. Keyed digests are kept
beside the keys, and a question looks there anew.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from domain.case import Case
from domain.duplicates import combinations
from domain.entry import Entry
from domain.facts import dataclass
from domain.network import Network
from services.answers import LookUp
from services.keyring import Keyring, KnownPerson, TamperedError
from services.person_of_case import Fields, person_of_case, tells_person

A_DAY: Final = 200
"""Combinations of identifier, name and birth date that one organisation may look up in a day."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An entry that was just stored, and with which the person of its case may have changed."""

    entry: Entry
    case: Case
    marked: Mapping[Any, Fields]


class Duplicates:
    """For the desk. `a_day` bounds what one organisation may look up."""

    def __init__(self, keyring: Keyring, *, a_day: int = A_DAY) -> None:
        self._keyring = keyring
        self._a_day = a_day

    def looked_up(self, moved: Sequence[Moved], network: Network, day: date) -> list[LookUp]:
        """What each of these entries is answered; in their order, each after what the ones before it told."""
        sharing = self._keyring.taking_part(network)
        persons = [self._person(each, moved, network, sharing) for each in moved]
        to_note = [person for person in persons if person]
        noted = iter(self._keyring.note(to_note, network, day=day, a_day=self._a_day) if to_note else ())
        return [next(noted) if person else "not-asked" for person in persons]

    def _person(
        self, of: Moved, together: Sequence[Moved], network: Network, sharing: frozenset[str]
    ) -> KnownPerson | None:
        """None if there is nothing to note, and nothing was noted before."""
        responsible = of.case.path.team.responsible
        told = responsible is not None and responsible in sharing
        found = combinations(self._told(of.case, together, network)) if told else ()
        if not found and of.case.version == 1:
            return None
        asks = responsible == of.entry.organisation and tells_person(of.entry, of.marked)
        return KnownPerson(
            record=of.case.id, organisation=responsible or "", combinations=found, asks=asks and bool(found)
        )

    def _told(self, case: Case, together: Sequence[Moved], network: Network) -> Mapping[str, Any]:
        in_hand = {each.entry.id: each.marked.get(("", "identity")) for each in together}

        def opened(entries: Sequence[Entry]) -> Sequence[Fields | None]:
            kept = iter(self._opened([e for e in entries if e.id not in in_hand]))
            return [in_hand[e.id] if e.id in in_hand else next(kept) for e in entries]

        return person_of_case(case, network, opened)

    def _opened(self, entries: Sequence[Entry]) -> list[Fields | None]:
        parts = [[(e.id, part) for part in e.personal if part.category == "identity"][:1] for e in entries]
        try:
            fields = iter(self._keyring.opened([part for each in parts for part in each]))
        except TamperedError:
            return [None] * len(entries)
        return [next(fields) if each else None for each in parts]
