"""What a test is given: a case or a network in which some acts have been entered already."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache, reduce
from typing import Any
from uuid import UUID

import pytest

from domain.case import Case
from domain.case.accounts import EverybodyConnected
from domain.entry import Entry
from domain.network import Network
from domain.refusal import Refused
from domain.skeleton import divide
from domain.submission import submission
from services.keyring import Key, Owner, owner_of, seal
from tests.examples import CASE, CENTRE, COOP, HEALTH, NOON, OFFICE, PAPER, STORY, Told, act, entry


class _Accounts(EverybodyConnected):
    """All but one have a system of their own; only public services adopt a case."""

    office = OFFICE

    def connected(self, organisation: str) -> bool:
        return organisation != PAPER

    def may_adopt(self, organisation: str) -> bool:
        return organisation in (CENTRE, HEALTH)


KNOWN_ACCOUNTS = _Accounts()

Step = tuple[str, str] | tuple[str, str, dict[str, Any]]
"""Who told which example act, with which fields changed; `_only_for` and the like stand for the envelope."""


def entered(steps: Iterable[Step], *, after: int = 0) -> Iterator[Entry]:
    for version, step in enumerate(steps, after + 1):
        yield told(version, *step)


def told(version: int, by: str, type_: str, changes: dict[str, Any] | None = None) -> Entry:
    changes = changes or {}
    envelope = {name[1:]: value for name, value in changes.items() if name.startswith("_")}
    return entry(act(type_, **{n: v for n, v in changes.items() if not n.startswith("_")}), by, version, **envelope)


def case(*steps: Step) -> Case:
    return reduce(Case.after, entered(steps), Case(CASE))


def then(before: Case, *steps: Step) -> Case:
    return reduce(Case.after, entered(steps, after=before.version), before)


def check(before: Case, by: str, type_: str, **changes: Any) -> None:
    """Decide on one more act, twice: asked again, a rule answers as the first time."""
    tried = told(before.version + 1, by, type_, changes)
    outcome = _outcome(before, tried)
    assert _outcome(before, tried) == outcome
    if outcome is not None:
        raise Refused(outcome[0], **outcome[1])


def judged(before: Case, by: str, type_: str, **changes: Any) -> Entry:
    """The entry as the door would store it."""
    return before.check(told(before.version + 1, by, type_, changes), KNOWN_ACCOUNTS)


def stored(before: Case, *steps: Step) -> Case:
    """The case after acts that the door has taken, each as a claim or with effect as it decided."""
    for by, type_, *changes in steps:
        before = before.after(judged(before, by, type_, **(changes[0] if changes else {})))
    return before


def refused(before: Case, by: str, type_: str, **changes: Any) -> str:
    """The code with which the act is refused."""
    with pytest.raises(Refused) as refusal:
        check(before, by, type_, **changes)
    return refusal.value.code


def code_of(decide: Callable[[], object]) -> str:
    """The code with which it is refused, or nothing."""
    try:
        decide()
    except Refused as refusal:
        return refusal.code
    return ""


def _outcome(before: Case, tried: Entry) -> tuple[str, dict[str, object]] | None:
    try:
        before.check(tried, KNOWN_ACCOUNTS)
    except Refused as refusal:
        return refusal.code, refusal.facts
    return None


SENT: tuple[Step, ...] = ((CENTRE, "referral-sent"),)
ACCEPTED: tuple[Step, ...] = (*SENT, (COOP, "referral-accepted"))


def story(entries: Iterable[Told] = STORY) -> Iterator[Entry]:
    """The whole story as entries, numbered as on one record."""
    versions: dict[str, int] = {}
    for position, each in enumerate(entries, 1):
        versions[each.record] = versions.get(each.record, 0) + 1
        read = submission(each.json)
        yield entry(
            read.act,
            each.by,
            versions[each.record],
            record=each.record,
            act_id=read.act_id,
            occurred=read.occurred,
            recorded_at=max(NOON, read.occurred.earliest),
            practitioner=read.practitioner,
            position=position,
        )


@cache
def network() -> Network:
    """The network of the story, once everything of it is entered."""
    return reduce(Network.after, story(), Network())


def sealed(plain: Entry, keys: dict[Owner, Key]) -> Entry:
    """As the desk enters it: marked fields only sealed, under keys that say nothing."""
    parts = []
    for part, fields in divide(plain.act)[1].items():
        owner = owner_of(part, plain.originator_id, plain.organisation)
        key = keys.setdefault(owner, Key(f"{len(keys) + 1:016x}", bytes([len(keys) + 1]) * 32))
        parts.append(seal(plain.id, part[1], fields, key))
    return replace(plain, personal=tuple(parts))


def uuid(number: int) -> UUID:
    return UUID(int=number, version=4)
