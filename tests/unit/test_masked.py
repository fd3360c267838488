"""What is masked to a reader has no effect for that reader: incremental views equal a fresh fold."""

from dataclasses import replace
from typing import Any

import pytest

from domain.case import Case
from domain.entry import Entry
from domain.visibility import standings
from services.views.board import line_of
from services.views.kinds.claims import CLAIMS, rows
from services.views.kinds.kind import Kind
from services.views.kinds.referrals import REFERRALS
from services.views.projection import Projection
from services.views.readers import lines_of
from tests.examples import CENTRE, COOP, HEALTH, MEETING, REFERRAL, act
from tests.list_record import ListRecord
from tests.unit.given import Step, case, stored

ORGANISATIONS = (CENTRE, COOP, HEALTH)
JOINED: dict[str, Any] = {"past": "all", "past_since": None}
CLAIMED: tuple[Step, ...] = (
    (CENTRE, "case-opened"),
    *((CENTRE, "member-joined", {"organisation": each, **JOINED}) for each in (COOP, HEALTH)),
    (CENTRE, "placement-agreed", {"host": COOP, "promoter": CENTRE, "referral": None, "agreement": None}),
    (CENTRE, "placement-changed", {"hours_a_week": 20, "tasks": "", "_on_behalf_of": COOP, "_evidence": "phone"}),
    (COOP, "act-attested", {"entry": 5}),
)


def hours(of: Case) -> int | None:
    """What the placement says of its hours; 25 were agreed."""
    (placement,) = of.path.placements.by_id.values()
    return placement.hours_a_week


def followed(entries: list[Entry]) -> Projection:
    """The projection after one entry at a time."""
    projection = Projection(ListRecord(entries).entries, None)
    for each in entries:
        projection.fold([each])
    return projection


@pytest.mark.parametrize("ground", ["mistake", "unlawful", "wrong-person"])
def test_a_confirmation_taken_back_confirms_nothing_for_anybody(ground: str) -> None:
    confirmed = stored(case(), *CLAIMED)
    assert confirmed.history.entries[5].claim
    assert confirmed.history.entries[6].confirms
    assert hours(confirmed) == 20
    taken_back = stored(confirmed, (COOP, "act-retracted", {"entry": 6, "ground": ground}))
    projection = followed([replace(each, ruled="") for _, each in sorted(taken_back.history.entries.items())])
    held = projection._readers[taken_back.id].lines
    fresh = lines_of(line_of(taken_back), standings(taken_back))
    assert held.keys() == fresh.keys() == set(ORGANISATIONS)
    for reader in ORGANISATIONS:
        assert hours(held[reader].case) == hours(fresh[reader].case) == 25
        assert held[reader].case.path == fresh[reader].case.path == fresh[reader].case.refolded().path
        assert held[reader].row() == fresh[reader].row()


def written(entries: list[Entry], name: str, reader: str) -> dict[str, Any]:
    """The rows of one kind as a reader has them after one entry at a time, by id."""
    projection, rows = Projection(ListRecord(entries).entries, None), dict[str, Any]()
    for each in entries:
        for of, differing in projection.fold([each]).rows.get(name, {}).items():
            if of[0] == reader:
                rows = {} if differing.gone is None else {i: row for i, row in rows.items() if i not in differing.gone}
                rows |= {row[2]: row for row in differing.rows}
    return rows


def same_rows(kind: Kind[Any], told: Case, reader: str) -> bool:
    """True if the rows written step by step are those of a fresh fold."""
    entries = [replace(each, ruled="") for _, each in sorted(told.history.entries.items())]
    fresh = {row[2]: row for row in kind.rows(lines_of(line_of(told), standings(told))[reader])}
    return written(entries, kind.name, reader) == fresh


@pytest.mark.parametrize("ground", ["mistake", "unlawful", "wrong-category"])
def test_of_a_declined_referral_it_is_counted_again_what_was_open_to_who_declined(ground: str) -> None:
    steps: tuple[Step, ...] = (
        (CENTRE, "case-opened"),
        (CENTRE, "referral-sent", {"to": COOP, "sheet": None, "agreement": None}),
        (CENTRE, "contact-made", {"referral": REFERRAL}),
        (COOP, "referral-declined", {"referral": REFERRAL}),
        (CENTRE, "act-retracted", {"entry": 3, "ground": ground}),
    )
    assert same_rows(REFERRALS, stored(case(), *steps), CENTRE)


def test_a_claim_about_a_meeting_waits_as_soon_as_the_meeting_is_told() -> None:
    """Before that the meeting is unknown, and nobody can confirm the answer to its invitation."""
    answered: Step = (HEALTH, "invitation-answered", {"meeting": MEETING, "_on_behalf_of": COOP, "_evidence": "phone"})
    claimed = stored(case(), *CLAIMED[:3], answered)
    assert claimed.history.entries[4].claim
    meeting = {"meeting": MEETING, "placements": [], "organisations": [CENTRE, COOP]}
    convened = stored(claimed, (CENTRE, "meeting-convened", meeting))
    assert rows(line_of(convened))
    assert same_rows(CLAIMS, convened, CENTRE)


@pytest.mark.parametrize(("hours", "wording"), [(20, 0), (21, 6)])
def test_corrected_in_the_same_words_a_claim_has_one_wording_for_every_reader(hours: int, wording: int) -> None:
    """Also for one to whom the earlier words are masked: all attest the same. 20 hours were claimed."""
    words = act("placement-changed", hours_a_week=hours, tasks="").model_dump(mode="json")
    corrections: list[Step] = [
        (CENTRE, "act-corrected", {"entry": 5, "ground": ground, "act": words})
        for ground in ("unlawful", "wrong-category", "wrong-category")
    ]
    corrected = stored(case(), *CLAIMED[:5], *corrections)
    fresh = lines_of(line_of(corrected), standings(corrected))
    for reader in (COOP, HEALTH):
        assert [row.wording for row in rows(fresh[reader]) if row.what == "claim"] == [wording]
    assert same_rows(CLAIMS, corrected, HEALTH)
