"""Any record that the rules allow: acts of several organisations in any order, as hypothesis draws them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from adapters.mapper import read_entry
from adapters.sql.writing import stored
from domain.case import Case
from domain.case.about import AboutAct
from domain.case.accounts import EverybodyConnected
from domain.case.placement import PlacementAct, PlacementAgreed
from domain.entry import Act, Entry, SealedPart
from domain.moment import Moment
from domain.refusal import Refused
from domain.skeleton import divide
from tests.examples import CENTRE, COOP, HEALTH, NOON, PAPER, SHEET, TRAINER, act, entry

ORGANISATIONS = (CENTRE, COOP, HEALTH, TRAINER)
NAMED = (*ORGANISATIONS, PAPER)
"""Also one without a system of its own, for which others tell."""
_GROUNDS = ("mistake", "unlawful", "wrong-person", "wrong-category", "wrong-organisation")
_THREADS = tuple(str(UUID(int=n, version=4)) for n in range(1, 4))
_PLAIN = (
    "contact-made",
    "case-taken-on",
    "case-suspended",
    "case-resumed",
    "case-closed",
    "case-reopened",
    "person-updated",
    "case-handed-out",
    "referent-changed",
    "placement-started",
    "placement-ended",
    "hours-recorded",
    "observation-recorded",
    "meeting-convened",
    "meeting-held",
    "meeting-moved",
    "task-done",
    "placement-cancelled",
)
_OF_REFERRALS = (
    "referral-accepted",
    "referral-accepted",
    "referral-declined",
    "referral-waitlisted",
    "referral-withdrawn",
    "information-asked",
    "referral-outcome-returned",
)


class _Accounts(EverybodyConnected):
    def connected(self, organisation: str) -> bool:
        return organisation != PAPER


_ACCOUNTS = _Accounts()


def any_entries(drawn: Random, tries: int, cases: int = 2) -> list[Entry]:
    """The acts among so many tries that the rules accept, as the door stores them: claims and confirmations too."""
    known = [Case(f"case/{UUID(int=n, version=4)}") for n in range(1, cases + 1)]
    entries: list[Entry] = []
    for _ in range(tries):
        n = drawn.randrange(cases)
        any_told = _any_entry(drawn, known[n], len(entries) + 1)
        for by in _tellers(drawn, known[n], any_told.act):
            told = any_told if any_told.on_behalf_of != by else replace(any_told, on_behalf_of=None, evidence="own")
            try:
                told = known[n].check(replace(told, organisation=by), _ACCOUNTS)
            except Refused:
                continue
            entries.append(told)
            known[n] = known[n].after(told)
            break
    return entries


def _tellers(drawn: Random, case: Case, told: Act) -> list[str]:
    """All of them, in any order; of a claim often first the one for which it was told."""
    tellers = drawn.sample(ORGANISATIONS, len(ORGANISATIONS))
    about = case.history.entries.get(told.entry) if isinstance(told, AboutAct) else None
    if about and drawn.random() < 0.7:
        tellers.sort(key=lambda each: each != (about.on_behalf_of if about.claim else about.organisation))
    return tellers


def _any_entry(drawn: Random, case: Case, position: int) -> Entry:
    done = _any_act(drawn, case)
    narrowed = drawn.random() < (0.15 if done.may_be_narrowed else 0.02)
    only_for = tuple(drawn.sample(ORGANISATIONS, drawn.randint(1, 3))) if narrowed else None
    on_behalf = _any_other(drawn, case, done)
    told = entry(
        done,
        CENTRE,
        case.version + 1,
        record=case.id,
        act_id=UUID(int=position, version=4),
        occurred=Moment(NOON + timedelta(days=drawn.choice((0, 0, position, -position)))),
        recorded_at=NOON + timedelta(minutes=position),
        only_for=only_for,
        on_behalf_of=on_behalf,
        evidence="phone" if on_behalf else "own",
        position=position,
    )
    personal = tuple(SealedPart(category, "0" * 16, "c2VhbGVk") for _, category in divide(done)[1])
    return replace(read_entry(stored(replace(told, personal=personal))), position=position)


def _any_other(drawn: Random, case: Case, done: Act) -> str | None:
    """For whom it is told, if not for the one that tells it: often for the host of a placement."""
    if isinstance(done, AboutAct | PlacementAgreed) and drawn.random() < 0.9:
        return None
    if drawn.random() < 0.7 and not isinstance(done, PlacementAct):
        return None
    hosts = [placement.host for placement in case.path.placements.by_id.values()]
    return drawn.choice((*hosts, *hosts, *NAMED)) if drawn.random() < 0.7 else None


def _any_act(drawn: Random, case: Case) -> Act:
    chance = drawn.random()
    if 0 < case.version < 5 and drawn.random() < 0.6:
        return _any_of_team(drawn) if chance < 0.6 else _any_agreed(drawn, case)
    if case.version == 0 or chance < 0.15:
        past = drawn.choice(("none", "since", "all"))
        if case.version == 0 and chance < 0.7:
            return act("case-opened")
        return act(
            "referral-sent",
            referral=drawn.choice(_THREADS),
            to=drawn.choice(NAMED),
            past=past,
            past_since="2026-03-02" if past == "since" else None,
            sheet=SHEET if drawn.random() < 0.5 else None,
        )
    if chance < 0.18:
        return act("presentation-sheet-filed")
    if chance < 0.23:
        return _any_agreed(drawn, case)
    if case.path.placements.by_id and chance < 0.35:
        return _any_of_placement(drawn)
    if chance < 0.4:
        return act(drawn.choice(_OF_REFERRALS), referral=drawn.choice(_THREADS))
    if chance < 0.5:
        return _any_of_team(drawn)
    if chance < 0.8:
        return _any_about(drawn, case)
    return act(drawn.choice(_PLAIN))


def _any_of_placement(drawn: Random) -> Act:
    type_ = drawn.choice(("changed", "changed", "started", "ended", "cancelled"))
    return act("placement-changed", tasks="") if type_ == "changed" else act(f"placement-{type_}")


def _any_agreed(drawn: Random, case: Case) -> Act:
    members = [each for each in ORGANISATIONS if case.path.team.belongs(each)]
    host, promoter = drawn.choice((*NAMED, *members, *members)), drawn.choice(ORGANISATIONS)
    return act("placement-agreed", host=host, promoter=promoter, referral=None)


def _any_of_team(drawn: Random) -> Act:
    past = drawn.choice(("none", "since", "all", "all"))
    organisation = drawn.choice(ORGANISATIONS)
    type_ = drawn.choice(
        ("member-joined", "member-joined", "member-left", "handover-proposed", "handover-accepted", "handover-declined")
    )
    fields: dict[str, dict[str, Any]] = {
        "member-joined": {
            "organisation": organisation,
            "past": past,
            "past_since": "2026-03-02" if past == "since" else None,
        },
        "member-left": {"organisation": organisation},
        "handover-proposed": {"to": organisation, "handover": drawn.choice(_THREADS)},
    }
    return act(type_, **fields.get(type_, {"handover": drawn.choice(_THREADS)}))


def _any_about(drawn: Random, case: Case) -> Act:
    """Often about a claim, what confirms one, or what was amended before: these meet one another."""
    waiting = [each.originator_version for each in case.open_claims]
    confirming = [version for version, each in case.history.entries.items() if each.confirms]
    if waiting and drawn.random() < 0.4:
        return _said(drawn, case, drawn.choice(waiting), ("act-attested", "act-attested", "act-corrected"))
    if confirming and drawn.random() < 0.4:
        return _said(drawn, case, drawn.choice(confirming), ("act-retracted",))
    met = sorted(version for version, each in case.history.entries.items() if version in case.about or each.claim)
    target = drawn.choice(met) if met and drawn.random() < 0.4 else drawn.randint(1, case.version)
    ways = ["act-attested", "act-contested", "act-retracted", "act-corrected", "act-corrected"]
    return _said(drawn, case, target, ways[:3] if isinstance(case.history.entries[target].act, AboutAct) else ways)


def _said(drawn: Random, case: Case, target: int, ways: Sequence[str]) -> Act:
    type_, ground = drawn.choice(ways), drawn.choice(_GROUNDS)
    match type_:
        case "act-attested":
            return act(type_, entry=target, wording=case.about.reworded.get(target))
        case "act-corrected":
            return act(type_, entry=target, ground=ground, act=_other_words(drawn, case, case.history.entries[target]))
        case _:
            return act(type_, entry=target, ground="incomplete" if type_ == "act-contested" else ground)


def _other_words(drawn: Random, case: Case, about: Entry) -> dict[str, Any]:
    """What a correction says; often the same words as before."""
    held = case.held(about) or about.act
    told = {"type": held.type, **divide(held)[0]}
    if held.type == "information-asked":
        told["text"] = "example: other words"  # sealed, and so not in what was read
    if drawn.random() < 0.4:
        return told
    match told["type"]:
        case "referral-sent":
            told["to"] = drawn.choice(NAMED)
        case "contact-made":
            told["count"] = 7
        case "placement-changed":
            told["hours_a_week"] = drawn.choice((10, 20))
        case "placement-agreed":
            told["host"] = drawn.choice(NAMED)
        case _:
            pass
    return told


def in_batches(drawn: Random, entries: list[Entry], most: int = 7) -> Iterator[list[Entry]]:
    start = 0
    while start < len(entries):
        size = drawn.randint(1, most)
        yield entries[start : start + size]
        start += size
