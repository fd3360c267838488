from services.queries.person_shown import matches, person_of


def identity(**person: object) -> dict[str, object]:
    return {"category": "identity", "fields": {"person": person}}


def test_what_is_told_later_replaces_only_what_it_names() -> None:
    told = [[identity(names=["Example", "One"], born="1990-01-01")], [identity(names=["Example", "Two"], born=None)]]
    assert person_of(told) == {"names": ["Example", "Two"], "born": "1990-01-01"}


def test_a_correction_tells_what_the_act_it_puts_right_should_have_told() -> None:
    part = {"category": "identity", "fields": {"act": {"person": {"names": ["Put", "Right"]}}}}
    assert person_of([[part]]) == {"names": ["Put", "Right"]}


def test_a_name_is_found_by_the_beginnings_of_its_words() -> None:
    person = {"names": ["Example Middle", "Person"]}
    assert matches(person, "pers EX")
    assert not matches(person, "erson")
    assert not matches({}, "a")
