"""Whatever is killed while acts are dropped: each is recorded once, in order, and answered once."""

import asyncio
import io
import json
import random
from pathlib import Path

import nats.errors
import nats.js.errors
import pytest

from adapters.jetstream.drop_stream import stream_of
from adapters.upkeep.answered import Answers
from adapters.upkeep.dropping import Dropping, Report
from adapters.upkeep.handing_in import HandingIn, patient_partner
from adapters.upkeep.lines import Line, lines, secret_of
from tests.acceptance.dropping import (
    act,
    administering,
    all_is_well,
    answered,
    answers_on_the_feed,
    contact,
    dropped,
    emptied,
    handed_in,
    plainly,
)
from tests.acceptance.streams import record_of
from tests.running_service import Member, RunningService, running_service

KILLS = 3


async def handed_in_as_the_command_does(
    service: RunningService, member: Member, bodies: list[dict[str, str]]
) -> Report:
    report = Report()
    file = io.BytesIO(b"".join(json.dumps(body).encode() + b"\n" for body in bodies))
    async with patient_partner(service.running.nats, member.creds) as speaks:
        dropping = Dropping(HandingIn(speaks.client, within=1), Answers(speaks), report, lambda: None)
        await dropping.drop(lines(file, member.id, secret_of(member.creds)), wait=True)
    return report


@pytest.mark.kills
async def test_order_is_kept_and_each_is_answered_once(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    with running_service(tmp_path / "data") as service:
        member, typist = [await asyncio.to_thread(service.add, name, "employment-centre") for name in ("one", "two")]
        bodies, typed = (history(600), history(3000))
        async with plainly(service, member) as client:
            handing = asyncio.gather(
                handed_in(client, member, bodies), handed_in_as_the_command_does(service, typist, typed)
            )
            for victim in chance.choices(["service", "server", "both"], k=KILLS):
                await asyncio.sleep(chance.uniform(0.1, 0.5))
                if victim in ("server", "both"):
                    service.kill_server()
                if victim in ("service", "both"):
                    service.kill()
                    await asyncio.to_thread(service.start)
            async with asyncio.timeout(60):
                _, report = await handing
        assert report.outcomes["recorded"] + report.outcomes["known already"] == len(typed)
        await all_is_well(service, member, bodies)
        await all_is_well(service, typist, typed)


def history(contacts: int) -> list[dict[str, str]]:
    opened = act("case-opened")
    return [opened, *(contact(opened["case"]) for _ in range(contacts))]


def as_lines(member: Member, bodies: list[dict[str, str]]) -> list[Line]:
    return list(lines(io.BytesIO(b"\n".join(json.dumps(body).encode() for body in bodies)), member.id, ""))


async def test_a_full_door_says_so_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    with running_service(tmp_path / "data") as service:
        member = await asyncio.to_thread(service.add, "centre", "employment-centre")
        bodies = [act("case-opened") for _ in range(6)]
        nats_url = service.running.nats
        async with plainly(service, member) as client, administering(service) as administrator:
            service.kill()  # the message server lives on: what is handed in waits
            stream = stream_of(member.id)
            config = (await administrator.jetstream().stream_info(stream)).config
            config.max_msgs = 5
            await administrator.jetstream().update_stream(config)
            numbers = await dropped(client, member, *bodies[:5])
            with pytest.raises(nats.js.errors.APIError, match="maximum messages exceeded"):
                await dropped(client, member, bodies[5])
            waited = asyncio.Event()
            waiting = history(40)
            handing = asyncio.create_task(HandingIn(client, waited.set).hand_in(as_lines(member, waiting)))
            async with asyncio.timeout(10):
                await waited.wait()
            await asyncio.to_thread(service.start)
            async with asyncio.timeout(30):
                await handing
        assert service.running.nats == nats_url
        told = await answered(service, member, numbers)
        assert {a["answer"]["outcome"] for a in told} == {"recorded"}
        await emptied(service, member)
        async with plainly(service, member) as client:
            [told_last] = await answered(service, member, await dropped(client, member, bodies[5]))
        assert told_last["answer"]["outcome"] == "recorded"
        entries = [line for line in await record_of(service) if line.record == f"case/{waiting[0]['case']}"]
        assert [line.act_id for line in entries] == [body["act_id"] for body in waiting]
        before = await answers_on_the_feed(service, member)
        assert service.stop() == 0
        await asyncio.to_thread(service.start)
        await asyncio.sleep(0.5)
        assert await answers_on_the_feed(service, member) == before
        assert service.http("GET", "/health").body["drop"] == {"waiting": 0}
