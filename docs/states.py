"""The states of referrals, placements and the like as diagrams, found by trying every act in every state."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.case.meeting import OneMeetingAct
from domain.case.meetings import Meetings
from domain.case.placement import PlacementAct
from domain.case.placements import Placements
from domain.case.project import ProposalAct, ProposalApproved, ProposalDeclined
from domain.case.projects import Projects
from domain.case.referral import ReferralAct, Referrals
from domain.case.team import HandoverAct, HandoverProposed, Stay, Team
from domain.catalogue import ACTS, read_act
from domain.entry import Act, Entry
from domain.moment import Moment
from domain.refusal import Refused

_ID = UUID(int=1, version=4)
_NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)
_SENDER, _RECEIVER = "osenderaaaaaa", "oreceiveraaaa"

_FIELDS: dict[str, Any] = {
    "referral": str(_ID),
    "handover": str(_ID),
    "to": _RECEIVER,
    "service": "any",
    "assignee": str(_ID),
    "text": "any",
    "reason_class": "any",
    "outcome_class": "any",
    **dict.fromkeys(("placement", "meeting", "proposal"), str(_ID)),
    **dict.fromkeys(("channel", "incident_class", "meeting_kind", "what"), "any"),
    "party": "host",
    "answer": "coming",
    "day": "2026-03-02",
    "started": "2026-03-02",
    "suspended": "2026-03-09",
    "resumed": "2026-03-16",
    "ended": "2026-06-30",
    "ends": "2026-09-30",
    "period_from": "2026-03-02",
    "period_until": "2026-03-31",
    "hours": 1,
    "cents": 1,
}


def states() -> str:
    """Markdown with mermaid diagrams."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# States"
    yield ""
    yield "*Found by trying every act in every state against the rules (`make docs`). Who may do it stands after"
    yield "the act; what is taken without a change of state is left out.*"
    yield ""
    yield "## Referral"
    yield ""
    yield from _diagram(_referral_moves())
    yield ""
    yield "## Handover"
    yield ""
    yield from _diagram(_handover_moves())
    for title, moves in (
        ("Placement", _placement_moves()),
        ("Meeting", _meeting_moves()),
        ("Proposal", _proposal_moves()),
    ):
        yield ""
        yield f"## {title}"
        yield ""
        yield from _diagram(moves)


Move = tuple[str, str, str]


def _diagram(moves: Iterator[Move]) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for before, after, label in moves:
        yield f"    {before} --> {after}: {label}"
    yield "```"


def _referral_moves() -> Iterator[Move]:
    roles = {_SENDER: "sender", _RECEIVER: "receiver"}
    yield from _moves(ReferralAct, Referrals(), Referrals.check, Referrals.after, _referral_state, roles)


def _handover_moves() -> Iterator[Move]:
    def check(team: Team, act: HandoverAct, by: str) -> None:
        if isinstance(act, HandoverProposed) and team.responsible != by:
            raise Refused("case.not-responsible")
        team.check(act, by)

    start = Team().made_responsible(_SENDER, Stay(Moment(_NOON), 1, "all"))
    roles = {_SENDER: "responsible", _RECEIVER: "the one asked"}
    yield from _moves(HandoverAct, start, check, Team.after, lambda s: s.handovers[_ID].state, roles)


def _placement_moves() -> Iterator[Move]:
    def check(placements: Placements, act: PlacementAct, _: str) -> None:
        placements.check(act)

    yield from _moves(PlacementAct, Placements(), check, Placements.after, lambda s: s.by_id[_ID].state, _MEMBER)


def _meeting_moves() -> Iterator[Move]:
    def check(meetings: Meetings, act: OneMeetingAct, by: str) -> None:
        meetings.check(act, _entry(act, by))

    yield from _moves(OneMeetingAct, Meetings(), check, Meetings.after, lambda s: s.by_id[_ID].state, _MEMBER)


def _proposal_moves() -> Iterator[Move]:
    def check(projects: Projects, act: ProposalAct, by: str) -> None:
        if isinstance(act, ProposalApproved | ProposalDeclined) and by != _RECEIVER:
            raise Refused("case.not-responsible")
        projects.check_proposal(act, by)

    roles = {_SENDER: "proposer", _RECEIVER: "responsible"}
    yield from _moves(ProposalAct, Projects(), check, Projects.after_proposal, lambda s: s.proposals[_ID].state, roles)


def _referral_state(referrals: Referrals) -> str:
    return referrals.by_id[_ID].state


def _moves(
    family: type[Act],
    start: Any,
    check: Callable[[Any, Any, str], None],
    after: Callable[[Any, Any, Entry], Any],
    state_of: Callable[[Any], str],
    roles: Mapping[str, str],
) -> Iterator[Move]:
    """Walk from the start through every state that some act of any of these roles leads to."""
    found: dict[str, Any] = {"[*]": start}
    todo = ["[*]"]
    while todo:
        name = todo.pop(0)
        for act in _acts_of(family):
            for by, role in roles.items():
                try:
                    check(found[name], act, by)
                except Refused:
                    continue
                moved = after(found[name], act, _entry(act, by))
                reached = state_of(moved)
                if reached not in found:
                    found[reached] = moved
                    todo.append(reached)
                if reached != name:
                    yield name, reached, f"{act.type} ({role})"


_MEMBER: Mapping[str, str] = {_SENDER: "any member"}


def _acts_of(family: type[Act]) -> Iterator[Act]:
    for type_, cls in ACTS.items():
        if issubclass(cls, family):
            told = {n: _FIELDS[n] for n, f in cls.model_fields.items() if f.is_required() and n != "type"}
            yield read_act({"type": type_, **told}, "case")


def _entry(act: Act, by: str) -> Entry:
    return Entry(
        originator_id=f"case/{_ID}",
        originator_version=2,
        act=act,
        organisation=by,
        act_id=_ID,
        occurred=Moment(_NOON),
        recorded_at=_NOON,
        practitioner=_ID,
    )
