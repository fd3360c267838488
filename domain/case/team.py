"""Which organisations belong to the case, since when, and with how much of its past."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from immutables import Map

from domain.entry import Act, Effect, Entry, FromList, Line, OrganisationId, Personal, Token
from domain.facts import dataclass, replace
from domain.moment import Moment
from domain.refusal import Refused

Past = Literal["none", "since", "all"]


class TeamAct(Act):
    """What changes who belongs to the case."""


class MemberJoined(TeamAct):
    effect: ClassVar[Effect] = "authority"
    type: Literal["member-joined"] = "member-joined"
    organisation: OrganisationId
    role: Annotated[Token, FromList("role")]
    past: Past = "none"
    past_since: date | None = None


class MemberLeft(TeamAct):
    effect: ClassVar[Effect] = "authority"
    type: Literal["member-left"] = "member-left"
    organisation: OrganisationId
    reason_class: Annotated[Token, FromList("leaving", by_class=True)]


class HandoverAct(TeamAct):
    """What happens to one passing-on of responsibility."""

    thread_kind: ClassVar[str] = "handover"
    handover: UUID

    @property
    def thread(self) -> UUID:
        return self.handover


class HandoverProposed(HandoverAct):
    """`teller` tells for an organisation without a system; it is not the proposer."""

    effect: ClassVar[Effect] = "authority"
    type: Literal["handover-proposed"] = "handover-proposed"
    to: OrganisationId
    teller: OrganisationId | None = None
    reason_class: Annotated[Token, FromList("handover", by_class=True)]


class HandoverAccepted(HandoverAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["handover-accepted"] = "handover-accepted"


class HandoverDeclined(HandoverAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["handover-declined"] = "handover-declined"
    reason_class: Annotated[Token, FromList("handover", by_class=True)]


class CaseHandedOut(TeamAct):
    """Passed to somebody outside the record: the case stays without a responsible organisation."""

    effect: ClassVar[Effect] = "authority"
    type: Literal["case-handed-out"] = "case-handed-out"
    reason_class: Annotated[Token, FromList("handover", by_class=True)]
    to_whom: Annotated[Line, Personal("social")] = ""


class TellerNamed(TeamAct):
    """Who tells for an organisation without a system; without `organisation`, for the person."""

    effect: ClassVar[Effect] = "authority"
    type: Literal["teller-named"] = "teller-named"
    organisation: OrganisationId | None = None
    teller: OrganisationId


class CaseAdopted(TeamAct):
    """A case without a responsible organisation is taken up; of the past it opens no more than was open before."""

    effect: ClassVar[Effect] = "authority"
    type: Literal["case-adopted"] = "case-adopted"
    organisation: OrganisationId


class PastConfirmed(TeamAct):
    """The office opens the rest of the past to the organisation that adopted the case."""

    effect: ClassVar[Effect] = "authority"
    type: Literal["past-confirmed"] = "past-confirmed"
    organisation: OrganisationId


@dataclass(frozen=True, slots=True)
class Stay:
    """One period in which an organisation belongs to the case, by the acts that began and ended it."""

    since: Moment
    joined: int
    past: Past = "none"
    past_since: date | None = None
    until: Moment | None = None
    told: Moment | None = None
    """When it was told that it ended: what was late by then stays missed, whatever day is given for the leaving."""
    through: UUID | None = None
    """The referral by whose acceptance it began."""

    def opens_more_than(self, other: "Stay") -> bool:
        return self.breadth > other.breadth

    @property
    def breadth(self) -> tuple[int, int]:
        """How much of the past it opens, to be compared."""
        match self.past:
            case "none":
                return 0, 0
            case "since":
                return 1, -(self.past_since or date.max).toordinal()
            case _:
                return 2, 0

    def covers(self, moment: Moment) -> bool:
        """Judged generously where a date is only known as a day, month or year."""
        return moment.latest >= self.since.earliest and (self.until is None or moment.earliest <= self.until.latest)


@dataclass(frozen=True, slots=True)
class Handover:
    proposer: str
    to: str
    state: Literal["proposed", "accepted", "declined"] = "proposed"
    proposed: int = 0
    teller: str | None = None


@dataclass(frozen=True, slots=True)
class Teller:
    """The account that tells for an organisation without a system, and the version that named it; 0 by default."""

    account: str
    named: int = 0


@dataclass(frozen=True, slots=True)
class Team:
    responsible: str | None = None
    responsibilities: Map[str, tuple[Stay, ...]] = Map()
    memberships: Map[str, tuple[Stay, ...]] = Map()
    handovers: Map[UUID, Handover] = Map()
    tellers: Map[str, Teller] = Map()
    """Organisation → who tells for it if it has no system: who was named, else who brought it in."""
    person_teller: str | None = None
    adopted: int = 0
    """The version that adopted the case, until the office has confirmed the past."""
    placed_by: str | None = None
    """The account that told for the responsible organisation that it takes the case up: it may name its teller."""

    def teller_of(self, organisation: str | None) -> str | None:
        """The account that tells for it, as long as that one belongs to the case."""
        teller = self.tellers.get(organisation) if organisation else None
        return teller.account if teller and self.belongs(teller.account) else None

    def introduced(self, organisation: str | None, by: str) -> "Team":
        """Notes who brought an organisation in first; it tells for it if that one has no system."""
        if organisation is None or organisation == by or self.knows(organisation):
            return self
        return self._told_for(organisation, Teller(by))

    def knows(self, organisation: str) -> bool:
        """Whether it came to the case already, by itself or through another account."""
        return organisation in self.tellers or any(True for _ in self.stays(organisation))

    def _told_for(self, organisation: str, teller: Teller) -> "Team":
        return replace(self, tellers=self.tellers.set(organisation, teller))

    @property
    def responsible_stay(self) -> Stay | None:
        return next((s for s in self.responsibilities.get(self.responsible or "", ()) if s.until is None), None)

    def stays(self, organisation: str) -> Iterator[Stay]:
        yield from self.responsibilities.get(organisation, ())
        yield from self.memberships.get(organisation, ())

    def belongs(self, organisation: str) -> bool:
        return any(stay.until is None for stay in self.stays(organisation))

    def left(self, organisation: str) -> bool:
        """It was a member and ended that."""
        return organisation in self.memberships and self.membership(organisation) is None

    def belonged(self, organisation: str, moment: Moment) -> bool:
        return any(stay.covers(moment) for stay in self.stays(organisation))

    def in_charge(self, moment: Moment | None = None) -> frozenset[str]:
        """Who is responsible now, or who was at that moment."""
        if moment is None:
            return frozenset({self.responsible} if self.responsible else ())
        return frozenset(o for o, stays in self.responsibilities.items() if any(s.covers(moment) for s in stays))

    def membership(self, organisation: str) -> Stay | None:
        """The membership that is open now, if there is one."""
        return next((s for s in self.memberships.get(organisation, ()) if s.until is None), None)

    def asked_for_handover(self, organisation: str) -> frozenset[UUID]:
        return frozenset(i for i, h in self.handovers.items() if h.to == organisation and h.state == "proposed")

    def check(self, act: Act, by: str) -> None:
        """Refuses what names nothing that is there, and what comes in an impossible order."""
        match act:
            case MemberJoined(past="since", past_since=None):
                raise Refused("member.past-without-date")
            case MemberLeft(organisation=organisation) if self.membership(organisation) is None:
                raise Refused("member.unknown", organisation=organisation)
            case HandoverProposed() if act.handover in self.handovers:
                raise Refused("handover.exists", handover=act.handover)
            case HandoverAccepted() | HandoverDeclined():
                self._check_answer(act, by)
            case PastConfirmed(organisation=organisation) if not self.adopted or organisation != self.responsible:
                raise Refused("case.not-adopted", organisation=organisation)
            case _:
                pass

    def check_leaving(self, act: Act, occurred: Moment) -> None:
        match act:
            case MemberLeft(organisation=organisation):
                stay = self.membership(organisation)
            case CaseHandedOut():
                organisation, stay = self.responsible or "", self.responsible_stay
            case _:
                return
        if stay and occurred.latest < stay.since.earliest:
            raise Refused("member.left-before-joining", organisation=organisation)

    def handover(self, id_: UUID) -> Handover:
        if (handover := self.handovers.get(id_)) is None:
            raise Refused("handover.unknown", handover=id_)
        return handover

    def _check_answer(self, act: HandoverAct, by: str) -> None:
        handover = self.handover(act.handover)
        if handover.to != by:
            raise Refused("handover.not-yours", handover=act.handover)
        if handover.state != "proposed":
            raise Refused("handover.answered", state=handover.state)
        if isinstance(act, HandoverAccepted) and self.responsible != handover.proposer:
            raise Refused("handover.overtaken", handover=act.handover)

    def after(self, act: Act, entry: Entry) -> "Team":
        match act:
            case MemberJoined():
                stay = Stay(entry.occurred, entry.since, act.past, act.past_since)
                return self.introduced(act.organisation, entry.organisation).joined(act.organisation, stay)
            case MemberLeft():
                return self._left(act.organisation, entry)
            case HandoverProposed():
                handover = Handover(entry.actor, act.to, proposed=entry.originator_version, teller=act.teller)
                return replace(self, handovers=self.handovers.set(act.handover, handover))
            case HandoverAccepted():
                return self._handed_over(act, entry)
            case HandoverDeclined():
                return self._answered(act, "declined", entry)
            case CaseHandedOut():
                return self._released(entry.occurred, entry.told)
            case TellerNamed(organisation=None):
                return replace(self, person_teller=act.teller)
            case TellerNamed(organisation=str(organisation)):
                return self._told_for(organisation, Teller(act.teller, entry.originator_version))
            case CaseAdopted():
                return self._adopted(act.organisation, entry)
            case PastConfirmed(organisation=organisation) if self.adopted and organisation == self.responsible:
                return self._confirmed()
            case _:
                return self

    def joined(self, organisation: str, stay: Stay) -> "Team":
        """With the organisation in; joining again while in changes how much of the past it may see."""
        stays = self._ended(self.memberships.get(organisation, ()), stay.since)
        return replace(self, memberships=self.memberships.set(organisation, (*stays, stay)))

    def admitted(self, organisation: str, stay: Stay) -> "Team":
        """Joined, unless it belongs already: then what it may see of the past can only grow."""
        membership = self.membership(organisation)
        if membership is None:
            return self.joined(organisation, stay)
        if not stay.opens_more_than(membership):
            return self
        wider = replace(membership, past=stay.past, past_since=stay.past_since)
        stays = (wider if s is membership else s for s in self.memberships[organisation])
        return replace(self, memberships=self.memberships.set(organisation, tuple(stays)))

    def opened(self, entry: Entry) -> "Team":
        """The account that opens a case for one without a system belongs to it too, and holds its authority."""
        team = self.made_responsible(entry.actor, Stay(entry.occurred, entry.since, "all"))
        return team if entry.organisation == entry.actor else team.told_by(entry.organisation, entry.actor, entry)

    def told_by(self, teller: str, organisation: str, entry: Entry) -> "Team":
        """With a member that tells for the responsible organisation, which has no system."""
        team = self._told_for(organisation, Teller(teller, entry.since))
        return team.admitted(teller, Stay(entry.occurred, entry.since, "all"))

    def made_responsible(self, organisation: str, stay: Stay, told: Moment | None = None) -> "Team":
        """`told` is when it was told, where another was responsible before."""
        team = self._released(stay.since, told)
        stays = team.responsibilities.get(organisation, ())
        return replace(
            team,
            responsible=organisation,
            responsibilities=team.responsibilities.set(organisation, (*stays, stay)),
            adopted=0,
            placed_by=None,
        )

    def left_through(self, referral: UUID, entry: Entry) -> "Team":
        """Without the memberships that the acceptance of this referral began."""
        team = self
        for organisation, stays in self.memberships.items():
            if any(stay.until is None and stay.through == referral for stay in stays):
                team = team._left(organisation, entry)
        return team

    def _handed_over(self, act: HandoverAccepted, entry: Entry) -> "Team":
        team = self._answered(act, "accepted", entry)
        if team is self:
            return self
        handover = self.handovers[act.handover]
        team = team.made_responsible(handover.to, Stay(entry.occurred, entry.since, "all"), entry.told)
        if entry.organisation == handover.to:
            return team
        teller = handover.teller or (None if entry.counts_from else entry.organisation)
        return team.told_by(teller, handover.to, entry) if teller and teller != handover.to else team

    def _adopted(self, organisation: str, entry: Entry) -> "Team":
        had = self.membership(organisation)
        stay = Stay(entry.occurred, had.joined, had.past, had.past_since) if had else Stay(entry.occurred, entry.since)
        placed_by = None if entry.organisation == organisation else entry.organisation
        team = self.made_responsible(organisation, stay, entry.told)
        team = replace(team, adopted=entry.since, placed_by=placed_by)
        return team._untold(organisation)  # noqa: SLF001 (of the same class)

    def _untold(self, organisation: str) -> "Team":
        """The authority of who takes a case up is its own: who brought it in does not hold it."""
        return replace(self, tellers=self.tellers.delete(organisation)) if organisation in self.tellers else self

    def _confirmed(self) -> "Team":
        responsible = self.responsible or ""
        stays = (s if s.until else replace(s, past="all") for s in self.responsibilities[responsible])
        return replace(self, responsibilities=self.responsibilities.set(responsible, tuple(stays)), adopted=0)

    def _left(self, organisation: str, entry: Entry) -> "Team":
        if organisation not in self.memberships:
            return self
        stays = self._ended(self.memberships[organisation], entry.occurred, entry.told)
        return replace(self, memberships=self.memberships.set(organisation, stays))

    def _released(self, moment: Moment, told: Moment | None = None) -> "Team":
        if self.responsible is None:
            return self
        stays = self._ended(self.responsibilities[self.responsible], moment, told)
        responsibilities = self.responsibilities.set(self.responsible, stays)
        return replace(self, responsible=None, responsibilities=responsibilities, placed_by=None)

    def _answered(self, act: HandoverAct, state: Literal["accepted", "declined"], entry: Entry) -> "Team":
        handover = self.handovers.get(act.handover)
        if handover is None or handover.to != entry.actor:
            return self  # it was proposed to another by mistake
        return replace(self, handovers=self.handovers.set(act.handover, replace(handover, state=state)))

    @staticmethod
    def _ended(stays: tuple[Stay, ...], moment: Moment, told: Moment | None = None) -> tuple[Stay, ...]:
        return tuple(stay if stay.until else replace(stay, until=moment, told=told) for stay in stays)
