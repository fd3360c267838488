"""What is masked to a reader has no effect for that reader: incremental views equal a fresh fold."""

from dataclasses import replace
from typing import Any

import pytest

from domain.case import Case
from domain.entry import Entry
from domain.visibility import standings
from services.views.board import line_of
from services.views.projection import Projection
from services.views.readers import lines_of
from tests.examples import CENTRE, COOP, HEALTH
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
