"""The acts of the load: cases as four organisations tell them, the same ones for every peer.

Every case begins with a referral that opens it (person, contacts and need sealed), its acceptance and two members who
join with the past. What follows is drawn: 60 % contacts with a note, 20 % information asked for or supplied, 15 %
meetings with an outcome, 5 % news of the person.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from uuid import UUID

from pydantic_core import to_json

MIX: Final = (
    "referral-sent, -accepted, 2 × member-joined, then 60 % contact-made, 20 % information-asked or -supplied, "
    "15 % meeting-held, 5 % person-updated"
)
OPENING: Final = 4
_NOTE: Final = "Colloquio di un quarto d'ora: conferma la presenza, chiede di spostare l'orario del lunedì."


@dataclass(frozen=True, slots=True)
class Act:
    """As it is sent: by which organisation of the four, on which record, under which type."""

    by: int
    case: str
    type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Workload:
    """Of four organisations. `alone`: each case is told by one of them only."""

    organisations: Sequence[str]
    seed: int = 1
    alone: bool = False

    def case_id(self, number: int) -> str:
        return str(UUID(int=self._drawn(number).getrandbits(128), version=4))

    def case(self, number: int, length: int) -> Iterator[Act]:
        """Its first so many acts, in order."""
        drawn = self._drawn(number)
        case, referral = _uuid(drawn), _uuid(drawn)
        people = [_uuid(drawn) for _ in self.organisations]
        opener = number % len(self.organisations)
        others = [n for n in range(len(self.organisations)) if n != opener]
        for version in range(1, length + 1):
            if version <= OPENING:
                by, told = self._opening(version, opener, others, referral, number)
            else:
                by, told = self._then(drawn, opener, others, referral)
            body = {
                "case": case,
                "act_id": _uuid(drawn),
                "occurred_at": "2026-11-20T09:30:00+01:00",
                "practitioner": people[by],
                **told,
            }
            yield Act(by, case, told["type"], to_json(body))

    def _opening(
        self, version: int, opener: int, others: Sequence[int], referral: str, number: int
    ) -> tuple[int, dict[str, Any]]:
        ids = self.organisations
        if version == 1:
            return opener, {
                "type": "referral-sent",
                "referral": referral,
                "to": ids[others[0]],
                "service": "internship",
                "need": "Mattina, vicino alla linea 12; un ambiente tranquillo.",
                "person": {"names": [f"Persona {number}", "Esempio"], "born": "1990-01-01"},
                "contacts": [{"kind": "phone", "value": f"000 {number:06d}"}],
                "past": "all",
            }
        if version == 2:
            # Told by one alone, the case is asked about instead of accepted by the other.
            if self.alone:
                return opener, {"type": "information-supplied", "referral": referral, "text": _NOTE}
            return others[0], {"type": "referral-accepted", "referral": referral}
        joined = ids[others[version - 2]]
        return opener, {"type": "member-joined", "organisation": joined, "role": "social-worker", "past": "all"}

    def _then(self, drawn: Random, opener: int, others: Sequence[int], referral: str) -> tuple[int, dict[str, Any]]:
        by = opener if self.alone else drawn.choice([opener, *others])
        chance = drawn.random()
        if chance < 0.60:
            channel = drawn.choice(("phone", "e-mail", "in-person"))
            return by, {"type": "contact-made", "channel": channel, "with_whom": "person", "note": _NOTE}
        if chance < 0.80:
            asks = not self.alone and drawn.random() < 0.5
            type_ = "information-asked" if asks else "information-supplied"
            return others[0] if asks else opener, {"type": type_, "referral": referral, "text": _NOTE}
        if chance < 0.95:
            met = [self.organisations[opener], self.organisations[others[0]]]
            told = {"meeting": _uuid(drawn), "meeting_kind": "team", "organisations": met, "mode": "in-person"}
            return by, {"type": "meeting-held", **told, "outcome": _NOTE}
        contacts = [{"kind": "e-mail", "value": "persona@example.invalid"}]
        return by, {"type": "person-updated", "contacts": contacts}

    def _drawn(self, number: int) -> Random:
        return Random(f"{self.seed}/{number}")  # noqa: S311 (the same load for everybody)


def interleaved(workload: Workload, first: int, cases: int, length: int, at_once: int) -> Iterator[tuple[int, Act]]:
    """All acts of so many cases, with their version, so many cases open at a time."""
    drawn = Random(workload.seed)  # noqa: S311
    coming = iter(range(first, first + cases))
    open_: list[Iterator[tuple[int, Act]]] = []
    while True:
        while len(open_) < at_once and (number := next(coming, None)) is not None:
            open_.append(iter(enumerate(workload.case(number, length), 1)))
        if not open_:
            return
        chosen = drawn.randrange(len(open_))
        if (told := next(open_[chosen], None)) is None:
            open_[chosen] = open_[-1]
            open_.pop()
        else:
            yield told


def _uuid(drawn: Random) -> str:
    return str(UUID(int=drawn.getrandbits(128), version=4))
