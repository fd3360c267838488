"""What a refusal means is said by its class, where it is raised, and nowhere else."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from domain.access.speaker import check_speaks, may_speak
from domain.naming import organisations_named, places_of_organisations
from domain.organisation import Organisation
from domain.refusal import Hidden, Malformed, Meaning, Misnamed, Refused, Unrecognised
from tests.examples import CENTRE
from tests.unit.given import network, story, told

ROOT = Path(__file__).parents[2]
CLASSES = {cls.__name__: cls for cls in (Refused, Hidden, Malformed, Misnamed, Unrecognised)}
NOBODY = "onobodyknowsx"
OF_THE_SPEAKER_OR_OF_THE_NAMED = {"organisation.unknown"}


def meanings() -> dict[str, set[Meaning]]:
    """By code, what is meant wherever it is raised."""
    found: dict[str, set[Meaning]] = defaultdict(set)
    for package in ("domain", "services", "adapters"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                match node:
                    case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(code)), *_]) if name in CLASSES:
                        found[code].add(CLASSES[name].means)
                    case _:
                        pass
    return found


def test_one_code_means_the_same_wherever_it_is_raised() -> None:
    several = {code for code, means in meanings().items() if len(means) > 1}
    assert several == OF_THE_SPEAKER_OR_OF_THE_NAMED


@pytest.mark.parametrize("code", ["case.unknown", "entry.unknown", "agreement.unknown"])
def test_what_a_stranger_may_not_know_of_is_hidden(code: str) -> None:
    assert meanings()[code] == {Meaning.HIDDEN}


@pytest.mark.parametrize(
    ("fields", "paths"),
    [
        ({"to": NOBODY}, ["to"]),
        ({"_on_behalf_of": NOBODY, "_evidence": "phone"}, ["on_behalf_of"]),
        ({"_only_for": (CENTRE, NOBODY)}, ["only_for.1"]),
        ({"to": NOBODY, "_only_for": (NOBODY,)}, ["to", "only_for.0"]),
    ],
)
def test_an_organisation_that_is_named_and_unknown_is_a_fault_of_its_field(
    fields: dict[str, object], paths: list[str]
) -> None:
    with pytest.raises(Misnamed) as refusal:
        network().check(told(1, CENTRE, "referral-sent", fields))
    assert refusal.value.means is Meaning.FORBIDDEN
    assert refusal.value.fields == tuple((path, "organisation.unknown") for path in paths)


def test_the_place_is_told_also_in_an_act_inside_an_act() -> None:
    inner = {"type": "member-left", "organisation": NOBODY, "reason_class": "other"}
    with pytest.raises(Misnamed) as refusal:
        network().check(told(1, CENTRE, "act-corrected", {"act": inner}))
    assert refusal.value.fields == (("act.organisation", "organisation.unknown"),)


def test_the_place_is_told_also_in_lists_and_groups_of_fields() -> None:
    proposed = next(each for each in story() if each.act.type == "agreement-proposed")
    places = dict(places_of_organisations(proposed))
    assert {"parties.0", "roles.1.organisation", "signed_by.0.party"} <= places.keys()
    assert set(places.values()) == organisations_named(proposed)


def test_a_speaker_that_is_unknown_or_suspended_is_not_recognised() -> None:
    for known in (None, Organisation("organisation/x", suspended=True)):
        assert not may_speak(known)
        with pytest.raises(Unrecognised):
            check_speaks("x", known)
    check_speaks("x", Organisation("organisation/x"))


def test_one_that_is_suspended_is_refused_at_one_place() -> None:
    files = [f for package in ("domain", "services", "adapters") for f in (ROOT / package).rglob("*.py")]
    refusing = [f.name for f in files if '("organisation.suspended"' in f.read_text("utf-8")]
    assert refusing == ["speaker.py"]
