"""`raccordo drop` and `raccordo answers`, as a partner types them."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from adapters.nats.identity import Installation
from tests.acceptance.conftest import Network
from tests.acceptance.dropping import act, contact
from tests.acceptance.streams import record_of
from tests.running_service import COMMAND, Member

DONE, REFUSED, UNREACHABLE, INTERRUPTED = 0, 1, 3, 130
# Tests that run in the background of a shell have Ctrl-C ignored, and so would what they start.
HEEDING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); import adapters.cli.__main__"


@pytest.fixture(scope="module", autouse=True)
def sender(network: Network) -> Member:
    return network.service.add("drop-typist", "employment-centre")


def raccordo(network: Network, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    data = network.service.data
    command = [*COMMAND, *arguments, "--data", str(data), "--creds", str(data / "drop-typist.creds")]
    return subprocess.run(command, input=given, capture_output=True, timeout=60, check=False)


def ndjson(*acts: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(a).encode() + b"\n" for a in acts)


def without_id(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "act_id"}


async def test_a_file_is_recorded_once_however_often_it_is_dropped(network: Network, tmp_path: Path) -> None:
    opened = act("case-opened")
    told = [opened, *(contact(opened["case"]) for _ in range(450)), without_id(contact(opened["case"], count=2))]
    file = tmp_path / "history.ndjson"
    file.write_bytes(ndjson(*told))
    first = await asyncio.to_thread(raccordo, network, "drop", str(file))
    assert (first.returncode, first.stdout) == (DONE, b"452 lines: 452 recorded, 0 known already, 0 refused\n")
    again = await asyncio.to_thread(raccordo, network, "drop", "-", given=file.read_bytes())
    assert (again.returncode, again.stdout) == (DONE, b"452 lines: 0 recorded, 452 known already, 0 refused\n")
    lines = [line for line in await record_of(network.service) if line.record == f"case/{opened['case']}"]
    assert [line.act_id for line in lines[:-1]] == [a["act_id"] for a in told[:-1]]
    assert len(lines) == len(told)


async def test_what_is_refused_is_told_with_its_line(network: Network) -> None:
    sound = act("case-opened")
    long = ndjson(contact(sound["case"]) | {"note": "x" * 70_000})
    given = ndjson(sound) + b"rubbish\n\n" + long + ndjson(act("case-taken-on"), contact(sound["case"], surname="x"))
    found = await asyncio.to_thread(raccordo, network, "drop", "-", "--json", given=given)
    assert found.returncode == REFUSED
    report = json.loads(found.stdout)
    assert (report["lines"], report["recorded"], report["known_already"]) == (5, 1, 0)
    assert [(r["line"], r["code"]) for r in report["refused"]] == [
        (2, "form.not-json"),
        (4, "act.too-large"),
        (5, "case.unknown"),
        (6, "form.unreadable"),
    ]
    shown = await asyncio.to_thread(raccordo, network, "drop", "-", given=b"rubbish\n")
    assert shown.stdout.startswith(b"line 1: form.not-json: This is not a readable message")


async def test_the_answers_are_shown_without_taking_them(network: Network) -> None:
    opened = act("case-opened")
    handed = await asyncio.to_thread(raccordo, network, "drop", "-", "--no-wait", given=ndjson(opened))
    assert (handed.returncode, handed.stdout) == (DONE, b"1 handed in; see: raccordo answers\n")
    for _ in range(50):
        shown = await asyncio.to_thread(raccordo, network, "answers", "--since", "2026-01-01", "--json")
        told = [json.loads(line) for line in shown.stdout.splitlines()]
        if mine := [a for a in told if a["act_id"] == opened["act_id"]]:
            break
    assert mine[0]["answer"]["outcome"] == "recorded"
    plain = await asyncio.to_thread(raccordo, network, "answers")
    assert plain.stdout.decode().splitlines()[-1].split()[1:] == [
        "case-opened",
        f"case/{opened['case']}",
        opened["act_id"],
        "recorded",
        "at",
        str(mine[0]["answer"]["position"]),
    ]
    assert (await asyncio.to_thread(raccordo, network, "answers", "--since", "2036-01-01")).stdout == b""


async def test_ended_by_ctrl_c_it_says_how_to_go_on(network: Network) -> None:
    case = str(uuid.uuid4())
    data = network.service.data
    creds = str(data / "drop-typist.creds")
    command = [sys.executable, "-c", HEEDING, "drop", "-", "--data", str(data), "--creds", creds]
    environment = {**os.environ, "NO_COLOR": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment) as run:
        assert run.stdin
        assert run.stdout
        assert run.stderr
        try:
            run.stdin.write(ndjson(act("case-opened", case), *(contact(case) for _ in range(199))))
            run.stdin.flush()  # a whole window; the command waits for more
            async with asyncio.timeout(20):
                while not [line for line in await record_of(network.service) if line.record == f"case/{case}"]:
                    await asyncio.sleep(0.05)
            run.send_signal(signal.SIGINT)
            run.stdin.close()
            assert run.wait(20) == INTERRUPTED
            assert b"Run it again to go on: nothing is recorded twice." in run.stderr.read()
            assert run.stdout.read().startswith(b"200 lines:")
        finally:
            run.kill()


def test_nobody_there_is_said(tmp_path: Path) -> None:
    elsewhere, creds = Installation.open(tmp_path / "elsewhere"), tmp_path / "own.creds"
    elsewhere.account_key("ocooperativea")
    creds.write_text(elsewhere.user_creds("ocooperativea"))
    command = [*COMMAND, "drop", "-", "--data", str(tmp_path), "--creds", str(creds)]
    assert subprocess.run(command, input=b"", capture_output=True, timeout=30, check=False).returncode == UNREACHABLE
