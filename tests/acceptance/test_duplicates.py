"""A person whom two organisations may know: both responsible ones are told the same, and nobody else anything."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from adapters.nats.identity import Installation
from adapters.partner import Partner
from adapters.registration import Wanted, add
from tests.acceptance.conftest import Network
from tests.acceptance.test_commands import process
from tests.running_service import Member, RunningService, running_service

Make = Callable[..., dict[str, Any]]
SENTENCE = "Another organisation may know this person: ask the person."
ITALIAN = "Un'altra organizzazione forse conosce questa persona: chiedere alla persona."
NO_PART = (
    "anti-violence-centre",
    "trainer",
    "social-cooperative-a",
    "company",
    "temporary-work-agency",
    "municipality",
)
BY_CONSENT = ("mental-health-service", "probation-service", "child-protection")


def somebody(**other: Any) -> dict[str, Any]:
    return {"names": ["Ànna", "De Prova"], "born": "1990-01-02", "identifiers": [code()], **other}


def code(value: str = "", kind: str = "tax-code") -> dict[str, str]:
    return {"kind": kind, "value": value or uuid.uuid4().hex}


@pytest.fixture(scope="module")
def members(network: Network) -> dict[str, Member]:
    """By kind."""
    new = network.service.add
    return {kind: new(kind, kind) for kind in ("social-service", "job-desk", *NO_PART, *BY_CONSENT)}


@pytest.fixture(scope="module")
def social(members: dict[str, Member]) -> Member:
    return members["social-service"]


async def opens(by: Partner, act: Make, person: dict[str, Any], **more: Any) -> tuple[str, dict[str, Any]]:
    """The new case and what was answered."""
    body = act("case-opened", person=person, **more)
    answer = await by.act(body)
    assert answer["outcome"] == "recorded", answer
    return body["case"], answer


async def file(by: Partner, case: str, answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = await by.ask("case", {"case": case, "after": answer["position"]})
    assert found["case"] == case
    return found


async def found_by(by: Partner, act: Make, person: dict[str, Any]) -> bool:
    _, answer = await opens(by, act, person)
    return "possible_duplicate" in answer


async def test_both_responsible_organisations_are_told_the_same_and_nothing_more(
    network: Network, social: Member, act: Make
) -> None:
    person = somebody()
    async with network.speaking(network.centre, social) as [centre, service]:
        mine, first = await opens(centre, act, person)
        theirs, second = await opens(service, act, person)
        files = [await file(centre, mine, second), await file(service, theirs, second)]
        boards = [await by.ask("board") for by in (centre, service)]
    assert "possible_duplicate" not in first
    assert (second["possible_duplicate"], second["sentence"]) == (True, SENTENCE)
    assert second.keys() - first.keys() == {"possible_duplicate", "sentence"}
    assert [(each["possible_duplicate"], each["sentence"]) for each in files] == [(True, SENTENCE)] * 2
    lines = [line for board in boards for line in board["cases"] if line["case"] in (mine, theirs)]
    assert [line["sentence"] for line in lines] == [SENTENCE] * 2
    assert network.centre.id not in str(second) + str(files[1])
    assert social.id not in str(files[0])
    assert theirs not in str(files[0]) + str(boards[0])


async def test_over_http_in_italian_too(network: Network, social: Member, act: Make) -> None:
    person = somebody()
    http = network.service.http
    first = act("case-opened", person=person)
    told = [
        http("POST", "/api/acts", by.token, json.dumps(body).encode(), Accept_Language="it").body
        for by, body in ((network.centre, first), (social, act("case-opened", person=person)))
    ]
    after = f"?after={told[1]['position']}"
    found = http("GET", f"/api/cases/{first['case']}{after}", network.centre.token, Accept_Language="it").body
    assert told[1]["sentence"] == found["sentence"] == ITALIAN


def test_the_command_line_says_it_too(network: Network, social: Member, act: Make) -> None:
    mine, theirs = (act("case-opened", person=person) for person in [somebody()] * 2)
    told(network.service, network.centre, mine)
    after = str(told(network.service, social, theirs)["position"])
    creds = str(network.service.data / "centre.creds")
    for command in (["board", "--limit", "500"], ["case", mine["case"]]):
        said = process(network.service.data, *command, "--creds", creds, "--after", after).stdout
        assert SENTENCE in said
        assert theirs["case"] not in said


@pytest.mark.parametrize(
    "other",
    [
        {"names": ["Anna", "Diversa"]},
        {"names": []},
        {"born": "1990-01-03"},
        {"born": None},
        {"identifiers": [code()]},
        {"identifiers": []},
    ],
)
async def test_one_of_identifier_name_and_birth_date_alone_finds_nobody(
    network: Network, social: Member, act: Make, other: dict[str, Any]
) -> None:
    person = somebody()
    async with network.speaking(network.centre, social) as [centre, service]:
        await opens(centre, act, person)
        assert not await found_by(service, act, {**person, **other})
        assert await found_by(service, act, person)


@pytest.mark.parametrize("names", [["de prova anna"], ["ANNA  DE-PROVA"], ["Deprova", "Anna"], ["De Prova A\u0300nna"]])
async def test_however_name_and_identifier_are_written(
    network: Network, social: Member, act: Make, names: list[str]
) -> None:
    value = uuid.uuid4().hex
    written = f" {value[:6].upper()}-{value[6:]} "
    async with network.speaking(network.centre, social) as [centre, service]:
        await opens(centre, act, somebody(identifiers=[code(), code(value)]))
        assert await found_by(service, act, somebody(names=names, identifiers=[code(written), code(kind="card")]))


async def test_a_dry_run_finds_nobody_and_leaves_no_mark(network: Network, social: Member, act: Make) -> None:
    known, unknown = somebody(), somebody()
    async with network.speaking(network.centre, social) as [centre, service]:
        await opens(centre, act, known)
        for person in (known, unknown):
            answer = await service.act(act("case-opened", person=person, dry_run=True))
            assert answer.keys() == {"outcome", "position", "version", "obligations", "irregularities", "dry_run"}
        assert not await found_by(centre, act, unknown)


@pytest.mark.parametrize("kind", [*NO_PART, *BY_CONSENT])
async def test_who_opens_no_cases_or_did_not_consent_takes_no_part(
    network: Network, social: Member, members: dict[str, Member], act: Make, kind: str
) -> None:
    person = somebody()
    async with network.speaking(network.centre, social, members[kind]) as [centre, service, other]:
        case, answer = await opens(other, act, person)
        assert not await found_by(centre, act, person)
        assert await found_by(service, act, person)
        again = await other.act(act("person-updated", case, person=person))
        assert "possible_duplicate" not in {**answer, **again, **await file(other, case, again)}


async def consents(by: Partner, act: Make, to: bool) -> dict[str, Any]:
    body = act("organisation-updated", possible_duplicates=to)
    del body["case"]
    answer = await by.act({**body, "organisation": by.organisation})
    assert answer["outcome"] == "recorded", answer
    return answer


@pytest.mark.parametrize("kind", BY_CONSENT)
async def test_health_justice_and_protection_take_part_both_ways_while_they_consent(
    network: Network, members: dict[str, Member], act: Make, kind: str
) -> None:
    person, another, third = somebody(), somebody(), somebody()
    async with network.speaking(network.centre, members[kind]) as [centre, service]:
        await consents(service, act, True)
        case, _ = await opens(service, act, person)
        mine, answer = await opens(centre, act, person)
        assert answer["possible_duplicate"] is True
        assert (await file(service, case, answer))["sentence"] == SENTENCE
        await opens(centre, act, another)
        assert await found_by(service, act, another)
        await opens(service, act, third)
        withdrawn = await consents(service, act, False)
        assert "possible_duplicate" not in await file(service, case, withdrawn)
        assert "possible_duplicate" not in await file(centre, mine, withdrawn)
        assert not await found_by(centre, act, third)


async def test_an_anti_violence_service_takes_no_part_whatever_it_says(
    network: Network, members: dict[str, Member], act: Make
) -> None:
    person, another = somebody(), somebody()
    async with network.speaking(network.centre, members["anti-violence-centre"]) as [centre, service]:
        await consents(service, act, True)
        await opens(service, act, person)
        assert not await found_by(centre, act, person)
        await opens(centre, act, another)
        assert not await found_by(service, act, another)


async def test_other_members_of_the_case_see_nothing_of_it(
    network: Network, social: Member, members: dict[str, Member], act: Make
) -> None:
    person = somebody()
    async with network.speaking(network.centre, social, members["job-desk"]) as [centre, service, desk]:
        case, _ = await opens(centre, act, person)
        await centre.act(act("member-joined", case, organisation=desk.organisation, role="tutor", past="all"))
        _, answer = await opens(service, act, person)
        assert "possible_duplicate" in await file(centre, case, answer)
        assert "possible_duplicate" not in await file(desk, case, answer)
        for query in ("board", "news"):
            assert "possible_duplicate" not in str(await desk.ask(query))
        for by in (centre, desk):
            assert "possible_duplicate" not in str(await by.ask("timeline", {"case": case}))


async def test_what_a_member_tells_of_the_person_marks_nobody_and_asks_nothing(
    network: Network, social: Member, members: dict[str, Member], act: Make
) -> None:
    victim, poison = somebody(), somebody()
    async with network.speaking(network.centre, social, members["job-desk"]) as [centre, service, desk]:
        case, _ = await opens(centre, act, somebody())
        await centre.act(act("member-joined", case, organisation=desk.organisation, role="tutor", past="all"))
        await opens(service, act, victim)
        for person in (victim, poison):
            answer = await desk.act(act("person-updated", case, person=person))
            assert answer["outcome"] == "recorded"
            assert "possible_duplicate" not in {**answer, **await file(centre, case, answer)}
        assert not await found_by(service, act, poison)


async def test_who_tells_for_another_is_told_nothing_and_marks_nothing(
    network: Network, social: Member, members: dict[str, Member], act: Make
) -> None:
    person, poison = somebody(), somebody()
    told_for = {"on_behalf_of": network.centre.id, "evidence": "phone"}
    async with network.speaking(social, members["job-desk"]) as [service, desk]:
        await opens(service, act, person)
        answers = [await desk.act(act("case-opened", person=each, **told_for)) for each in (person, poison)]
        assert "possible_duplicate" not in str(answers)
        assert not await found_by(service, act, poison)


async def test_the_person_of_one_without_a_system_is_found_and_who_tells_for_it_is_told_nothing(
    network: Network, social: Member, members: dict[str, Member], act: Make
) -> None:
    person, another = somebody(), somebody()
    wanted = Wanted(name="Example", kind="social-service", connected=False)
    paper = await add(Installation.open(network.service.data), network.service.running, wanted, None, None)
    told_for = {"on_behalf_of": paper, "evidence": "phone"}
    async with network.speaking(social, members["job-desk"]) as [service, desk]:
        case, _ = await opens(desk, act, person, **told_for)
        assert await found_by(service, act, person)
        assert "possible_duplicate" not in str(await desk.ask("case", {"case": case}))
        await opens(service, act, another)
        assert "possible_duplicate" not in (await opens(desk, act, another, **told_for))[1]


async def test_who_opens_anothers_case_takes_no_mark_away(network: Network, social: Member, act: Make) -> None:
    person = somebody()
    async with network.speaking(network.centre, social) as [centre, service]:
        case, _ = await opens(centre, act, person)
        for other in (somebody(), person):
            refused = await service.act(act("case-opened", case, person=other))
            assert refused["outcome"] == "refused"
            assert "possible_duplicate" not in refused
        assert await found_by(service, act, person)


@pytest.mark.parametrize("how", ["corrected", "retracted", "told-anew"])
async def test_what_is_put_right_takes_the_mark_away(network: Network, social: Member, act: Make, how: str) -> None:
    wrong, right = somebody(), somebody()
    async with network.speaking(network.centre, social) as [centre, service]:
        mine, _ = await opens(centre, act, wrong)
        theirs, answer = await opens(service, act, wrong)
        assert answer["possible_duplicate"] is True
        amended = {"entry": 1, "ground": "wrong-person"}
        put_right = {
            "corrected": act("act-corrected", theirs, act={"type": "case-opened", "person": right}, **amended),
            "retracted": act("act-retracted", theirs, **amended),
            "told-anew": act("person-updated", theirs, person=right),
        }
        answer = await service.act(put_right[how])
        assert answer["outcome"] == "recorded", answer
        assert "possible_duplicate" not in await file(centre, mine, answer)
        assert "possible_duplicate" not in await file(service, theirs, answer)
        assert await found_by(centre, act, right) is (how != "retracted")


async def test_a_person_told_bit_by_bit_is_found_when_it_is_whole(network: Network, social: Member, act: Make) -> None:
    person = somebody()
    async with network.speaking(network.centre, social) as [centre, service]:
        mine, _ = await opens(centre, act, person)
        case, answer = await opens(service, act, {"names": person["names"]})
        assert "possible_duplicate" not in answer
        for part in ("identifiers", "born"):
            answer = await service.act(act("person-updated", case, person={part: person[part]}))
        assert answer["possible_duplicate"] is True
        assert (await file(centre, mine, answer))["sentence"] == SENTENCE


def test_also_when_all_of_it_is_handed_in_together(network: Network, social: Member, act: Make) -> None:
    person = somebody()
    opening = act("case-opened", person={"names": person["names"]})
    rest = [act("person-updated", opening["case"], person={part: person[part]}) for part in ("identifiers", "born")]
    bodies = [act("case-opened", person=person), opening, *rest]
    http = network.service.http
    first = http("POST", "/api/acts", network.centre.token, json.dumps(bodies[0]).encode()).body
    lines = "\n".join(json.dumps(body) for body in bodies[1:]).encode()
    told = http("POST", "/api/acts/lines", social.token, lines, Content_Type="application/x-ndjson").body
    answers = [json.loads(line) for line in told.decode().splitlines()]
    assert "possible_duplicate" not in first
    assert ["possible_duplicate" in answer.get("answer", answer) for answer in answers] == [False, False, True]


async def test_a_referral_that_opens_a_case_asks_too(network: Network, social: Member, act: Make) -> None:
    person = somebody()
    referral = {"referral": str(uuid.uuid4()), "to": network.coop.id, "service": "internship", "need": "x"}
    async with network.speaking(network.centre, social) as [centre, service]:
        await opens(centre, act, person)
        answer = await service.act(act("referral-sent", person=person, **referral))
    assert answer["possible_duplicate"] is True


async def test_a_case_that_is_handed_over_is_found_as_its_new_organisations(
    network: Network, social: Member, members: dict[str, Member], act: Make
) -> None:
    person, handover = somebody(), {"handover": str(uuid.uuid4())}
    async with network.speaking(network.centre, social, members["trainer"]) as [centre, service, trainer]:
        case, _ = await opens(centre, act, person)
        for by, type_, more in (
            (centre, "handover-proposed", {"to": trainer.organisation, "reason_class": "closer"}),
            (trainer, "handover-accepted", {}),
        ):
            answer = await by.act(act(type_, case, **handover, **more))
            assert answer["outcome"] == "recorded", answer
        assert not await found_by(service, act, person)
        assert "possible_duplicate" not in await file(trainer, case, answer)


# A service of its own, with a small budget


@pytest.fixture
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    environment = {"RACCORDO_PERSON_LOOK_UPS": "2"}
    with running_service(tmp_path_factory.mktemp("small") / "data", environment=environment) as service:
        yield service


def told(service: RunningService, by: Member, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = service.http("POST", "/api/acts", by.token, json.dumps(body).encode()).body
    assert answer["outcome"] == "recorded", answer
    return answer


def test_above_the_budget_it_is_recorded_and_not_said_also_after_a_kill(small: RunningService, act: Make) -> None:
    centre, prober = small.add("centre", "employment-centre"), small.add("prober", "social-service")
    person = somebody()
    told(small, centre, mine := act("case-opened", person=person))
    guessed = [told(small, prober, act("case-opened", person=somebody())) for _ in range(2)]
    small.kill()
    small.start()
    probing = act("case-opened", person=person)
    answer = told(small, prober, probing)
    assert "not_looked_up" not in str(guessed)
    assert answer["not_looked_up"] is True
    assert "not looked up" in answer["sentence"]
    after = f"?after={answer['position']}"
    for by, case in ((centre, mine), (prober, probing)):
        assert "possible_duplicate" not in small.http("GET", f"/api/cases/{case['case']}{after}", by.token).body
    counts = small.http("GET", "/metrics").body.decode()
    assert 'raccordo_persons_looked_up_total{outcome="over-budget"} 1.0' in counts
    assert prober.id not in counts
    doctor = process(small.data, "doctor").stdout
    assert f"{prober.id} 2 and 1 acts above its budget, {centre.id} 1" in doctor
