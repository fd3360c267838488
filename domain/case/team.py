"""Which organisations belong to the case, since when, and with how much of its past."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from immutables import Map

from domain.entry import Act, Entry, FromList, Line, OrganisationId, Personal, Token
from domain.facts import dataclass, replace
from domain.moment import Moment
from domain.refusal import Refused

Past = Literal["none", "since", "all"]


class TeamAct(Act):
    """What changes who belongs to the case."""


class MemberJoined(TeamAct):
    type: Literal["member-joined"] = "member-joined"
    organisation: OrganisationId
    role: Annotated[Token, FromList("role")]
    past: Past = "none"
    past_since: date | None = None


class MemberLeft(TeamAct):
    type: Literal["member-left"] = "member-left"
    organisation: OrganisationId
    reason_class: Annotated[Token, FromList("leaving", by_class=True)]


class HandoverAct(TeamAct):
    """What happens to one passing-on of responsibility."""

    handover: UUID

    @property
    def thread(self) -> UUID:
        return self.handover


class HandoverProposed(HandoverAct):
    type: Literal["handover-proposed"] = "handover-proposed"
    to: OrganisationId
    reason_class: Annotated[Token, FromList("handover", by_class=True)]


class HandoverAccepted(HandoverAct):
    type: Literal["handover-accepted"] = "handover-accepted"


class HandoverDeclined(HandoverAct):
    type: Literal["handover-declined"] = "handover-declined"
    reason_class: Annotated[Token, FromList("handover", by_class=True)]


class CaseHandedOut(TeamAct):
    """Passed to somebody outside the record: the case stays without a responsible organisation."""

    type: Literal["case-handed-out"] = "case-handed-out"
    reason_class: Annotated[Token, FromList("handover", by_class=True)]
    to_whom: Annotated[Line, Personal("social")] = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """One period in which an organisation belongs to the case, by the acts that began and ended it."""

    since: Moment
    joined: int
    past: Past = "none"
    past_since: date | None = None
    until: Moment | None = None

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


@dataclass(frozen=True, slots=True)
class Team:
    responsible: str | None = None
    responsibilities: Map[str, tuple[Stay, ...]] = Map()
    memberships: Map[str, tuple[Stay, ...]] = Map()
    handovers: Map[UUID, Handover] = Map()

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
        match act:
            case MemberJoined(past="since", past_since=None):
                raise Refused("member.past-without-date")
            case MemberJoined() if by != self.responsible:
                raise Refused("case.not-responsible")
            case MemberLeft(organisation=organisation) if by not in (organisation, self.responsible):
                raise Refused("case.not-responsible")
            case MemberLeft(organisation=organisation) if self.membership(organisation) is None:
                raise Refused("member.unknown", organisation=organisation)
            case HandoverProposed() if act.handover in self.handovers:
                raise Refused("handover.exists", handover=act.handover)
            case HandoverProposed() | CaseHandedOut() if by != self.responsible:
                raise Refused("case.not-responsible")
            case HandoverProposed():
                pass
            case HandoverAct():
                self._check_answer(act, by)
            case _:
                pass

    def _check_answer(self, act: HandoverAct, by: str) -> None:
        handover = self.handovers.get(act.handover)
        if handover is None:
            raise Refused("handover.unknown", handover=act.handover)
        if handover.to != by:
            raise Refused("handover.not-yours", handover=act.handover)
        if handover.state != "proposed":
            raise Refused("handover.answered", state=handover.state)
        if isinstance(act, HandoverAccepted) and self.responsible != handover.proposer:
            raise Refused("handover.overtaken", handover=act.handover)

    def after(self, act: Act, entry: Entry) -> "Team":
        match act:
            case MemberJoined():
                return self.joined(
                    act.organisation, Stay(entry.occurred, entry.originator_version, act.past, act.past_since)
                )
            case MemberLeft():
                return self._left(act.organisation, entry.occurred)
            case HandoverProposed():
                handover = Handover(entry.actor, act.to, proposed=entry.originator_version)
                return replace(self, handovers=self.handovers.set(act.handover, handover))
            case HandoverAccepted():
                return self._answered(act, "accepted").made_responsible(entry.actor, entry)
            case HandoverDeclined():
                return self._answered(act, "declined")
            case CaseHandedOut():
                return self._released(entry.occurred)
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
        """Who tells an opening for one without a system belongs to the case too: it has more to tell."""
        team = self.made_responsible(entry.actor, entry)
        if entry.organisation == entry.actor:
            return team
        return team.joined(entry.organisation, Stay(entry.occurred, entry.originator_version, "all"))

    def made_responsible(self, organisation: str, entry: Entry) -> "Team":
        team = self._released(entry.occurred)
        stays = team.responsibilities.get(organisation, ())
        stay = Stay(entry.occurred, entry.originator_version, "all")
        return replace(
            team,
            responsible=organisation,
            responsibilities=team.responsibilities.set(organisation, (*stays, stay)),
        )

    def _left(self, organisation: str, moment: Moment) -> "Team":
        stays = self._ended(self.memberships.get(organisation, ()), moment)
        return replace(self, memberships=self.memberships.set(organisation, stays))

    def _released(self, moment: Moment) -> "Team":
        if self.responsible is None:
            return self
        stays = self._ended(self.responsibilities[self.responsible], moment)
        return replace(self, responsible=None, responsibilities=self.responsibilities.set(self.responsible, stays))

    def _answered(self, act: HandoverAct, state: Literal["accepted", "declined"]) -> "Team":
        handover = self.handovers.get(act.handover)
        if handover is None:
            return self
        return replace(self, handovers=self.handovers.set(act.handover, replace(handover, state=state)))

    @staticmethod
    def _ended(stays: tuple[Stay, ...], moment: Moment) -> tuple[Stay, ...]:
        return tuple(stay if stay.until else replace(stay, until=moment) for stay in stays)
