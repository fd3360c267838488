"""The command line as evaluators and operators use it: the real command, beside a real service."""

import asyncio
import json
import os
import re
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

import adapters.cli  # noqa: F401 (each command adds itself)
from adapters.cli.app import app
from adapters.nats.connection import connect
from adapters.nats.identity import Installation
from adapters.upkeep.kept_aside import REASON, TYPE
from tests.acceptance.conftest import Network
from tests.message_server import arrived
from tests.running_service import COMMAND, STARTS_S, Member, RunningService, running_service

Make = Callable[..., dict[str, Any]]
DONE, REFUSED, WRONG_USE, UNREACHABLE = 0, 1, 2, 3
PLAIN = {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}


def process(data: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command as it is started on a machine."""
    environment = {**os.environ, **PLAIN, "RACCORDO_DATA": str(data), **settings}
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, env=environment, timeout=STARTS_S, check=False
    )


def raccordo(data: Path, *arguments: str) -> Result:
    """The same within this process: it spares the second in which a command starts."""
    return CliRunner(env={**PLAIN, "RACCORDO_DATA": str(data)}).invoke(app, arguments)


def json_of(data: Path, *arguments: str) -> Any:
    ran = raccordo(data, *arguments, "--json")
    assert ran.exit_code == DONE, ran.stderr
    return json.loads(ran.stdout)


def replayed(data: Path, *arguments: str) -> list[dict[str, Any]]:
    ran = raccordo(data, "replay", "--json", *arguments)
    assert ran.exit_code == DONE, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.fixture
def data(network: Network) -> Path:
    return network.service.data


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder on which nothing runs."""
    return tmp_path_factory.mktemp("nowhere")


def referred(network: Network, act: Make, case: str, **more: Any) -> list[dict[str, Any]]:
    """The centre refers to the cooperative, which accepts."""
    referral = str(uuid.uuid4())
    sent = act("referral-sent", case, referral=referral, to=network.coop.id, service="internship", **more)
    accepted = act("referral-accepted", case, referral=referral)
    accepted["occurred_at"] = "2026-11-20T12:00:00+01:00"

    async def both() -> list[dict[str, Any]]:
        async with network.speaking(network.centre, network.coop) as [centre, coop]:
            return [await centre.act(sent), await coop.act(accepted)]

    return asyncio.run(both())


# Replay


def test_a_case_is_replayed_in_order_with_nothing_personal(network: Network, data: Path, act: Make) -> None:
    case = str(uuid.uuid4())
    answers = referred(network, act, case, need="not for evaluators")
    lines = replayed(data, "--case", case)
    assert [(line["position"], line["type"], line["organisation"]) for line in lines] == [
        (answers[0]["position"], "referral-sent", network.centre.id),
        (answers[1]["position"], "referral-accepted", network.coop.id),
    ]
    assert "not for evaluators" not in str(lines)


def test_for_people_there_is_a_line_an_entry_and_the_totals_apart(network: Network, data: Path, act: Make) -> None:
    case = str(uuid.uuid4())
    referred(network, act, case)
    ran = process(data, "replay", "--case", case)
    assert re.search(rf"\d+ +2026-\S+Z +2026-11-20T09:00 \(instant\) +{network.centre.id} +referral-sent", ran.stdout)
    assert "2 entries, 1 cases" in ran.stderr
    assert len(ran.stdout.splitlines()) == 2


def test_the_whole_history_up_to_a_position(data: Path) -> None:
    assert [line["position"] for line in replayed(data, "--until", "5")] == [1, 2, 3, 4, 5]


def test_as_an_organisation_one_sees_what_it_saw_then(network: Network, data: Path, act: Make) -> None:
    case = str(uuid.uuid4())
    sent, accepted = (answer["position"] for answer in referred(network, act, case))
    seen = {
        (reader, until): len(replayed(data, "--case", case, "--as", reader, "--until", str(until)))
        for reader in (network.coop.id, network.stranger.id)
        for until in (sent - 1, sent, accepted)
    }
    assert list(seen.values()) == [0, 1, 2, 0, 0, 0]


def test_the_two_clocks(network: Network, data: Path, act: Make) -> None:
    case = str(uuid.uuid4())
    referred(network, act, case)
    occurred = replayed(data, "--case", case, "--clock", "occurred", "--until-date", "2026-11-20T10:00:00+01:00")
    assert [line["type"] for line in occurred] == ["referral-sent"]
    assert replayed(data, "--case", case, "--until-date", "2020") == []


WRONG_TIMES = {
    "yesterday": "is not a date or an instant",
    "2026-02-30": "is not a date or an instant",
    "2026-03-02T12:00:00": "has no zone",
}


@pytest.mark.parametrize(("text", "says"), WRONG_TIMES.items())
def test_what_is_wrong_with_a_date_is_said(nowhere: Path, text: str, says: str) -> None:
    ran = raccordo(nowhere, "replay", "--until-date", text)
    assert ran.exit_code == WRONG_USE
    assert says in ran.stderr


def test_a_case_that_is_no_id_and_an_organisation_that_is_not_there(data: Path) -> None:
    assert raccordo(data, "replay", "--case", "mario").exit_code == WRONG_USE
    ran = raccordo(data, "replay", "--as", "onobodyknowsx")
    assert (ran.exit_code, "No organisation onobodyknowsx" in ran.stderr) == (REFUSED, True)


def test_a_case_is_shown_by_the_end_of_its_id_with_its_times_where_one_is(
    network: Network, data: Path, act: Make, tmp_path: Path
) -> None:
    case, like_it = (f"{uuid.uuid4()}"[:-8] + f"{uuid.uuid4()}"[-8:] for _ in range(2))
    like_it = like_it[:-4] + case[-4:]
    answers = [referred(network, act, each)[0] for each in (case, like_it)]
    creds = tmp_path / "coop.creds"
    creds.write_text(network.coop.creds)
    asking = ["--creds", str(creds)]
    ran = process(data, "case", f"…{case[-12:]}", *asking, "--after", str(answers[-1]["position"]), TZ="Etc/GMT-5")
    assert "2026-11-20 14:00" in ran.stdout, ran.stderr
    assert "when (local time)" in ran.stdout
    several = raccordo(data, "case", case[-4:], *asking)
    assert (several.exit_code, case in several.stderr, like_it in several.stderr) == (REFUSED, True, True)
    assert raccordo(data, "due", "--case", case[-12:], *asking).exit_code == 0
    assert "No case on the board ends with" in raccordo(data, "case", "00000000beef", *asking).stderr


# What waits for a word


async def told_by(network: Network, by: Member, *bodies: dict[str, Any]) -> dict[str, Any]:
    """The last answer, once the views have followed."""
    async with network.speaking(by) as [speaks]:
        answers = [await speaks.act(body) for body in bodies]
        await speaks.ask("board", {"after": answers[-1]["position"], "timeout": 20})
    return answers[-1]


def accepted_by_phone(network: Network, act: Make) -> str:
    """A case in which the centre has told by phone that the cooperative accepts: entry 2, a claim."""
    referral = str(uuid.uuid4())
    sent = act("referral-sent", referral=referral, to=network.coop.id, service="internship")
    by_phone = {"on_behalf_of": network.coop.id, "evidence": "phone"}
    accepted = act("referral-accepted", sent["case"], referral=referral, **by_phone)
    accepted["occurred_at"] = "2026-11-20T12:00:00+01:00"
    asyncio.run(told_by(network, network.centre, sent, accepted))
    return str(sent["case"])


def test_what_waits_is_attested_by_copying_what_is_shown(network: Network, data: Path, act: Make) -> None:
    """Case and entry stand in `waiting` as in `case`, and are taken as they stand there."""
    told = accepted_by_phone(network, act)
    creds = [str(data / f"{name}.creds") for name in ("coop", "centre")]
    waits = raccordo(data, "waiting", "--case", told, "--creds", creds[0]).stdout
    [(case, entry, position)] = re.findall(r"claim: referral-accepted .* ([0-9a-f-]{36}) +(\d+) +(\d+) *\n", waits)
    shown = raccordo(data, "case", case, "--creds", creds[1]).stdout
    assert re.search(rf"^ +{entry} +{position} .* referral-accepted \(claim\)", shown, re.MULTILINE)
    attested = act("act-attested", case, entry=int(entry))
    attested["occurred_at"] = "2026-11-20T13:00:00+01:00"
    assert asyncio.run(told_by(network, network.coop, attested))["outcome"] == "recorded"
    assert "referral-accepted" not in raccordo(data, "waiting", "--case", case, "--creds", creds[0]).stdout
    shown = raccordo(data, "case", case, "--creds", creds[1]).stdout
    assert "referral-accepted (attested by entry 3)" in shown


def test_a_case_shows_for_whom_and_how_something_was_told_and_who_contests_it(
    network: Network, data: Path, act: Make
) -> None:
    case = accepted_by_phone(network, act)
    asking = ("case", case, "--creds", str(data / "centre.creds"))
    shown = raccordo(data, *asking).stdout
    assert re.search(r" centre +referral-sent ", shown)
    assert re.search(r" centre for coop, by phone +referral-accepted \(claim\) ", shown)
    contested = act("act-contested", case, entry=2, ground="not-so")
    contested["occurred_at"] = "2026-11-20T13:00:00+01:00"
    assert asyncio.run(told_by(network, network.coop, contested))["outcome"] == "recorded"
    json_of(data, "case", case, "--creds", asking[-1], "--after", "1")
    assert "referral-accepted (claim) (contested by coop)" in raccordo(data, *asking).stdout


def test_what_waits_is_attested_by_a_command_that_names_the_wording_that_was_read(
    network: Network, data: Path, act: Make
) -> None:
    case = accepted_by_phone(network, act)
    shown = json_of(data, "case", case, "--creds", str(data / "centre.creds"))
    accepted = shown["timeline"]["entries"][1]
    again = {"type": accepted["type"], "referral": accepted["act"]["referral"], "starts": "2026-12-01"}
    corrected = act("act-corrected", case, entry=2, ground="mistake", act=again)
    corrected["occurred_at"] = "2026-11-20T13:00:00+01:00"
    assert asyncio.run(told_by(network, network.centre, corrected))["outcome"] == "recorded"
    coop = ["--creds", str(data / "coop.creds")]
    waits = raccordo(data, "waiting", "--case", case, *coop).stdout
    assert re.search(rf"claim: referral-accepted .* {case} +2 +3 +\d+ *\n", waits), waits
    assert "raccordo attest CASE ENTRY" in waits
    assert "raccordo contest CASE ENTRY" in waits
    end = f"…{case[-12:]}"
    refused = raccordo(data, "attest", end, "2", *coop)
    assert (refused.exit_code, "what entry 3 made of it" in refused.stderr) == (REFUSED, True)
    would = raccordo(data, "attest", end, "2", "--wording", "3", "--dry-run", *coop)
    assert (would.exit_code, would.stdout) == (DONE, f"Would be attested: entry 2 of {case}\n")
    attested = raccordo(data, "attest", end, "2", "--wording", "3", *coop)
    assert (attested.exit_code, f"Attested: entry 2 of {case}, recorded at" in attested.stdout) == (DONE, True)
    followed = raccordo(data, "case", case, *coop, "--after", attested.stdout.split()[-1]).stdout
    assert "referral-accepted (attested by entry 4)" in followed
    nobodys = raccordo(data, "attest", case, "99", "--json", *coop)
    assert (nobodys.exit_code, json.loads(nobodys.stdout)["code"]) == (REFUSED, "entry.unknown")


def test_what_is_not_so_is_contested_by_a_command(network: Network, data: Path, act: Make) -> None:
    case, coop = accepted_by_phone(network, act), ["--creds", str(data / "coop.creds")]
    contested = json_of(data, "contest", case, "2", "--ground", "not-ours", "--note", "mai detto", *coop)
    assert contested["outcome"] == "recorded"
    found = json_of(data, "case", case, *coop, "--after", str(contested["position"]))["timeline"]["entries"]
    assert found[1]["marks"]["contested"][0]["ground"] == "not-ours"
    assert found[2]["personal"] == [{"category": "social", "fields": {"text": "mai detto"}}]
    assert found[2]["practitioner"] == str(uuid.UUID(int=0))


# What was kept aside


def kept_aside(network: Network, sender: str, body: bytes) -> int:
    """As a version that could not read it has left it; returns its number."""

    async def keep() -> int:
        service = network.service
        client = await connect(service.running.nats, Installation.open(service.data).service_creds())
        headers = {REASON: "form.unreadable", TYPE: "unknown"}
        subject = f"dead.form-unreadable.{sender}.unknown.unknown"
        kept = await client.jetstream().publish(subject, body, headers=headers)
        await client.close()
        return kept.seq

    return asyncio.run(keep())


def listed(data: Path) -> dict[int, dict[str, Any]]:
    return {each["number"]: each for each in json_of(data, "dead", "list")}


def retried(data: Path, *numbers: int) -> tuple[int, list[dict[str, Any]]]:
    ran = process(data, "dead", "retry", *map(str, numbers), "--json")
    return ran.returncode, json.loads(ran.stdout)


def test_what_can_be_read_now_is_recorded_as_its_senders_and_no_longer_kept(
    network: Network, data: Path, act: Make
) -> None:
    case = str(uuid.uuid4())
    sent = act("referral-sent", case, referral=str(uuid.uuid4()), to=network.coop.id, service="internship")
    number = kept_aside(network, network.centre.id, json.dumps(sent).encode())
    assert listed(data)[number] | {"kept_at": "", "bytes": 0} == {
        "number": number,
        "kept_at": "",
        "reason": "form.unreadable",
        "organisation": network.centre.id,
        "kind": None,
        "id": None,
        "type": None,
        "bytes": 0,
    }
    code, [answered] = retried(data, number)
    assert (code, answered["answer"]["outcome"]) == (DONE, "recorded")
    [entry] = replayed(data, "--case", case)
    assert (entry["organisation"], entry["position"]) == (network.centre.id, answered["answer"]["position"])
    assert number not in listed(data)


def test_what_a_rule_refuses_was_read_and_what_cannot_be_read_stays_once(
    network: Network, data: Path, act: Make
) -> None:
    refused = kept_aside(
        network, network.coop.id, json.dumps(act("referral-accepted", referral=str(uuid.uuid4()))).encode()
    )
    unreadable = kept_aside(network, network.coop.id, b'{"type": "contact-m')
    code, answered = retried(data, refused, unreadable)
    assert (code, [each["removed"] for each in answered]) == (REFUSED, [True, False])
    left = listed(data)
    assert (refused in left, unreadable in left) == (False, True)
    assert max(left) == unreadable  # it was not kept aside a second time


def test_what_came_from_nobody_known_is_not_recorded(network: Network, data: Path, act: Make) -> None:
    body = json.dumps(act("case-opened")).encode()
    numbers = [kept_aside(network, sender, body) for sender in ("unknown", "onobodyknowsx")]
    code, answered = retried(data, *numbers)
    assert (code, {each["answer"]["code"] for each in answered}) == (REFUSED, {"door.not-recognised"})


def test_what_it_says_is_shown_only_of_the_one_that_is_named(network: Network, data: Path) -> None:
    number = kept_aside(network, network.coop.id, b'{"names": ["Example')
    assert "Example" not in raccordo(data, "dead", "list").stdout
    assert raccordo(data, "dead", "list", "--body", str(number)).stdout == '{"names": ["Example'


def test_retrying_needs_to_be_told_what(data: Path) -> None:
    assert raccordo(data, "dead", "retry").exit_code == WRONG_USE
    assert raccordo(data, "dead", "retry", "--all", "7").exit_code == WRONG_USE
    ran = raccordo(data, "dead", "retry", "999999")
    assert (ran.exit_code, "number 999999" in ran.stderr) == (REFUSED, True)


# Views


def test_views_built_anew_while_they_are_read_have_the_same_digests(network: Network, data: Path, act: Make) -> None:
    referred(network, act, str(uuid.uuid4()))

    async def reading_meanwhile() -> int:
        async with network.speaking(network.centre) as [centre]:
            rebuilding = asyncio.create_task(asyncio.to_thread(process, data, "views", "rebuild"))
            asked = 0
            while not rebuilding.done():
                assert "cases" in await centre.ask("board")
                asked += 1
            assert (await rebuilding).returncode == DONE
            return asked

    before = json_of(data, "views", "digest")
    assert asyncio.run(reading_meanwhile()) > 1
    assert json_of(data, "views", "digest") == before
    assert {network.centre.id, network.coop.id, network.stranger.id} <= before["digests"].keys()


def test_the_digest_of_one_organisation(network: Network, data: Path) -> None:
    found = json_of(data, "views", "digest", "--as", network.health.id)
    assert list(found["digests"]) == [network.health.id]
    ran = raccordo(data, "views", "digest", "--as", "onobodyknowsx")
    assert (ran.exit_code, "no organisation onobodyknowsx" in ran.stderr) == (REFUSED, True)


def digests_at(data: Path, position: int) -> dict[str, Any]:
    """Once the views stand there."""
    deadline = time.monotonic() + 10
    while (found := json_of(data, "views", "digest"))["position"] < position and time.monotonic() < deadline:
        time.sleep(0.05)
    return dict(found)


# The doctor


def findings(ran: Result) -> dict[str, str]:
    return {each["check"]: each["verdict"] for each in json.loads(ran.stdout)}


EVERY_CHECK = {
    *("folder", "keys", "disk", "message server", "sync", "stream RECORD", "record", "clock", "recorded time"),
    *("stream FEED", "stream DEAD", "kept aside", "accounts", "service", "room", "views"),
}


def test_the_doctor_finds_a_running_service_well(data: Path) -> None:
    ran = raccordo(data, "doctor", "--json")
    found = findings(ran)
    assert found.keys() >= EVERY_CHECK
    assert (ran.exit_code, "fail" in found.values()) == (DONE, False), ran.stdout


def test_the_doctor_says_what_to_do_where_nothing_is(nowhere: Path) -> None:
    ran = process(nowhere / "at-all", "doctor")
    assert ran.returncode == REFUSED
    assert "Start the service once" in ran.stdout


def test_the_doctor_says_that_a_folder_holds_no_installation_and_leaves_it_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("somebody else's")
    ran = raccordo(tmp_path, "doctor", "--json")
    [found] = json.loads(ran.stdout)
    assert (ran.exit_code, found["check"], found["verdict"]) == (REFUSED, "folder", "fail")
    assert f"there is no installation in {tmp_path}. Start the service once" in found["says"]
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("left", ["keys", "nats", "office"])
def test_the_doctor_misses_the_keys_where_something_of_an_installation_is_left(tmp_path: Path, left: str) -> None:
    (tmp_path / left).mkdir()
    assert findings(raccordo(tmp_path, "doctor", "--json"))["keys"] == "fail"


def test_the_doctor_names_the_limit_of_the_service_that_is_reached(tmp_path: Path) -> None:
    """The disk has much room, and the service wants more than that."""
    with running_service(tmp_path / "data", environment={"RACCORDO_ROOM": str(2**60)}) as service:
        assert service.health().body["disk"] == {"room": False}
        ran = raccordo(service.data, "doctor")
    assert ran.exit_code == REFUSED
    [said] = re.findall(r"^fail +room: (.*)", ran.stdout, re.MULTILINE)
    assert "RACCORDO_ROOM" in said


# A service of its own, stopped and started


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("own") / "data") as service:
        yield service


def test_a_second_service_on_the_folder_names_the_holder(own: RunningService) -> None:
    ran = process(own.data, "up", "--http", "127.0.0.1:0", "--nats", "127.0.0.1:0")
    assert ran.returncode == UNREACHABLE
    assert f"is in use by process {own.pid}" in " ".join(ran.stderr.split())


def test_an_organisation_is_added_listed_and_suspended_while_everything_runs(own: RunningService) -> None:
    creds, token = own.data / "new.creds", own.data / "new.token"
    added = process(
        own.data, "org", "add", "--name", "New", "--kind", "trainer", "--creds", str(creds), "--token", str(token)
    )
    id_ = added.stdout.strip()
    assert re.fullmatch(r"o[a-z2-7]{12}", id_)
    assert {path.stat().st_mode & 0o777 for path in (creds, token)} == {0o600}
    assert raccordo(own.data, "org", "suspend", id_).exit_code == DONE
    states = {o["organisation"]: o["suspended"] for o in json_of(own.data, "org", "list")["organisations"]}
    assert states[id_] is True


@pytest.mark.parametrize("command", [["board"], ["watch"], ["answers"]], ids=" ".join)
def test_a_suspended_organisation_reads_one_sentence(own: RunningService, command: list[str]) -> None:
    name = f"suspended-{command[0]}"
    member = own.add(name, "trainer")
    assert raccordo(own.data, "org", "suspend", member.id).exit_code == DONE
    ran = process(own.data, *command, "--creds", str(own.data / f"{name}.creds"))
    assert (ran.returncode, "Traceback" in ran.stderr) == (UNREACHABLE, False), ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert "Your organisation is suspended" in ran.stderr
    assert "nats" not in ran.stderr


def test_who_is_suspended_while_it_watches_reads_it_too(own: RunningService) -> None:
    member = own.add("watching", "trainer")
    command = [*COMMAND, "watch", "--data", str(own.data), "--creds", str(own.data / "watching.creds")]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, **PLAIN}
    ) as watching:
        time.sleep(4)  # it says nothing while nothing comes; suspended before it is let in, it reads the same
        assert raccordo(own.data, "org", "suspend", member.id).exit_code == DONE
        _, said = watching.communicate(timeout=30)
    assert (watching.returncode, len(said.splitlines())) == (UNREACHABLE, 1), said
    assert "Your organisation is suspended" in said


def test_after_a_kill_it_says_that_nothing_runs_and_started_again_all_is_there(own: RunningService) -> None:
    before, url = json_of(own.data, "views", "digest"), own.running.nats
    own.kill()
    ran = raccordo(own.data, "replay")
    assert (ran.exit_code, "Start it with: raccordo up" in ran.stderr) == (UNREACHABLE, True)
    examined = raccordo(own.data, "doctor", "--json")
    assert (examined.exit_code, findings(examined)["service"]) == (DONE, "warn")
    assert "its next start builds the views anew" in raccordo(own.data, "views", "rebuild").stderr
    own.start()
    assert own.running.nats == url
    assert digests_at(own.data, before["position"]) == before


def test_the_doctor_sees_keys_that_others_may_read(own: RunningService) -> None:
    key = own.data / "keys" / "core.nk"
    key.chmod(0o644)
    ran = raccordo(own.data, "doctor")
    key.chmod(0o600)
    assert ran.exit_code == REFUSED
    assert "others may read keys/core.nk. Run: chmod" in ran.stdout


# Rights of the command line's connections


WRITING = ("record.case.x.1", "dead.x", "feed.x", "in.x.y", "ask.x.y", "$JS.API.STREAM.DELETE.DEAD")
RIGHTS = {
    "reader": ((*WRITING, "console.views.digest", "$JS.API.STREAM.MSG.DELETE.DEAD"), ()),
    "console": ((*WRITING, "$JS.API.STREAM.MSG.GET.DEAD"), ("console.views.digest",)),
    "service": (("console.views.digest", "$JS.API.STREAM.DELETE.DEAD"), ()),
    "organisation": (("console.views.digest", "$JS.API.STREAM.MSG.GET.DEAD"), ()),
}


@pytest.mark.parametrize("connection", RIGHTS)
async def test_who_may_ask_for_upkeep_and_who_may_write(network: Network, connection: str) -> None:
    installation = Installation.open(network.service.data)
    creds = {
        "reader": installation.reader_creds(),
        "console": installation.console_creds(),
        "service": installation.service_creds(),
        "organisation": network.centre.creds,
    }[connection]
    refused: list[str] = []

    async def note(error: Exception) -> None:
        refused.append(str(error))

    client = await connect(network.service.running.nats, creds, error_cb=note)
    forbidden, allowed = RIGHTS[connection]
    for subject in (*forbidden, *allowed):
        await client.publish(subject, b"")
    await arrived(client)
    await client.close()
    assert {s for s in (*forbidden, *allowed) if any(f'"{s}"'.lower() in e.lower() for e in refused)} == set(forbidden)


# Help


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


ALL = list(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_every_command_explains_itself_with_an_example(nowhere: Path, command: tuple[str, ...]) -> None:
    shown = raccordo(nowhere, *command, "--help")
    assert shown.exit_code == DONE
    assert re.search(r"Examples?:", shown.stdout)
    assert f"raccordo {' '.join(command)}" in shown.stdout.split("Example", 1)[1]


NEED_A_SERVICE = [("replay",), ("dead", "list"), ("dead", "retry", "1"), ("views", "digest")]


@pytest.mark.parametrize("command", NEED_A_SERVICE, ids=" ".join)
def test_where_no_service_runs_it_says_how_to_start_one(nowhere: Path, command: tuple[str, ...]) -> None:
    ran = raccordo(nowhere, *command)
    assert ran.exit_code == UNREACHABLE
    assert "Start it with: raccordo up" in ran.stderr
