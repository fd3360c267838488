"""The states of a referral and of a handover as diagrams, found by trying every act in every state."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.case.referral import Referrals
from domain.case.team import Team
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


Move = tuple[str, str, str]


def _diagram(moves: Iterator[Move]) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for before, after, label in moves:
        yield f"    {before} --> {after}: {label}"
    yield "```"


def _referral_moves() -> Iterator[Move]:
    start = Referrals()
    yield from _moves("referral", start, _check_referral, Referrals.after, lambda s: s.by_id[_ID].state)


def _handover_moves() -> Iterator[Move]:
    start = Team().made_responsible(_SENDER, _entry(read_act({"type": "case-taken-on"}, "case"), _SENDER))
    yield from _moves("handover", start, Team.check, Team.after, lambda s: s.handovers[_ID].state)


def _check_referral(referrals: Referrals, act: Any, by: str) -> None:
    referrals.check(act, by)


def _moves(
    subject: str,
    start: Any,
    check: Callable[[Any, Any, str], None],
    after: Callable[[Any, Any, Entry], Any],
    state_of: Callable[[Any], str],
) -> Iterator[Move]:
    """Walk from the start through every state that some act of either side leads to."""
    found: dict[str, Any] = {"[*]": start}
    todo = ["[*]"]
    while todo:
        name = todo.pop(0)
        for act in _acts_of(subject):
            for by, role in ((_SENDER, "sender"), (_RECEIVER, "receiver")):
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
                    yield name, reached, f"{act.type} ({_ROLES[subject][role]})"


_ROLES = {
    "referral": {"sender": "sender", "receiver": "receiver"},
    "handover": {"sender": "responsible", "receiver": "the one asked"},
}


def _acts_of(subject: str) -> Iterator[Act]:
    for type_, cls in ACTS.items():
        if subject in cls.model_fields:
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
