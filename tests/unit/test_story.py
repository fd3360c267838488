"""The known story, told to the rules in order: each act of it is taken."""

from functools import reduce

from domain.case import Case
from domain.catalogue import ACTS
from domain.entry import Entry
from domain.network import Network
from domain.organisation import Organisation
from domain.rulebook import Rulebook
from tests.examples import CASE, EXAMPLES, OFFICE, RULEBOOK, SECOND_CASE
from tests.unit.given import story


def test_there_is_an_example_of_every_act() -> None:
    assert set(EXAMPLES) == set(ACTS)


def test_the_record_takes_every_act_of_the_story() -> None:
    network, cases = Network(), {CASE: Case(CASE), SECOND_CASE: Case(SECOND_CASE)}
    for entry in story():
        _check(entry, network, cases)
        network = network.after(entry)
        cases = {id_: case.after(entry) if id_ == entry.originator_id else case for id_, case in cases.items()}
    assert [c.path.course.state for c in cases.values()] == ["open", "open"]


def _check(entry: Entry, network: Network, cases: dict[str, Case]) -> None:
    kind, id_ = entry.originator_id.split("/")
    match kind:
        case "case":
            cases[entry.originator_id].check(entry)
        case "organisation":
            network.organisation(id_).check(entry, office=network.office)
        case _:
            (network.rulebook or Rulebook(RULEBOOK)).check(entry, office=network.office)


def test_the_first_organisation_to_register_itself_is_the_office() -> None:
    assert reduce(Network.after, story(), Network()).office == OFFICE


def test_an_act_by_an_organisation_not_registered_yet_is_no_failure() -> None:
    assert Network().organisation("onobodyknows").after  # folding never asks
    assert Organisation("organisation/onobodyknows").version == 0
