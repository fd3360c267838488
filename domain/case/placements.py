"""The placements of a case as the acts have made them; in whatever order these are told, the same comes out."""

from datetime import date, timedelta
from uuid import UUID

from immutables import Map

from domain.case.assessment import AssessmentAct, ObservationRecorded, TeamOutcomeRecorded
from domain.case.meeting import JOINT
from domain.case.meetings import Meeting
from domain.case.placement import (
    FinalEvaluationShared,
    GrantPaid,
    HoursRecorded,
    IncidentReported,
    OutcomeAct,
    PlacementAct,
    PlacementAgreed,
    PlacementCancelled,
    PlacementChanged,
    PlacementEnded,
    PlacementExtended,
    PlacementResumed,
    PlacementSigned,
    PlacementStarted,
    PlacementSuspended,
    Tutor,
)
from domain.case.sides import by_responsible
from domain.case.tenure import Pause, State, state_on
from domain.entry import Act, Entry
from domain.facts import dataclass, replace
from domain.moment import Moment
from domain.refusal import Refused

MONITORING = JOINT | {"team"}
"""Kinds of meeting in which the team looks at how a placement goes."""

PLACE_KINDS = {
    "job-in-company": "job",
    "job-in-cooperative": "job",
    "agency-mission": "job",
    "self-employment": "other",
}
"""Channel → kind of place, where they are not named alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """`agreed` is the version of the entry that agreed it, `agreed_at` when that was."""

    agreed: int
    agreed_at: Moment
    agreed_by: str = ""
    worded: int = 0
    """The version of the amendment that says what is agreed now; signatures of before are for something else."""
    channel: str
    host: str | None = None
    agency: str | None = None
    user_company: str | None = None
    promoter: str | None = None
    payer: str | None = None
    agreement: UUID | None = None
    referral: UUID | None = None
    regime_class: str | None = None
    regime_months: int | None = None
    grant_cents: int | None = None
    hours_a_week: int | None = None
    tutors: tuple[Tutor, ...] = ()
    signed: frozenset[str] = frozenset()
    starts: date | None = None
    ends: date | None = None
    """As planned, extensions in."""
    started: date | None = None
    ended: date | None = None
    ended_class: str | None = None
    cancelled: bool = False
    told_by: frozenset[str] = frozenset()
    """The accounts that told, signed or attested that it was agreed, signed or started, and stood there then."""
    words_of: frozenset[str] = frozenset()
    """Those of them whose word counts: who agreed or started it, its parties, the responsible that attests it."""
    signed_for: Map[str, tuple[str, int]] = Map()
    """Organisation → the party and the entry by which another account told its signature."""
    in_thread: bool = False
    """Whether the host stands in this placement's thread only, until the responsible confirms it."""
    host_left: Moment | None = None
    """When the host left that thread."""
    suspensions: tuple[date, ...] = ()
    resumptions: tuple[date, ...] = ()

    @property
    def state(self) -> State:
        """As far as it was told, days to come among it."""
        return state_on(date.max, cancelled=self.cancelled, started=self.started, ended=self.ended, pauses=self.pauses)

    @property
    def parties(self) -> frozenset[str]:
        return frozenset(o for o in (self.host, self.promoter, self.agency, self.user_company) if o)

    @property
    def on_one_side(self) -> bool:
        """Whether one account alone has spoken for it, and has spoken for another organisation too."""
        return len(self.words_of) == 1 and bool(({self.host, *self.signed_for} - {None}) - self.words_of)

    @property
    def place_kind(self) -> str:
        """Which kind of place of an agreement it takes: of the published list `place-kind`."""
        if self.channel == "internship" and self.regime_class == "inclusion-internship":
            return "inclusion-internship"
        return PLACE_KINDS.get(self.channel, self.channel)

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """Each from its first day until the day on which the placement went on."""
        found: list[Pause] = []
        for since in sorted(set(self.suspensions)):
            if found and (found[-1].until is None or found[-1].until > since):
                continue  # told twice: it was suspended already
            until = min((day for day in self.resumptions if day >= since), default=None)
            found.append(Pause(since, until))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Followed:
    """How often the team met about a placement, how often it was observed, and when its evaluation was shared."""

    monitored: int = 0
    observations: int = 0
    team_outcomes: int = 0
    evaluated: Moment | None = None


@dataclass(frozen=True, slots=True)
class Placements:
    """Every placement of a case, by its id."""

    by_id: Map[UUID, Placement] = Map()
    followed_up: Map[UUID, Followed] = Map()

    def followed(self, id_: UUID | None) -> Followed:
        return (self.followed_up.get(id_) if id_ else None) or Followed()

    def known(self, id_: UUID) -> Placement:
        if (placement := self.by_id.get(id_)) is None:
            raise Refused("placement.unknown", placement=id_)
        return placement

    def check(self, act: PlacementAct) -> None:
        """Refuse what names no placement that there is, and what could not be in that order."""
        placement = self.by_id.get(act.placement)
        if isinstance(act, PlacementAgreed):
            if placement:
                raise Refused("placement.exists", placement=act.placement)
            _check_days(act.starts, act.ends, act)
            return
        if placement is None:
            raise Refused("placement.unknown", placement=act.placement)
        match act:
            case PlacementCancelled() if placement.started or placement.ended:
                raise Refused("placement.has-begun", placement=act.placement)
            case PlacementCancelled() if placement.cancelled:
                raise Refused("placement.cancelled", placement=act.placement)
            case PlacementStarted() | PlacementEnded() if placement.cancelled:
                raise Refused("placement.cancelled", placement=act.placement)
            case PlacementStarted() if placement.started:
                raise Refused("placement.has-begun", placement=act.placement)
            case PlacementEnded() if placement.ended:
                raise Refused("placement.has-ended", placement=act.placement)
            case PlacementStarted(started=started):
                _check_order(started, placement.ended, act)
            case PlacementEnded(ended=ended):
                _check_order(placement.started, ended, act)
            case PlacementExtended(ends=ends):
                _check_days(placement.started or placement.starts, ends, act)
            case PlacementSuspended(suspended=since, until=until):
                _check_days(since, until, act)
                _check_within(since, placement, act)
            case PlacementResumed(resumed=resumed):
                _check_within(resumed, placement, act)
                if placement.suspensions and resumed < min(placement.suspensions):
                    raise Refused("placement.resumed-before-suspended", placement=act.placement)
            case HoursRecorded() | GrantPaid() if act.period_until < act.period_from:
                raise Refused("period.ends-before-starts")
            case _:
                pass

    def check_known(self, act: Act) -> None:
        """An act that tells of a placement beside other things."""
        for id_ in _placements_of(act):
            if id_ not in self.by_id:
                raise Refused("placement.unknown", placement=id_)

    def after(self, act: PlacementAct, entry: Entry) -> "Placements":
        if isinstance(act, HoursRecorded | GrantPaid | IncidentReported):
            return self  # of these there are many
        if isinstance(act, PlacementAgreed):
            return self._with(act.placement, _agreed(act, entry))
        if (placement := self.by_id.get(act.placement)) is None:
            return self
        match act:
            case PlacementSigned():
                return self._with(act.placement, _signed(placement, act, entry))
            case PlacementStarted(started=started):
                told_by, words_of = _with_teller(placement, entry), _with_word(placement, entry)
                return self._with(
                    act.placement, replace(placement, started=started, told_by=told_by, words_of=words_of)
                )
            case PlacementChanged():
                return self._with(act.placement, _changed(placement, act))
            case PlacementCancelled():
                return self._with(act.placement, replace(placement, cancelled=True))
            case PlacementExtended(ends=ends):
                later = max(ends, placement.ends or ends)
                return self._with(act.placement, replace(placement, ends=later))
            case PlacementSuspended(suspended=since):
                return self._with(act.placement, replace(placement, suspensions=(*placement.suspensions, since)))
            case PlacementResumed(resumed=day):
                return self._with(act.placement, replace(placement, resumptions=(*placement.resumptions, day)))
            case PlacementEnded():
                return self._with(act.placement, replace(placement, ended=act.ended, ended_class=act.reason_class))
            case _:
                return self

    def after_outcome(self, act: OutcomeAct, entry: Entry) -> "Placements":
        if act.placement not in self.by_id or act.placement is None or not isinstance(act, FinalEvaluationShared):
            return self
        seen = self.followed(act.placement)
        return self._following(act.placement, replace(seen, evaluated=seen.evaluated or entry.occurred))

    def after_assessment(self, act: AssessmentAct) -> "Placements":
        match act:
            case ObservationRecorded(placement=UUID() as id_) if id_ in self.by_id:
                seen = self.followed(id_)
                return self._following(id_, replace(seen, observations=seen.observations + 1))
            case TeamOutcomeRecorded(placement=UUID() as id_) if id_ in self.by_id:
                seen = self.followed(id_)
                return self._following(id_, replace(seen, team_outcomes=seen.team_outcomes + 1))
            case _:
                return self

    def after_meeting(self, meeting: Meeting, named: tuple[UUID, ...]) -> "Placements":
        """A meeting that names no placement is about the only one that there is, if there is one."""
        if meeting.meeting_kind not in MONITORING:
            return self
        about = [id_ for id_ in named or tuple(self.by_id) if id_ in self.by_id]
        if not named and len(about) != 1:
            return self
        seen = {id_: self.followed(id_) for id_ in about}
        more = {id_: replace(each, monitored=each.monitored + 1) for id_, each in seen.items()}
        return Placements(self.by_id, self.followed_up.update(more))

    def attested(self, act: PlacementAct, entry: Entry, *, as_worded: bool) -> "Placements":
        """With the word of one more account on an agreed, signed or started act; its own signature among it."""
        if (placement := self.by_id.get(act.placement)) is None:
            return self
        by, signed_for = entry.organisation, placement.signed_for
        if by in signed_for and as_worded and entry.originator_version > placement.worded:
            signed_for = signed_for.delete(by)
        told_by = _with_teller(placement, entry)
        return self._with(act.placement, replace(placement, told_by=told_by, signed_for=signed_for))

    def seconded(self, id_: UUID, entry: Entry) -> "Placements":
        """With the word of a party that attests it, or of the responsible."""
        if (placement := self.by_id.get(id_)) is None:
            return self
        if entry.actor not in placement.parties and not by_responsible(entry):
            return self
        words_of = placement.words_of | {entry.organisation}
        return self._with(id_, replace(placement, told_by=_with_teller(placement, entry), words_of=words_of))

    def confirmed(self, id_: UUID) -> "Placements":
        return self._with(id_, replace(self.by_id[id_], in_thread=False))

    def cancelled_with(self, referral: UUID, receiver: str) -> "Placements":
        """What was agreed from a referral with its receiver and has not begun is cancelled with it."""
        placements = self
        for id_, each in self.by_id.items():
            from_it = each.referral == referral and each.host in (None, receiver)
            if from_it and not each.started and not each.cancelled:
                placements = placements._with(id_, replace(each, cancelled=True))
        return placements

    def begun_from(self, referral: UUID, receiver: str) -> bool:
        """Whether a placement that names the referral has started; if none names it, one with this host."""
        naming = [p for p in self.by_id.values() if p.referral == referral]
        placements = naming or [p for p in self.by_id.values() if p.host == receiver]
        return any(p.started and not p.cancelled for p in placements)

    def left(self, host: str, moment: Moment) -> "Placements":
        """The host stands in none of their threads any more."""
        placements = self
        for id_ in self.hosted_in_thread(host):
            placements = placements._with(id_, replace(self.by_id[id_], in_thread=False, host_left=moment))
        return placements

    def hosted(self, host: str) -> bool:
        return any(placement.host == host for placement in self.by_id.values())

    def hosted_in_thread(self, host: str) -> frozenset[UUID]:
        return frozenset(i for i, p in self.by_id.items() if p.in_thread and p.host == host)

    def _with(self, id_: UUID, placement: Placement) -> "Placements":
        return Placements(self.by_id.set(id_, placement), self.followed_up)

    def _following(self, id_: UUID, seen: Followed) -> "Placements":
        return Placements(self.by_id, self.followed_up.set(id_, seen))


def _agreed(act: PlacementAgreed, entry: Entry) -> Placement:
    agreed = _as_agreed(act, entry)
    signed_for = agreed.signed_for
    for each in act.signed_by:
        signer = each.organisation or _playing(agreed, each.party)
        signed_for = _with_signature(signed_for, signer, each.party, entry)
    return replace(agreed, signed_for=signed_for) if signed_for else agreed


def _as_agreed(act: PlacementAgreed, entry: Entry) -> Placement:
    party = entry.organisation in (act.host, act.promoter, act.agency, act.user_company)
    return Placement(
        agreed=entry.originator_version,
        agreed_at=entry.occurred,
        agreed_by=entry.organisation,
        worded=entry.worded,
        channel=act.channel,
        host=act.host,
        agency=act.agency,
        user_company=act.user_company,
        promoter=act.promoter,
        payer=act.payer,
        agreement=act.agreement,
        referral=act.referral,
        regime_class=act.regime_class,
        regime_months=act.regime_months,
        grant_cents=act.grant_cents,
        hours_a_week=act.hours_a_week,
        tutors=act.tutors,
        signed=frozenset(s.party for s in act.signed_by),
        starts=act.starts,
        ends=act.ends,
        told_by=frozenset({entry.organisation}),
        words_of=frozenset({entry.organisation} if not entry.counts_from or party else ()),
        in_thread=entry.ruled == "thread",
    )


def _signed(placement: Placement, act: PlacementSigned, entry: Entry) -> Placement:
    """A signature that another account tells for an organisation counts as told, and waits for that one's word.

    So does its own of before what was agreed was corrected by another.
    """
    signer = act.organisation or entry.on_behalf_of or _playing(placement, act.party)
    earlier = entry.since < placement.worded and entry.organisation != placement.agreed_by
    own = entry.actor in placement.parties and not earlier
    return replace(
        placement,
        signed=placement.signed | {act.party},
        signed_for=_with_signature(placement.signed_for, signer, act.party, entry, earlier=earlier),
        told_by=_with_teller(placement, entry),
        words_of=_with_word(placement, entry) if own else placement.words_of,
    )


def _with_teller(placement: Placement, entry: Entry) -> frozenset[str]:
    """Whoever was not there any more when it told opens nothing to anybody."""
    return placement.told_by if entry.ruled == "bare" else placement.told_by | {entry.organisation}


def _with_word(placement: Placement, entry: Entry) -> frozenset[str]:
    """The word is of the one it is told for: an account beside it, which does not speak for that one, gives none."""
    beside = entry.ruled in ("bare", "thread") or (entry.counts_from and entry.organisation not in placement.parties)
    return placement.words_of if beside else placement.words_of | {entry.organisation}


def _playing(placement: Placement, party: str) -> str | None:
    return {"host": placement.host, "promoter": placement.promoter, "agency": placement.agency}.get(party)


def _with_signature(
    known: Map[str, tuple[str, int]], signer: str | None, party: str, entry: Entry, *, earlier: bool = False
) -> Map[str, tuple[str, int]]:
    if signer is None:
        return known
    if signer == entry.organisation and not earlier:
        return known.delete(signer) if signer in known else known
    return known if signer in known else known.set(signer, (party, entry.originator_version))


def _changed(placement: Placement, act: PlacementChanged) -> Placement:
    return replace(
        placement,
        tutors=placement.tutors if act.tutors is None else act.tutors,
        hours_a_week=act.hours_a_week or placement.hours_a_week,
        grant_cents=placement.grant_cents if act.grant_cents is None else act.grant_cents,
        payer=act.payer or placement.payer,
    )


def _placements_of(act: Act) -> tuple[UUID, ...]:
    one = getattr(act, "placement", None)
    return (*getattr(act, "placements", ()), *((one,) if one else ()))


def _check_days(starts: date | None, ends: date | None, act: PlacementAct) -> None:
    if starts and ends and ends < starts:
        raise Refused("placement.ends-before-starts", placement=act.placement)


def _check_order(started: date | None, ended: date | None, act: PlacementAct) -> None:
    if started and ended and ended < started:
        raise Refused("placement.ended-before-started", placement=act.placement)


def _check_within(day: date, placement: Placement, act: PlacementAct) -> None:
    if placement.started and day < placement.started:
        raise Refused("placement.before-its-start", placement=act.placement)
    if placement.ended and day > placement.ended + timedelta(days=1):
        raise Refused("placement.after-its-end", placement=act.placement)
