"""Any record that the rules allow: acts of several organisations in any order, as hypothesis draws them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from adapters.mapper import read_entry
from adapters.sql.writing import stored
from domain.case import Case
from domain.entry import Act, Entry, SealedPart
from domain.moment import Moment
from domain.refusal import Refused
from domain.skeleton import divide
from tests.examples import CENTRE, COOP, HEALTH, NOON, SHEET, TRAINER, act, entry

ORGANISATIONS = (CENTRE, COOP, HEALTH, TRAINER)
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


def any_entries(drawn: Random, tries: int, cases: int = 2) -> list[Entry]:
    """What of so many tries the rules let pass, on the record in order."""
    known = [Case(f"case/{UUID(int=n, version=4)}") for n in range(1, cases + 1)]
    entries: list[Entry] = []
    for _ in range(tries):
        n = drawn.randrange(cases)
        any_told = _any_entry(drawn, known[n], len(entries) + 1)
        for by in drawn.sample(ORGANISATIONS, len(ORGANISATIONS)):
            told = replace(any_told, organisation=by)
            try:
                known[n].check(told)
            except Refused:
                continue
            entries.append(told)
            known[n] = known[n].after(told)
            break
    return entries


def _any_entry(drawn: Random, case: Case, position: int) -> Entry:
    done = _any_act(drawn, case)
    only_for = tuple(drawn.sample(ORGANISATIONS, drawn.randint(1, 3))) if drawn.random() < 0.15 else None
    on_behalf = drawn.choice(ORGANISATIONS) if drawn.random() < 0.05 else None
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


def _any_act(drawn: Random, case: Case) -> Act:
    chance = drawn.random()
    if case.version == 0 or chance < 0.2:
        past = drawn.choice(("none", "since", "all"))
        if case.version == 0 and chance < 0.5:
            return act("case-opened")
        return act(
            "referral-sent",
            referral=drawn.choice(_THREADS),
            to=drawn.choice(ORGANISATIONS),
            past=past,
            past_since="2026-03-02" if past == "since" else None,
            sheet=SHEET if drawn.random() < 0.5 else None,
        )
    if chance < 0.25:
        return act("presentation-sheet-filed")
    if chance < 0.3:
        return act("placement-agreed", host=drawn.choice(ORGANISATIONS), referral=None)
    if chance < 0.5:
        return act(drawn.choice(_OF_REFERRALS), referral=drawn.choice(_THREADS))
    if chance < 0.68:
        return _any_of_team(drawn)
    if chance < 0.8:
        return _any_about(drawn, case)
    return act(drawn.choice(_PLAIN))


def _any_of_team(drawn: Random) -> Act:
    past = drawn.choice(("none", "since", "all"))
    organisation = drawn.choice(ORGANISATIONS)
    type_ = drawn.choice(
        ("member-joined", "member-left", "handover-proposed", "handover-accepted", "handover-declined")
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
    target = drawn.randint(1, case.version)
    type_ = drawn.choice(("act-attested", "act-contested", "act-retracted", "act-corrected", "act-corrected"))
    if type_ == "act-attested":
        return act(type_, entry=target)
    if type_ != "act-corrected":
        ground = "incomplete" if type_ == "act-contested" else drawn.choice(_GROUNDS)
        return act(type_, entry=target, ground=ground)
    was = divide(case.history.entries[target].act)[0]
    told = {"type": case.history.entries[target].act.type, **was}
    if told["type"] == "referral-sent":
        told["to"] = drawn.choice(ORGANISATIONS)
    if told["type"] == "contact-made":
        told["count"] = 7
    if told["type"].startswith("information-"):
        told["text"] = "example: other words"  # sealed, and so not in what was read
    if told["type"].startswith("act-"):
        told = {"type": "case-taken-on"}
    return act(type_, entry=target, ground=drawn.choice(_GROUNDS), act=told)


def in_batches(drawn: Random, entries: list[Entry], most: int = 7) -> Iterator[list[Entry]]:
    start = 0
    while start < len(entries):
        size = drawn.randint(1, most)
        yield entries[start : start + size]
        start += size
