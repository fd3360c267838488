"""An agreement between organisations: how many places of which kind, who does what, and how often they meet."""

from datetime import date
from typing import Literal
from uuid import UUID

from immutables import Map

from domain.agreeing import (
    AgreementAmended,
    AgreementEnded,
    AgreementProposed,
    AgreementRenewed,
    AgreementSigned,
    PlaceAnswered,
    PlaceAsked,
)
from domain.case.meeting import MeetingAct
from domain.case.meetings import Meetings
from domain.entry import Entry
from domain.facts import dataclass, replace
from domain.history import History
from domain.refusal import Hidden, Refused
from domain.terms import Terms, proposed

State = Literal["proposed", "concluded", "in-force", "expired", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    by: str
    number: int
    place_kind: str
    answers: Map[str, int] = Map()
    """How many places each party has offered, as it said last."""


@dataclass(frozen=True, slots=True)
class Agreement:
    id: str
    history: History = History()
    founders: frozenset[str] = frozenset()
    """The parties it was proposed to be between; others may join them."""
    parties: frozenset[str] = frozenset()
    signed: frozenset[str] = frozenset()
    terms: Terms = Terms()
    asks: Map[UUID, Ask] = Map()
    meetings: Meetings = Meetings()

    @property
    def version(self) -> int:
        return self.history.version

    @property
    def concluded(self) -> bool:
        """Whether all between whom it was proposed have signed; who joins later holds nothing up."""
        return bool(self.founders) and self.founders <= self.signed

    def state_on(self, day: date) -> State:
        """Over is over, whether or not all had signed; on its last day it is still in force."""
        terms = self.terms
        if terms.ended and terms.ended < day:
            return "ended"
        if terms.valid_until and terms.valid_until < day:
            return "expired"
        if not self.concluded:
            return "proposed"
        return "in-force" if (terms.valid_from or date.max) <= day else "concluded"

    def in_force(self, day: date) -> bool:
        """Concluded, begun and not over on that day."""
        return self.state_on(day) == "in-force"

    def check_speaks(self, entry: Entry) -> None:
        """To whoever is no party it is as one that does not exist."""
        if self.version == 0:
            if not isinstance(entry.act, AgreementProposed):
                raise Hidden("agreement.unknown")
        elif entry.organisation not in self.parties:
            raise Hidden("agreement.unknown")

    def check(self, entry: Entry) -> None:
        self.check_speaks(entry)
        match entry.act:
            case AgreementProposed() if self.version:
                raise Refused("agreement.already-proposed")
            case AgreementProposed() as act:
                _check_days(act.valid_from, act.valid_until)
                _check_parties([s.party for s in act.signed_by], _parties(act, entry))
            case AgreementSigned(party=party):
                _check_parties([party], self.parties)
            case AgreementAmended(valid_until=until) | AgreementRenewed(valid_until=until):
                _check_days(self.terms.valid_from, until)
            case AgreementEnded() if self.terms.ended:
                raise Refused("agreement.has-ended")
            case AgreementEnded(ended=ended):
                _check_days(self.terms.valid_from, ended)
            case PlaceAsked(ask=ask) if ask in self.asks:
                raise Refused("ask.exists", ask=ask)
            case PlaceAnswered(ask=ask) if ask not in self.asks:
                raise Refused("ask.unknown", ask=ask)
            case MeetingAct() as act:
                self._check_meeting(act, entry)
            case _:
                pass

    def _check_meeting(self, act: MeetingAct, entry: Entry) -> None:
        if placements := getattr(act, "placements", ()):
            raise Refused("placement.unknown", placement=placements[0])  # they are on cases
        self.meetings.check(act, entry.occurred)

    def after(self, entry: Entry) -> "Agreement":
        agreement = replace(self, history=self.history.after(entry))
        match entry.act:
            case AgreementProposed() as act:
                return replace(
                    agreement,
                    founders=_parties(act, entry),
                    parties=_parties(act, entry),
                    signed=frozenset(s.party for s in act.signed_by),
                    terms=proposed(act),
                )
            case AgreementSigned(party=party):
                return replace(agreement, signed=self.signed | {party})
            case AgreementAmended() as act:
                return replace(agreement, parties=self.parties.union(act.joining), terms=self.terms.amended(act))
            case AgreementRenewed() as act:
                return replace(agreement, terms=self.terms.renewed(act))
            case AgreementEnded(ended=ended):
                return replace(agreement, terms=replace(self.terms, ended=ended))
            case PlaceAsked() as act:
                ask = Ask(by=entry.actor, number=act.number, place_kind=act.place_kind)
                return replace(agreement, asks=self.asks.set(act.ask, ask))
            case PlaceAnswered() as act if known := self.asks.get(act.ask):
                answered = replace(known, answers=known.answers.set(entry.actor, act.number))
                return replace(agreement, asks=self.asks.set(act.ask, answered))
            case MeetingAct() as act:
                return replace(agreement, meetings=self.meetings.after(act, entry))
            case _:
                return agreement


def _parties(act: AgreementProposed, entry: Entry) -> frozenset[str]:
    return frozenset((*act.parties, entry.actor, entry.organisation))


def _check_days(begins: date | None, ends: date | None) -> None:
    if begins and ends and ends < begins:
        raise Refused("agreement.ends-before-begins")


def _check_parties(named: list[str], parties: frozenset[str]) -> None:
    for party in named:
        if party not in parties:
            raise Refused("agreement.not-a-party", organisation=party)
