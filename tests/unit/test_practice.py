"""Which rules of practice an act around a placement did not keep: each with what breaks it and what keeps it."""

from dataclasses import replace
from datetime import timedelta
from functools import reduce
from typing import Any

import pytest

from domain.case import Case
from domain.entry import SealedPart
from domain.irregularities import irregularities
from domain.moment import moment
from domain.network import Network
from tests.examples import AGREEMENT_ID, CENTRE, COOP, HEALTH, PAPER, PLACEMENT_REFERRAL, TRAINER
from tests.unit.case.test_placement import AGREED, ENDED, REFERRED, STARTED, SUSPENDED, least
from tests.unit.given import Step, case, told, uuid
from tests.unit.test_agreement import SIGNED, of
from tests.unit.test_defaults import founded

SIGNATURES = [{"party": "person"}, {"party": "host"}, {"party": "promoter"}]
FULL: tuple[Step, ...] = (*REFERRED, (COOP, "placement-agreed", {"agreement": None, "signed_by": SIGNATURES}))
SEEN: tuple[Step, ...] = (
    *ENDED,
    (COOP, "observation-recorded"),
    (COOP, "meeting-held", {"meeting": str(uuid(7)), "tasks": []}),
)
NO_SHEET: tuple[Step, ...] = (
    (CENTRE, "referral-sent", {"referral": PLACEMENT_REFERRAL, "agreement": None}),
    (COOP, "referral-accepted", {"referral": PLACEMENT_REFERRAL}),
)


def broken(
    so_far: tuple[Step, ...], by: str, type_: str, day: str, known: Network | None = None, **fields: Any
) -> set[str]:
    before = case(*so_far)
    tried = told(before.version + 1, by, type_, {"_occurred": day, "_recorded_at": moment(day).latest, **fields})
    return _broken(before, tried, known)


def _broken(before: Case, tried: Any, known: Network | None = None) -> set[str]:
    return {i.rule for i in irregularities(tried, before, known or founded())}


def with_agreement(*more: Step) -> Network:
    return reduce(Network.after, of((*SIGNED, *more)), founded())


def test_the_least_path_leaves_no_nagging() -> None:
    assert [_broken(before, act) for before, act in least()] == [set()] * 12


NONE: dict[str, Any] = {}
INTERN = {"agreement": None, "placement": str(uuid(9))}
JOB = {**INTERN, "channel": "job-in-company", "grant_cents": None}
TABLE: list[tuple[tuple[Step, ...], str, str, str, dict[str, Any], set[str]]] = [
    # visits
    (REFERRED, COOP, "visit-held", "2026-03-10", NONE, set()),
    (NO_SHEET, COOP, "visit-held", "2026-03-10", {"sheet": None}, {"sheet-before-visit"}),
    (REFERRED, COOP, "visit-held", "2026-03-01", NONE, {"sheet-before-visit"}),
    (REFERRED, COOP, "visit-held", "2026-03-10", {"accompanied_by": []}, {"visit-accompanied"}),
    (REFERRED, COOP, "visit-held", "2026-03-10", {"accompanied_by": [HEALTH]}, {"visit-accompanied"}),
    (REFERRED, CENTRE, "visit-held", "2026-03-10", {"accompanied_by": []}, set()),
    # agreeing
    (REFERRED, COOP, "placement-agreed", "2026-03-10", INTERN, set()),
    (REFERRED, COOP, "placement-agreed", "2026-03-10", {**INTERN, "host": None}, {"placement-host"}),
    (REFERRED, COOP, "placement-agreed", "2026-03-10", {**INTERN, "promoter": None}, {"internship-promoter"}),
    (REFERRED, COOP, "placement-agreed", "2026-03-10", {**INTERN, "regime_class": None}, {"internship-promoter"}),
    (REFERRED, COOP, "placement-agreed", "2026-03-10", {**INTERN, "grant_cents": 29999}, {"internship-indemnity"}),
    (REFERRED, COOP, "placement-agreed", "2026-03-10", {**INTERN, "grant_cents": 30000}, set()),
    (REFERRED, COOP, "placement-agreed", "2026-03-10", {**INTERN, "ends": "2027-03-01"}, set()),
    (REFERRED, COOP, "placement-agreed", "2026-03-10", {**INTERN, "ends": "2027-03-02"}, {"internship-longest"}),
    (REFERRED, COOP, "placement-agreed", "2026-03-10", {**INTERN, "regime_months": None, "ends": "2027-03-02"},
     {"internship-longest"}),
    (REFERRED, COOP, "placement-agreed", "2026-03-10", {**INTERN, "regime_months": 24, "ends": "2027-03-02"}, set()),
    (REFERRED, COOP, "placement-agreed", "2026-03-10",
     {**INTERN, "regime_class": "inclusion-internship", "regime_months": None, "ends": "2028-03-02"},
     {"inclusion-internship-longest"}),
    (REFERRED, COOP, "placement-agreed", "2026-03-10", JOB, set()),
    (REFERRED, COOP, "placement-agreed", "2026-03-10", {**JOB, "grant_cents": 1}, {"grant-by-channel"}),
    (REFERRED, COOP, "placement-agreed", "2026-03-10", {**JOB, "channel": "agency-mission"},
     {"agency-mission-parties"}),
    (REFERRED, COOP, "placement-agreed", "2026-03-10",
     {**JOB, "channel": "agency-mission", "agency": TRAINER, "user_company": PAPER}, set()),
    (REFERRED, COOP, "placement-agreed", "2026-03-10", {**JOB, "channel": "self-employment"}, {"placement-host"}),
    (REFERRED, COOP, "placement-agreed", "2026-03-10", {**JOB, "channel": "self-employment", "host": None}, set()),
    # beginning
    (FULL, COOP, "placement-started", "2026-03-02", NONE, set()),
    (AGREED, COOP, "placement-started", "2026-03-02", NONE, {"signed-before-start"}),
    (FULL, COOP, "placement-started", "2026-03-02", {"insured": False}, {"insured-at-start"}),
    (FULL, COOP, "placement-started", "2026-03-02", {"communicated_on": "2026-03-02"}, {"start-communicated"}),
    (FULL, COOP, "placement-started", "2026-03-02", {"started": "2026-02-20", "communicated_on": None},
     {"start-after-agreement", "placement-as-planned"}),
    ((*FULL, (COOP, "placement-changed", {"tutors": [{"organisation": COOP}]})), COOP, "placement-started",
     "2026-03-02", NONE, {"double-tutoring"}),
    # on the way
    (AGREED, COOP, "hours-recorded", "2026-04-30", NONE, {"placement-begun"}),
    (AGREED, COOP, "placement-ended", "2026-09-11", {"ended": "2026-08-31"}, {"placement-begun"}),
    (STARTED, COOP, "hours-recorded", "2026-04-30", NONE, set()),
    (STARTED, COOP, "hours-recorded", "2026-04-30", {"period_from": "2026-02-01", "period_until": "2026-02-28"},
     {"period-in-placement"}),
    (ENDED, CENTRE, "grant-paid", "2026-11-01", {"period_from": "2026-10-01", "period_until": "2026-10-31"},
     {"period-in-placement"}),
    (STARTED, COOP, "placement-resumed", "2026-05-18", NONE, {"placement-not-suspended"}),
    (SUSPENDED, COOP, "placement-resumed", "2026-05-18", NONE, set()),
    (STARTED, COOP, "placement-extended", "2026-08-20", NONE, set()),
    (STARTED, COOP, "placement-extended", "2026-08-20", {"ends": "2027-03-02"}, {"internship-longest"}),
    (STARTED, COOP, "placement-extended", "2026-08-20", {"ends": "2027-03-02", "need_attested": True}, set()),
    (STARTED, COOP, "placement-ended", "2026-05-01", {"ended": "2026-05-01"}, set()),
    (STARTED, COOP, "placement-ended", "2026-09-11", NONE, {"placement-as-planned", "contact-gap"}),
    # meetings and contact
    (STARTED, COOP, "meeting-held", "2026-03-23", NONE, set()),
    (STARTED, COOP, "meeting-held", "2026-03-23", {"organisations": [COOP]}, {"meeting-joint"}),
    (STARTED, CENTRE, "meeting-held", "2026-03-23", {"organisations": [COOP]}, set()),
    (STARTED, COOP, "meeting-held", "2026-03-23", {"organisations": [COOP], "meeting_kind": "other"}, set()),
    (STARTED, COOP, "contact-made", "2026-05-16", NONE, set()),
    (STARTED, COOP, "contact-made", "2026-05-20", NONE, {"contact-gap"}),
    (ENDED, COOP, "contact-made", "2026-11-20", NONE, set()),
    (STARTED, COOP, "obligation-waived", "2026-03-23", {"agreed_by": [COOP]}, {"waived-by-both"}),
    (STARTED, COOP, "obligation-waived", "2026-03-23", {"agreed_by": [CENTRE]}, set()),
    # the evaluation
    (SEEN, COOP, "final-evaluation-shared", "2026-09-16", {"project": None}, set()),
    (ENDED, COOP, "final-evaluation-shared", "2026-09-16", {"project": None},
     {"evaluation-on-team-outcome", "evaluation-on-observations"}),
    ((*SEEN[:-1], (CENTRE, "team-outcome-recorded")), COOP, "final-evaluation-shared", "2026-09-16",
     {"project": None}, set()),
    (SEEN, COOP, "final-evaluation-shared", "2026-09-16", {"project": None, "shared_with": []}, {"final-evaluation"}),
    (SEEN, CENTRE, "final-evaluation-shared", "2026-09-16", {"project": None, "shared_with": []}, set()),
    (SEEN, COOP, "final-evaluation-shared", "2026-08-31", {"project": None}, {"evaluation-after-end"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("so_far", "by", "type_", "day", "fields", "rules"),
    TABLE,
    ids=[f"{t}-{n}" for n, (_, _, t, _, _, _) in enumerate(TABLE)],
)
def test_what_is_irregular(
    so_far: tuple[Step, ...], by: str, type_: str, day: str, fields: dict[str, Any], rules: set[str]
) -> None:
    assert broken(so_far, by, type_, day, **fields) == rules


def ended(told: str) -> Step:
    return (COOP, "agreement-ended", {"ended": "2026-02-28", "_recorded_at": moment(told).latest})


@pytest.mark.parametrize(
    ("more", "starts", "host", "rules"),
    [
        ((), "2026-03-02", COOP, set()),
        ((), "2027-03-02", COOP, {"agreement-in-force"}),
        ((), "2026-03-02", HEALTH, {"agreement-in-force"}),
        (((COOP, "agreement-amended"),), "2026-03-02", HEALTH, {"agreement-in-force"}),
        ((ended("2026-02-28"),), "2026-03-02", COOP, {"agreement-in-force"}),
        ((ended("2026-03-03"),), "2026-03-02", COOP, set()),  # told afterwards it ends nothing that was
    ],
)
def test_the_agreement_of_a_placement_is_in_force(
    more: tuple[Step, ...], starts: str, host: str, rules: set[str]
) -> None:
    fields = {"agreement": AGREEMENT_ID, "starts": starts, "ends": None, "host": host}
    assert broken(REFERRED, COOP, "placement-agreed", "2026-03-10", with_agreement(*more), **fields) == rules


@pytest.mark.parametrize(("by", "rules"), [(COOP, {"suitability-by-health"}), (CENTRE, set()), (HEALTH, set())])
def test_only_the_sender_and_health_services_tell_of_suitability(by: str, rules: set[str]) -> None:
    before = case(*REFERRED)
    visit = told(before.version + 1, by, "visit-held", {"suitability": "example: fit"})
    sealed = replace(visit, personal=(SealedPart("health", "", ""),))
    assert _broken(before, sealed) == rules


@pytest.mark.parametrize(("days", "rules"), [(1, set()), (2, {"incident-told"})])
def test_an_incident_is_told_at_once(days: int, rules: set[str]) -> None:
    before = case(*STARTED)
    incident = told(before.version + 1, COOP, "incident-reported")
    late = replace(incident, recorded_at=incident.occurred.latest + timedelta(days=days))
    assert _broken(before, late) == rules


def test_without_a_sender_there_is_nobody_to_accompany() -> None:
    own = ((COOP, "case-opened"), (COOP, "presentation-sheet-filed"))
    assert broken(own, COOP, "visit-held", "2026-03-10", accompanied_by=[]) == set()
