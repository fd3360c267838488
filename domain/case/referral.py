"""One organisation asks another to take a person on: sent, answered, and closed with an outcome."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from immutables import Map

from domain.case.person import Contacts, Person
from domain.case.team import Past
from domain.entry import Act, Effect, Entry, FromList, OrganisationId, Personal, Text, Token
from domain.facts import dataclass, replace
from domain.moment import Moment
from domain.refusal import Refused

State = Literal["sent", "waitlisted", "accepted", "declined", "withdrawn", "closed"]
OPEN: frozenset[State] = frozenset({"sent", "waitlisted"})
TAKEN: frozenset[State] = frozenset({"accepted", "closed"})


class ReferralAct(Act):
    """What happens to one referral."""

    thread_kind: ClassVar[str] = "referral"
    referral: UUID

    @property
    def thread(self) -> UUID:
        return self.referral


class ReferralSent(ReferralAct):
    """For a case that is not on the record yet it opens the case.

    `past` says how much of the case the receiver sees once a placement that names the referral has begun, on the word
    of another account, or once the receiver is responsible. Who the person is can be told in the referral itself.
    """

    effect: ClassVar[Effect] = "answer"
    type: Literal["referral-sent"] = "referral-sent"
    to: OrganisationId
    service: Annotated[Token, FromList("service")]
    need: Annotated[Text, Personal("work")] = ""
    person: Annotated[Person | None, Personal("identity")] = None
    contacts: Annotated[Contacts, Personal("contact")] = ()
    agreement: UUID | None = None
    sheet: UUID | None = None
    answer_by: date | None = None
    past: Past = "none"
    past_since: date | None = None
    again: UUID | None = None
    """The referral that this one repeats, after a decline or withdrawal by mistake."""


class ReferralAssigned(ReferralAct):
    effect: ClassVar[Effect] = "statement"
    type: Literal["referral-assigned"] = "referral-assigned"
    assignee: UUID


class InformationAsked(ReferralAct):
    effect: ClassVar[Effect] = "statement"
    may_be_narrowed: ClassVar[bool] = True
    type: Literal["information-asked"] = "information-asked"
    text: Annotated[Text, Personal("work")]


class InformationSupplied(ReferralAct):
    effect: ClassVar[Effect] = "statement"
    may_be_narrowed: ClassVar[bool] = True
    type: Literal["information-supplied"] = "information-supplied"
    text: Annotated[Text, Personal("work")]


class ReferralAccepted(ReferralAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["referral-accepted"] = "referral-accepted"
    conditions: Annotated[Text, Personal("work")] = ""
    starts: date | None = None


class ReferralDeclined(ReferralAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["referral-declined"] = "referral-declined"
    reason_class: Annotated[Token, FromList("declining", by_class=True)]
    reason: Annotated[Text, Personal("social")] = ""


class ReferralWaitlisted(ReferralAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["referral-waitlisted"] = "referral-waitlisted"
    starts: date | None = None
    reason_class: Annotated[Token | None, FromList("declining", by_class=True)] = None


class ReferralWithdrawn(ReferralAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["referral-withdrawn"] = "referral-withdrawn"
    reason_class: Annotated[Token, FromList("withdrawing", by_class=True)]


class ReferralOutcomeReturned(ReferralAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["referral-outcome-returned"] = "referral-outcome-returned"
    outcome_class: Annotated[Token, FromList("referral-outcome", by_class=True)]


ANSWERS = (ReferralAccepted, ReferralDeclined, ReferralWaitlisted)
"""What the one that is asked answers."""

_ANSWERS: dict[str, State] = {
    "referral-accepted": "accepted",
    "referral-declined": "declined",
    "referral-waitlisted": "waitlisted",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    sender: str
    receiver: str
    sent: int
    state: State = "sent"
    past: Past = "none"
    past_since: date | None = None
    answer_by: date | None = None
    sheet: UUID | None = None
    closed: Moment | None = None
    """When a final evaluation closed it."""
    from_within: bool = True
    """Whether the sender belonged to the case when this was entered; else it was told after leaving."""
    sent_by: str = ""
    """The account that told it."""
    answered_by: str = ""
    """The account that told its answer."""
    answer: int = 0
    """The version that told its answer."""
    accepted: int = 0
    """The version from which its acceptance counts."""
    of_responsible: bool = True
    """Whether the account that told it held the authority of the responsible organisation."""
    again: UUID | None = None
    left: bool = False
    """Whether the receiver, which stood in its thread only, has left it."""

    @property
    def one_sided(self) -> bool:
        """True if one account told both the referral and its answer."""
        return bool(self.answered_by) and self.answered_by == self.sent_by


@dataclass(frozen=True, slots=True)
class Referrals:
    """Every referral of a case, by its id."""

    by_id: Map[UUID, Referral] = Map()

    def asked(self, organisation: str) -> frozenset[UUID]:
        """The referrals on which this organisation's answer is awaited."""
        return frozenset(i for i, r in self.by_id.items() if r.receiver == organisation and r.state in OPEN)

    def taken_in_thread(self, organisation: str) -> frozenset[UUID]:
        """Those it accepted of another than the responsible, who has not confirmed them: it stands in their threads."""
        taken = ((i, r) for i, r in self.by_id.items() if r.receiver == organisation and r.state in TAKEN)
        return frozenset(i for i, r in taken if not r.of_responsible and not r.left)

    def was_asked(self, id_: UUID, organisation: str) -> bool:
        """Whether the referral was sent to this organisation."""
        referral = self.by_id.get(id_)
        return referral is not None and referral.receiver == organisation

    def accepted_senders(self) -> frozenset[str]:
        return frozenset(r.sender for r in self.by_id.values() if r.state in TAKEN)

    def of(self, organisation: str) -> frozenset[UUID]:
        """Those that it has sent or received."""
        return frozenset(i for i, r in self.by_id.items() if organisation in (r.sender, r.receiver))

    def senders(self, receiver: str | None) -> frozenset[str]:
        """Who referred the person to this organisation and was accepted; else who did to any."""
        taken = [r for r in self.by_id.values() if r.state in TAKEN]
        to_it = frozenset(r.sender for r in taken if r.receiver == receiver)
        return to_it or frozenset(r.sender for r in taken)

    def behind(self, organisations: frozenset[str]) -> UUID | None:
        """The accepted referral by which the person came to one of these, the last of them."""
        came = [(r.sent, i) for i, r in self.by_id.items() if r.state == "accepted" and r.receiver in organisations]
        return max(came)[1] if came else None

    def evaluated(self, id_: UUID | None, moment: Moment) -> "Referrals":
        """A final evaluation closes what was accepted."""
        referral = self.by_id.get(id_) if id_ else None
        if id_ is None or referral is None or referral.state != "accepted":
            return self
        return Referrals(self.by_id.set(id_, replace(referral, state="closed", closed=moment)))

    def known(self, id_: UUID) -> Referral:
        if (referral := self.by_id.get(id_)) is None:
            raise Refused("referral.unknown", referral=id_)
        return referral

    def owner(self, act: ReferralAct) -> str:
        """Whose act it is to tell: its sender's, or its receiver's."""
        referral = self.known(act.referral)
        return referral.sender if isinstance(act, ReferralWithdrawn | InformationSupplied) else referral.receiver

    def check(self, act: ReferralAct, by: str) -> None:
        """Refuses what names no referral that is there, what is not its teller's, and an impossible order."""
        if isinstance(act, ReferralSent):
            self._check_sending(act, by)
            return
        if by != self.owner(act):
            raise Refused("referral.not-yours", referral=act.referral)
        self._check_state(act)

    def _check_state(self, act: ReferralAct) -> None:
        """An accepted referral still ends by a decline or a withdrawal, until its placement has begun."""
        referral = self.known(act.referral)
        match act:
            case ReferralAccepted() | ReferralWaitlisted() if referral.state not in OPEN:
                raise Refused("referral.answered", state=referral.state)
            case ReferralDeclined() | ReferralWithdrawn() if referral.state not in OPEN | {"accepted"}:
                raise Refused("referral.answered", state=referral.state)
            case ReferralOutcomeReturned() if referral.state != "accepted":
                raise Refused("referral.not-accepted", state=referral.state)
            case _:
                pass

    def _check_sending(self, act: ReferralSent, by: str) -> None:
        if act.referral in self.by_id:
            raise Refused("referral.exists", referral=act.referral)
        if act.to == by:
            raise Refused("referral.to-oneself")
        if act.past == "since" and act.past_since is None:
            raise Refused("member.past-without-date")
        if act.again and act.again not in self.by_id:
            raise Refused("referral.unknown", referral=act.again)

    def after(self, act: ReferralAct, entry: Entry, *, from_within: bool = True) -> "Referrals":
        if isinstance(act, ANSWERS) and not self.was_asked(act.referral, entry.actor):
            return self  # it was asked by mistake: another is
        match act:
            case ReferralSent():
                sent = Referral(
                    sender=entry.actor,
                    receiver=act.to,
                    sent=entry.originator_version,
                    past=act.past,
                    past_since=act.past_since,
                    answer_by=act.answer_by,
                    sheet=act.sheet,
                    from_within=from_within,
                    sent_by=entry.organisation,
                    of_responsible=entry.ruled != "thread",
                    again=act.again,
                )
                return Referrals(self.by_id.set(act.referral, sent))
            case ReferralAccepted() | ReferralDeclined() | ReferralWaitlisted():
                return self._answered(act.referral, _ANSWERS[act.type], entry)
            case ReferralWithdrawn():
                return self._now(act.referral, "withdrawn")
            case ReferralOutcomeReturned():
                return self._now(act.referral, "closed")
            case _:
                return self

    def confirmed(self, id_: UUID) -> "Referrals":
        """As if the responsible had sent it: its receiver is a member from now on."""
        return Referrals(self.by_id.set(id_, replace(self.by_id[id_], of_responsible=True)))

    def left(self, receiver: str) -> "Referrals":
        """The receiver stands in none of their threads any more."""
        gone = {id_: replace(self.by_id[id_], left=True) for id_ in self.taken_in_thread(receiver)}
        return Referrals(self.by_id.update(gone)) if gone else self

    def _now(self, id_: UUID, state: State) -> "Referrals":
        if (referral := self.by_id.get(id_)) is None:
            return self
        return Referrals(self.by_id.set(id_, replace(referral, state=state)))

    def _answered(self, id_: UUID, state: State, entry: Entry) -> "Referrals":
        if (referral := self.by_id.get(id_)) is None:
            return self
        version = entry.originator_version
        accepted = version if state == "accepted" else referral.accepted
        answered = replace(referral, state=state, answered_by=entry.organisation, answer=version, accepted=accepted)
        return Referrals(self.by_id.set(id_, answered))
