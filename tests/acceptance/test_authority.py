"""A member that wants to read or do more than it may, over its own connection; and what others then see of it."""

import asyncio
import json
import subprocess
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from adapters.partner import Partner
from tests.acceptance.conftest import Network
from tests.running_service import COMMAND

Make = Callable[..., dict[str, Any]]
HIDDEN: dict[str, Any] = {"only_for": []}


def new_id() -> str:
    return str(uuid.uuid4())


async def recorded(by: Partner, body: dict[str, Any]) -> dict[str, Any]:
    answer = await by.act(body)
    assert answer["outcome"] == "recorded", answer
    return answer


async def outcome(by: Partner, body: dict[str, Any]) -> str:
    """`recorded`, `claim`, or the code with which it is refused."""
    answer = await by.act(body)
    return str(answer.get("code") or answer["outcome"])


async def types(by: Partner, case: str, after: int) -> list[str]:
    found = await by.ask("timeline", {"case": case, "after": after, "timeout": 20})
    return [entry["type"] for entry in found.get("entries", [])]


async def opened(centre: Partner, coop: Partner, act: Make) -> tuple[str, int]:
    """A case with something in its past, and the cooperative a member from then on."""
    body = act("case-opened", person={"names": ["Persona Prova"]})
    case: str = body["case"]
    await recorded(centre, body)
    await recorded(centre, act("contact-made", case, channel="phone", with_whom="family", note="of the past"))
    joined = act("member-joined", case, organisation=coop.organisation, role="tutor", past="none")
    return case, (await recorded(centre, joined))["position"]


async def test_a_member_opens_no_past_by_referring_to_itself_in_anothers_name(network: Network, act: Make) -> None:
    async with network.speaking(network.centre, network.coop) as [centre, coop]:
        case, joined = await opened(centre, coop, act)
        for_centre = {"on_behalf_of": centre.organisation, "evidence": "phone"}
        referral = {"referral": new_id(), "to": coop.organisation, "service": "other"}
        assert await outcome(coop, act("referral-sent", case, **referral, **for_centre, **HIDDEN)) == (
            "only-for.not-on-this-act"
        )
        assert await outcome(coop, act("referral-sent", case, **referral, past="all", **for_centre)) == (
            "case.not-responsible"
        )
        told = await recorded(coop, act("referral-sent", case, **referral, **for_centre))  # a claim
        widened = {"type": "referral-sent", **referral, "past": "all"}
        corrected = act("act-corrected", case, entry=told["version"], ground="mistake", act=widened)
        assert await outcome(coop, corrected) == "case.not-responsible"
        assert await outcome(coop, act("referral-accepted", case, referral=referral["referral"])) == "referral.unknown"
        last = await recorded(centre, act("contact-made", case, channel="phone", with_whom="family"))
        assert await types(coop, case, last["position"]) == ["member-joined", "referral-sent", "contact-made"]
        waiting = await centre.ask("waiting", {"case": case, "after": told["position"], "timeout": 20})
        assert [(each["what"], each["type"], each["told_by"]) for each in waiting["waiting"]] == [
            ("claim", "referral-sent", coop.organisation)
        ]
    assert joined


async def test_one_that_was_removed_does_not_come_back_as_a_host_of_the_day_before(network: Network, act: Make) -> None:
    async with network.speaking(network.centre, network.coop) as [centre, coop]:
        case, _ = await opened(centre, coop, act)
        left = act("member-left", case, organisation=coop.organisation, reason_class="other")
        await recorded(centre, left)
        agreed = {"placement": new_id(), "channel": "internship", "host": coop.organisation}
        told = await recorded(coop, act("placement-agreed", case, **agreed))
        last = await recorded(centre, act("contact-made", case, channel="phone", with_whom="family"))
        assert "contact-made" not in await types(coop, case, last["position"])
        claims = (await centre.ask("waiting", {"case": case, "after": last["position"], "timeout": 20}))["waiting"]
        assert [each["position"] for each in claims] == [told["position"]]
        await recorded(centre, act("act-attested", case, entry=claims[0]["entry"]))
        last = await recorded(centre, act("contact-made", case, channel="phone", with_whom="family"))
        assert "contact-made" in await types(coop, case, last["position"])


@pytest.mark.parametrize(
    ("type_", "fields"),
    [
        ("referral-accepted", {}),
        ("case-closed", {"reason_class": "ended"}),
        ("placement-agreed", {"channel": "internship"}),
        ("handover-accepted", {}),
    ],
)
async def test_nothing_that_others_rely_on_is_hidden_from_them(
    network: Network, act: Make, type_: str, fields: dict[str, Any]
) -> None:
    async with network.speaking(network.centre, network.coop) as [centre, coop]:
        case, _ = await opened(centre, coop, act)
        referral, handover = new_id(), new_id()
        ask = {"referral": referral, "to": coop.organisation, "service": "internship", "past": "all"}
        await recorded(centre, act("referral-sent", case, **ask))
        pass_on = {"handover": handover, "to": coop.organisation, "reason_class": "other"}
        await recorded(centre, act("handover-proposed", case, **pass_on))
        of = {"referral-accepted": {"referral": referral}, "handover-accepted": {"handover": handover},
              "placement-agreed": {"placement": new_id(), "host": network.stranger.id}}  # fmt: skip
        body = act(type_, case, **fields, **of.get(type_, {}), **HIDDEN)
        assert await outcome(coop, body) == "only-for.not-on-this-act"


async def test_a_claim_takes_effect_when_the_one_it_concerns_attests_it(network: Network, act: Make) -> None:
    async with network.speaking(network.centre, network.coop) as [centre, coop]:
        referral = new_id()
        sent = act("referral-sent", referral=referral, to=coop.organisation, service="internship")
        case = sent["case"]
        await recorded(centre, sent)
        by_phone = {"on_behalf_of": coop.organisation, "evidence": "phone"}
        told = await recorded(centre, act("referral-accepted", case, referral=referral, **by_phone))
        file = await centre.ask("case", {"case": case, "after": told["position"], "timeout": 20})
        assert [each["state"] for each in file["referrals"]] == ["sent"]
        (waits,) = (await coop.ask("waiting", {"case": case, "after": told["position"], "timeout": 20}))["waiting"]
        assert (waits["what"], waits["waits_for"], waits["entry"]) == ("claim", coop.organisation, told["version"])
        attested = await recorded(coop, act("act-attested", case, entry=told["version"]))
        file = await centre.ask("case", {"case": case, "after": attested["position"], "timeout": 20})
        assert [each["state"] for each in file["referrals"]] == ["accepted"]
        assert (await coop.ask("waiting", {"case": case, "after": attested["position"], "timeout": 20}))[
            "waiting"
        ] == []


@pytest.mark.parametrize(("language", "says"), [("en", "It is a claim:"), ("it", "È una dichiarazione:")])
def test_the_answer_to_a_claim_says_whose_word_it_waits_for(
    network: Network, act: Make, language: str, says: str
) -> None:
    """It names the organisation whose answer it is; for the responsible organisation it names nobody."""

    def answered(token: str, body: dict[str, Any]) -> dict[str, Any]:
        told = network.service.http("POST", "/api/acts", token, json.dumps(body).encode(), Accept_Language=language)
        assert told.body["outcome"] == "recorded", told.body
        return dict(told.body)

    centre, coop, health = network.centre, network.coop, network.health
    sent = act("referral-sent", referral=new_id(), to=coop.id, service="internship")
    case = sent["case"]
    assert "claim" not in answered(centre.token, sent)
    for_coop = {"on_behalf_of": coop.id, "evidence": "phone"}
    claim = answered(centre.token, act("referral-accepted", case, referral=sent["referral"], **for_coop))
    assert (claim["claim"], claim["waits_for"]) == (True, coop.id)
    assert claim["sentence"].startswith(says)
    answered(centre.token, act("member-joined", case, organisation=health.id, role="tutor", past="none"))
    for_centre = {"on_behalf_of": centre.id, "evidence": "phone"}
    asked = act("referral-sent", case, referral=new_id(), to=network.stranger.id, service="other", **for_centre)
    whose = answered(health.token, asked)
    assert (whose["claim"], whose["waits_for"]) == (True, centre.id)
    agreed = act("placement-agreed", case, placement=new_id(), channel="internship", host=network.stranger.id)
    for_health = {"on_behalf_of": health.id, "evidence": "phone"}
    assert "claim" not in answered(centre.token, agreed)
    changed = {"placement": agreed["placement"], "from_day": "2026-12-01", "hours_a_week": 20}
    responsible = answered(centre.token, act("placement-changed", case, **changed, **for_health))
    assert responsible["claim"] is True
    assert "waits_for" not in responsible
    assert responsible["sentence"].startswith(says)


async def test_an_organisation_does_not_say_itself_what_it_is(network: Network, act: Make) -> None:
    async with network.speaking(network.coop) as [coop]:
        for changed in ({"organisation_kind": "employment-centre"}, {"connected": False}):
            body = act("organisation-updated", **changed)
            del body["case"]
            body["organisation"] = coop.organisation
            assert await outcome(coop, body) == "network.not-the-office"


async def test_the_doctor_says_what_stands_on_the_record_without_effect(network: Network) -> None:
    command = [*COMMAND, "doctor", "--standing", "--data", str(network.service.data)]
    said = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert said.stdout.strip().endswith("does not follow them")


async def test_nothing_that_binds_the_others_is_told_where_they_do_not_see_it(network: Network, act: Make) -> None:
    """Neither a task, nor a meeting, nor a correction, nor a name or a closure in the directory."""
    task, meeting = new_id(), new_id()
    async with network.speaking(network.centre, network.coop) as [centre, coop]:
        case, _ = await opened(centre, coop, act)
        tasks = [{"task": task, "organisation": centre.organisation, "due": "2026-12-20"}]
        met = {"meeting_kind": "team", "organisations": [coop.organisation]}
        await recorded(centre, act("meeting-held", case, meeting=new_id(), **met, tasks=tasks))
        await recorded(centre, act("meeting-convened", case, meeting=meeting, day="2026-12-10", **met))
        told = await recorded(coop, act("contact-made", case, channel="phone", with_whom="family"))
        own = {**act("organisation-updated", case, name="X"), "organisation": coop.organisation}
        del own["case"]
        closed = {"type": "closure-declared", "from_day": "2026-12-01", "until_day": "2026-12-31", "act_id": new_id()}
        tried = [
            act("task-moved", case, task=task, to=coop.organisation, due="2030-01-01"),
            act("task-dropped", case, task=task, reason_class="other"),
            act("task-done", case, task=task),
            act("meeting-held", case, meeting=meeting, **met),
            act("presentation-sheet-filed", case, sheet=new_id()),
            act("act-retracted", case, entry=told["version"], ground="unlawful"),
            own,
            {**own, "name": ..., **closed},
        ]
        codes = [await outcome(coop, {n: v for n, v in {**t, **HIDDEN}.items() if v is not ...}) for t in tried]
        assert codes == ["only-for.not-on-this-act"] * len(tried)
        taken = act("task-moved", case, task=task, to=coop.organisation)
        assert await outcome(coop, taken) == "task.not-yours"
        moved = await recorded(centre, act("meeting-moved", case, meeting=meeting, day="2026-12-12"))
        seen = await centre.ask("tasks", {"case": case, "after": moved["position"], "timeout": 20})
        listed = await centre.ask("directory", {"after": moved["position"], "timeout": 20})
    assert [(each["task"], each["organisation"], each["due"]) for each in seen["tasks"]] == [
        (task, network.centre.id, "2026-12-20")
    ]
    assert all(each["name"] not in (None, "X") for each in listed["organisations"])
