"""What is kept from a member is not told by an answer either: neither by a rule not kept nor by a refusal."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from adapters.partner import Partner
from tests.acceptance.conftest import Network

Make = Callable[..., dict[str, Any]]


async def done(by: Partner, body: dict[str, Any]) -> dict[str, Any]:
    answer = await by.act(body)
    assert answer["outcome"] == "recorded", answer
    return answer


async def shared(centre: Partner, coop: Partner, act: Make) -> str:
    """A case in which the cooperative is a member."""
    body = act("case-opened")
    await done(centre, body)
    case: str = body["case"]
    await done(centre, act("member-joined", case, organisation=coop.organisation, role="tutor", past="all"))
    return case


def sent(act: Make, case: str, to: str, **more: Any) -> dict[str, Any]:
    return act("referral-sent", case, referral=str(uuid.uuid4()), to=to, service="internship", need="x", **more)


def rules(answer: dict[str, Any]) -> set[str]:
    return {each["rule"] for each in answer["irregularities"]}


@pytest.mark.parametrize("dry_run", [True, False])
async def test_a_hidden_suspension_is_told_to_those_who_see_it_alone(
    network: Network, act: Make, dry_run: bool
) -> None:
    async with network.speaking(network.centre, network.coop) as [centre, coop]:
        opening = act("case-opened")
        case = opening["case"]
        joined = act("member-joined", case, organisation=coop.organisation, role="tutor", past="none")
        suspended = act("case-suspended", case, reason_class="personal", reason_code="illness")
        for body in (opening, suspended, joined):
            await done(centre, body)
        by_coop, by_centre = [
            await by.act(sent(act, case, network.stranger.id, dry_run=dry_run)) for by in (coop, centre)
        ]
        after = {"case": case, "after": by_centre["position"]}
        view = await coop.ask("irregularities", after)
    assert "case-suspended" in rules(by_centre)
    assert rules(by_coop) <= {"practitioner-named"}
    assert "case-suspended" not in str(view)


@pytest.mark.parametrize("about", ["act-attested", "act-contested", "act-retracted"])
async def test_a_hidden_entry_is_refused_as_one_that_does_not_exist(network: Network, act: Make, about: str) -> None:
    more = {"act-contested": {"ground": "not-so"}, "act-retracted": {"ground": "mistake"}}.get(about, {})
    async with network.speaking(network.centre, network.coop) as [centre, coop]:
        case = await shared(centre, coop, act)
        names = {"channel": "phone", "with_whom": "organisation", "with_organisation": network.coop.id}
        kept = await done(centre, act("contact-made", case, only_for=[network.centre.id], **names))
        answers = [await coop.act(act(about, case, entry=n, **more)) for n in (kept["version"], 999)]
    assert [answer.pop("code") for answer in answers] == ["entry.unknown"] * 2
    assert answers[0]["sentence"].replace(str(kept["version"]), "999") == answers[1]["sentence"]


async def test_a_hidden_later_entry_is_not_named(network: Network, act: Make) -> None:
    placement = str(uuid.uuid4())
    told = {"placement": placement, "channel": "internship", "regime_class": "internship", "host": network.coop.id}
    async with network.speaking(network.centre, network.coop) as [centre, coop]:
        case = await shared(centre, coop, act)
        agreed = await done(coop, act("placement-agreed", case, promoter=network.centre.id, **told))
        kept = act("incident-reported", case, placement=placement, incident_class="safety")
        later = await done(centre, {**kept, "only_for": [network.centre.id]})
        retracted = act("act-retracted", case, entry=agreed["version"], ground="mistake")
        hidden = await coop.act({**retracted, "dry_run": True})
    assert hidden["code"] == "correction.makes-impossible"
    assert str(later["position"]) not in hidden["sentence"]
    assert "that you do not see" in hidden["sentence"]
