"""What the door refuses or takes as a claim moves nobody's standing where it stands on the record already.

Every role tells every act that is no statement, with the fields that could serve it best.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final

import pytest

from domain.access.table import TABLE
from domain.case import Case
from domain.case.leading import leads, speaks_for
from domain.case.team import CaseAdopted, PastConfirmed
from domain.entry import Entry
from domain.record_id import Kind
from domain.refusal import Refused
from domain.visibility import Standing, standings
from tests.examples import CENTRE, COOP, HANDOVER, HEALTH, OFFICE, OTHER_COOP, PAPER, PLACEMENT, REFERRAL, TRAINER, act
from tests.unit.given import KNOWN_ACCOUNTS, Step, case, code_of, told, uuid

FOR: Final[dict[str, Any]] = {"_evidence": "phone"}
NEW, SECOND, THIRD = (str(uuid(n)) for n in (7, 8, 9))
JOINED: Final[Step] = (CENTRE, "member-joined", {"organisation": HEALTH, "past": "none"})
OPENED: Final[tuple[Step, ...]] = ((CENTRE, "case-opened"), JOINED)
TOLD_FOR_PAPER: Final[dict[str, Any]] = {"_on_behalf_of": PAPER, **FOR}

CASES: Final[Mapping[str, Case]] = {
    "asked, member, host": case(
        *OPENED,
        (CENTRE, "referral-sent", {"to": COOP}),
        (HEALTH, "referral-sent", {"to": TRAINER, "referral": SECOND, "past": "none"}),
        (HEALTH, "placement-agreed", {"host": PAPER, "agreement": None, "referral": None}),
    ),
    "handed over to whom it had brought in": case(
        *OPENED,
        (CENTRE, "handover-proposed", {"to": HEALTH}),
        (HEALTH, "handover-accepted", {"handover": HANDOVER}),
        (HEALTH, "member-joined", {"organisation": CENTRE, "past": "none"}),
        (CENTRE, "referral-sent", {"to": COOP, "referral": REFERRAL, "past": "none"}),
    ),
    "the responsible is referred to by a member": case(
        *OPENED, (HEALTH, "referral-sent", {"to": CENTRE, "referral": SECOND, "past": "none"})
    ),
    "opened for one without a system": case(
        (CENTRE, "case-opened", TOLD_FOR_PAPER), JOINED, (HEALTH, "referral-sent", {"to": COOP, "past": "none"})
    ),
    "a handover to one without a system": case(
        *OPENED,
        (CENTRE, "member-joined", {"organisation": PAPER, "past": "none"}),
        (CENTRE, "member-joined", {"organisation": TRAINER, "past": "none"}),
        (CENTRE, "handover-proposed", {"to": PAPER, "teller": HEALTH}),
    ),
    "handed over to one without a system": case(
        *OPENED,
        (CENTRE, "handover-proposed", {"to": PAPER, "teller": HEALTH}),
        (HEALTH, "handover-accepted", {"handover": HANDOVER, **TOLD_FOR_PAPER}),
        (HEALTH, "member-joined", {"organisation": CENTRE, "past": "none", **FOR}),
    ),
    "nobody is responsible": case(
        *OPENED,
        (CENTRE, "member-joined", {"organisation": PAPER, "past": "none"}),
        (CENTRE, "case-handed-out"),
    ),
    "adopted": case(*OPENED, (CENTRE, "case-handed-out"), (HEALTH, "case-adopted", {"organisation": HEALTH})),
    "adopted for one that another had brought in": case(
        *OPENED,
        (CENTRE, "member-joined", {"organisation": PAPER, "past": "none"}),
        (CENTRE, "member-joined", {"organisation": COOP, "past": "none"}),
        (CENTRE, "handover-proposed", {"to": HEALTH}),
        (HEALTH, "handover-accepted", {"handover": HANDOVER}),
        (HEALTH, "member-joined", {"organisation": CENTRE, "past": "none"}),
        (HEALTH, "case-handed-out"),
        (OFFICE, "case-adopted", {"organisation": PAPER}),
    ),
    "left": case(*OPENED, (HEALTH, "member-left", {"organisation": HEALTH})),
    "a wrong organisation was asked": case(
        *OPENED,
        (CENTRE, "referral-sent", {"to": COOP}),
        (CENTRE, "act-corrected", {
            "entry": 3, "ground": "mistake", "act": act("referral-sent", to=TRAINER).model_dump(mode="json")}),
    ),
}  # fmt: skip
OF_ORDER: Final = ("act.for-a-connected", "correction.makes-impossible", "form.unreadable")
ACCOUNTS: Final = (CENTRE, HEALTH, COOP, TRAINER, OTHER_COOP, OFFICE)


def acts() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each type that is no statement, with the ids that are there and some that are new."""
    for type_ in sorted(each.model_fields["type"].default for each in TABLE[Kind.CASE] if each.effect != "statement"):
        known = act(type_).__class__.model_fields
        fields: dict[str, Any] = dict.fromkeys({"teller", "agreement", "past_since"} & set(known))
        if type_ == "teller-named":
            fields["teller"] = HEALTH
        if type_ == "placement-agreed":
            fields["referral"] = None
        yield from ((type_, {**fields, **more}) for more in _variants(type_, known))


def _variants(type_: str, known: Any) -> Iterator[dict[str, Any]]:
    if type_ == "act-corrected":
        wider = act("member-joined", organisation=HEALTH, past="all", past_since=None).model_dump(mode="json")
        sent = act("referral-sent", to=OTHER_COOP).model_dump(mode="json")
        yield from ({"entry": n, "act": inner, "ground": "mistake"} for n in (2, 3) for inner in (wider, sent))
        return
    if type_.startswith("act-"):
        ground = {"ground": "mistake"} if type_ == "act-retracted" else {}
        yield from ({"entry": n, **ground} for n in (1, 2, 3, 4))
        return
    ids = [name for name in ("referral", "handover", "placement") if name in known and type_ != "placement-agreed"]
    named = [(REFERRAL, HANDOVER, PLACEMENT), (SECOND,) * 3, (NEW,) * 3]
    whom = [name for name in ("organisation", "to", "host") if name in known]
    for one in named if ids else named[:1]:
        of = dict(zip(("referral", "handover", "placement"), one, strict=True))
        for each in (OTHER_COOP, HEALTH, PAPER, TRAINER) if whom else (None,):
            new = {"placement": NEW} if type_ == "placement-agreed" else {}
            new |= {"promoter": HEALTH} if type_ == "placement-agreed" else {}
            for past in ("none", "all") if "past" in known else (None,):
                yield {n: of[n] for n in ids} | dict.fromkeys(whom, each) | new | ({"past": past} if past else {})


def moved(before: Case, after: Case) -> dict[str, tuple[Standing | None, Standing | None]]:
    """Whose standing is another. That it wrote an entry makes nobody stand."""
    was, now = standings(before), standings(after)
    return {o: (was.get(o), now.get(o)) for o in was.keys() | now.keys() if was.get(o) != now.get(o)}


def told_by(by: str, before: Case) -> Iterator[Entry]:
    for type_, fields in acts():
        for told_for in (None, PAPER, CENTRE, HEALTH, TRAINER):
            if told_for != by:
                more = {**fields, **({"_on_behalf_of": told_for, **FOR} if told_for else {})}
                yield told(before.version + 1, by, type_, {**more, "_act_id": uuid(99)})


def known_elsewhere(entry: Entry, before: Case, code: str) -> bool:
    """Whether the door refuses by what stands on another record, or what the account could have told otherwise.

    A fold of the case does not read who is the office, who is suspended, nor who has a system.
    """
    match entry.act:
        case CaseAdopted(organisation=organisation) | PastConfirmed(organisation=organisation):
            return organisation != entry.organisation or code == "case.has-responsible"
        case _ if code == "claim":
            speaks = speaks_for(before, entry.organisation, entry.actor)
            return leads(before, entry.organisation) or speaks or not before.path.team.knows(entry.actor)
        case _:
            return code in OF_ORDER and leads(before, entry.organisation)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("by", ACCOUNTS)
def test_what_the_door_refuses_or_takes_as_a_claim_moves_nobody(name: str, by: str) -> None:
    before = CASES[name]
    for entry in told_by(by, before):
        code = code_of(partial(before.check, entry, KNOWN_ACCOUNTS))
        if not code and before.check(entry, KNOWN_ACCOUNTS).claim:
            code = "claim"
        if code and not known_elsewhere(entry, before, code):
            assert moved(before, before.after(entry)) == {}, (entry.act, entry.on_behalf_of, code)


@pytest.mark.parametrize("name", CASES)
def test_what_the_door_takes_with_effect_has_effect_where_it_is_folded(name: str) -> None:
    before, taken = CASES[name], 0
    for entry in (each for by in ACCOUNTS for each in told_by(by, before)):
        with suppress(Refused):
            told_ = before.check(entry, KNOWN_ACCOUNTS)
            if not told_.claim:
                assert before.after(told_).history.entries[entry.originator_version].ruled != "none", entry
                taken += 1
    assert taken > 20
