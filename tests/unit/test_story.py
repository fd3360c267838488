"""The known story, told to the rules in order: each act of it is taken."""

from functools import reduce

from domain.case import Case
from domain.catalogue import ACTS
from domain.entry import Entry
from domain.network import Network
from domain.organisation import Organisation
from domain.rulebook import Rulebook
from tests.examples import (
    CASE,
    CENTRE,
    EXAMPLES,
    OFFICE,
    ORPHAN_CASE,
    PLACEMENT_CASE,
    RULEBOOK,
    SECOND_CASE,
    act,
    entry,
)
from tests.unit.given import KNOWN_ACCOUNTS, story


def test_there_is_an_example_of_every_act() -> None:
    assert set(EXAMPLES) == set(ACTS)


def test_the_record_takes_every_act_of_the_story() -> None:
    network, cases = Network(), {id_: Case(id_) for id_ in (CASE, SECOND_CASE, PLACEMENT_CASE, ORPHAN_CASE)}
    for told in story():
        _check(told, network, cases)
        network = network.after(told)
        cases = {id_: case.after(told) if id_ == told.originator_id else case for id_, case in cases.items()}
    assert [c.path.course.state for c in cases.values()] == ["open"] * 4


def _check(told: Entry, network: Network, cases: dict[str, Case]) -> None:
    kind, id_ = told.originator_id.split("/")
    match kind:
        case "case":
            cases[told.originator_id].check(told, KNOWN_ACCOUNTS)
        case "organisation":
            network.organisation(id_).check(told, office=network.office)
        case "agreement":
            network.agreement(id_).check(told)
        case _:
            (network.rulebook or Rulebook(RULEBOOK)).check(told, office=network.office)


def test_the_first_organisation_to_register_itself_is_the_office() -> None:
    assert reduce(Network.after, story(), Network()).office == OFFICE


def test_folding_never_asks_whether_an_organisation_is_registered() -> None:
    told = entry(act("practitioner-named"), CENTRE, record=f"organisation/{CENTRE}")
    assert Organisation(f"organisation/{CENTRE}").after(told).version == 1
