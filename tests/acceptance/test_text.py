"""Whatever somebody has written, a reader sees it as text: on every terminal, in every list, file and export."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

import adapters.cli  # noqa: F401 (each command adds itself)
from adapters.cli.app import app
from tests import examples
from tests.acceptance.hostile import HOSTILE, OPEN, Hostile, hostile_network, on_a_terminal, unseen_in
from tests.running_service import COMMAND, running_service

DONE, REFUSED, WRONG_USE, UNREACHABLE = 0, 1, 2, 3
CASE, PLACED = examples.CASE_ID, examples.PLACEMENT_CASE_ID
ALL_OF_IT = ["--limit", "500"]

LISTS: dict[str, list[str]] = {
    "board": ["--due", *ALL_OF_IT],
    "case": [PLACED],
    "due": ["--as-of", "2026-06-01", *ALL_OF_IT],
    "tasks": ["--done", *ALL_OF_IT],
    "agenda": ["--since", "2026-03-01", "--until", "2026-11-30", *ALL_OF_IT],
    "placements": ALL_OF_IT,
    "agreements": ALL_OF_IT,
    "observations": [PLACED],
    "news": ALL_OF_IT,
    "contacts": ALL_OF_IT,
    "irregularities": ALL_OF_IT,
    "waiting": ["--everyone", *ALL_OF_IT],
}
"""What an organisation asks for, each also as JSON."""

OTHERS: dict[str, tuple[int, list[str]]] = {
    "act": (REFUSED, ["{files}/act.json", "--creds", "{creds}"]),
    "drop": (REFUSED, ["{files}/acts.ndjson", "--creds", "{creds}"]),
    "answers": (DONE, ["--creds", "{creds}"]),
    "watch": (DONE, ["--creds", "{creds}", "--from-start"]),
    "replay": (DONE, ["--case", PLACED]),
    "doctor": (DONE, []),
    "org add": (REFUSED, ["--name", HOSTILE.replace("\x00", ""), "--kind", "no [/] kind"]),
    "org list": (DONE, []),
    "org suspend": (REFUSED, ["o[/]"]),
    "dead list": (DONE, []),
    "dead retry": (REFUSED, ["--all"]),
    "dead purge": (REFUSED, ["--dry-run", "--reason", "[/] nothing"]),
    "leave": (DONE, ["--creds", "{creds}", "--dry-run"]),
    "attest": (DONE, [PLACED, "1", "--creds", "{creds}", "--dry-run"]),
    "contest": (DONE, [PLACED, "1", "--note", "[/] no", "--creds", "{creds}", "--dry-run"]),
    "views digest": (DONE, []),
    "views rebuild": (DONE, []),
    "backup": (DONE, ["{files}/backup"]),
    "restore": (REFUSED, ["{files}/nothing [/]", "--data", "{files}/restored"]),
    "simulate": (DONE, ["--organisations", "5", "--cases", "1", "--months", "1"]),
    # Where a service runs already they say so.
    "up": (UNREACHABLE, []),
    "serve": (WRONG_USE, ["[/] nothing"]),
    "demo": (WRONG_USE, []),
    "bench": (WRONG_USE, ["--only", "[/] nothing"]),
}
"""What every other command is asked for, and its exit code."""


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    with running_service(tmp_path_factory.mktemp("hostile") / "data", command=OPEN) as service:
        yield hostile_network(service)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Acts that no door takes, with hostile names of fields."""
    folder = tmp_path_factory.mktemp("files")
    act = {"type": "contact-made", "case": CASE, "practitioner": str(examples.PRACTITIONER), HOSTILE: HOSTILE}
    (folder / "act.json").write_text(json.dumps(act))
    (folder / "acts.ndjson").write_text(
        json.dumps({**act, "occurred_at": "2026-11-20"}) + "\n" + HOSTILE.replace("\n", "")
    )
    return folder


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command that there is, by its words."""
    for name, each in getattr(command, "commands", {}).items():
        yield from commands(each, (*path, name)) if hasattr(each, "commands") else [" ".join((*path, name))]


def test_no_command_is_left_out() -> None:
    assert sorted(commands(typer.main.get_command(app))) == sorted([*LISTS, *OTHERS])


@pytest.mark.parametrize("command", LISTS)
def test_a_list_shows_text(network: Hostile, command: str) -> None:
    arguments = [command, *LISTS[command], "--data", str(network.service.data), "--creds", network.creds()]
    code, output = on_a_terminal(arguments)
    assert (code, unseen_in(output)) == (DONE, []), output[-2000:]
    assert "2026" in output or "[/]" in output, "nothing was shown"


@pytest.mark.parametrize("command", LISTS)
def test_as_json_it_is_the_same_value_and_no_more_than_text(network: Hostile, command: str) -> None:
    arguments = [command, *LISTS[command], "--data", str(network.service.data), "--creds", network.creds(), "--json"]
    ran = subprocess.run([*COMMAND, *arguments], capture_output=True, check=True, timeout=60)
    assert unseen_in(ran.stdout.decode()) == []
    json.loads(ran.stdout)


@pytest.mark.parametrize("command", OTHERS)
def test_a_command_says_text(network: Hostile, files: Path, command: str) -> None:
    expected, arguments = OTHERS[command]
    filled = [each.format(files=files, creds=network.creds()) if "{" in each else each for each in arguments]
    data = [] if command in ("bench", "simulate", "restore") else ["--data", str(network.service.data)]
    code, output = on_a_terminal(
        [*command.split(), *filled, *data], ended_when=b"placement-ended" if command == "watch" else b""
    )
    assert (code, unseen_in(output)) == (expected, []), output[-2000:]
    assert "Traceback" not in output


@pytest.mark.parametrize("command", ["board", "case", "agreements", "contacts", "news"])
def test_what_somebody_wrote_is_shown_as_it_was_written(network: Hostile, command: str) -> None:
    arguments = [command, *LISTS[command], "--data", str(network.service.data), "--creds", network.creds()]
    wide = {"COLUMNS": "4000", "PATH": "/usr/bin", "RACCORDO_DATA": str(network.service.data)}
    ran = subprocess.run([*COMMAND, *arguments], capture_output=True, check=True, timeout=60, env=wide)
    words = " ".join(ran.stdout.decode().split())
    assert "[/][/bold][red]:smile:" in words
    assert "␛[2J␛[5;35m" in words


def test_what_was_kept_aside_is_shown_as_text_and_written_as_it_came(network: Hostile, files: Path) -> None:
    data = ["--data", str(network.service.data)]
    subprocess.run([*COMMAND, "act", str(files / "act.json"), *data], capture_output=True, check=False, timeout=60)
    listed = subprocess.run([*COMMAND, "dead", "list", "--json", *data], capture_output=True, check=True, timeout=60)
    number = str(json.loads(listed.stdout)[-1]["number"])
    code, output = on_a_terminal(["dead", "list", "--body", number, *data])
    assert (code, unseen_in(output)) == (DONE, [])
    written = subprocess.run(
        [*COMMAND, "dead", "list", "--body", number, *data], capture_output=True, check=True, timeout=60
    )
    assert json.loads(written.stdout)[HOSTILE] == HOSTILE


def test_a_replay_as_lines_is_json_and_text(network: Hostile) -> None:
    data = ["--data", str(network.service.data)]
    ran = subprocess.run([*COMMAND, "replay", "--json", *data], capture_output=True, check=True, timeout=60)
    assert unseen_in(ran.stdout.decode()) == []
    lines = [json.loads(line) for line in ran.stdout.decode().split("\n") if line]
    assert HOSTILE in json.dumps(lines, ensure_ascii=False).encode().decode() or HOSTILE in _texts(lines)


def _texts(value: Any) -> set[str]:
    match value:
        case str():
            return {value}
        case dict():
            return set().union(*map(_texts, value.values()))
        case list():
            return set().union(*map(_texts, value))
        case _:
            return set()


def test_a_calendar_file_is_text(network: Hostile, tmp_path: Path) -> None:
    file = tmp_path / "agenda.ics"
    data = ["--data", str(network.service.data), "--creds", network.creds(), "--ics", str(file)]
    subprocess.run([*COMMAND, "agenda", *LISTS["agenda"][:4], *data], capture_output=True, check=True, timeout=60)
    text = file.read_bytes().decode()
    assert text.count("BEGIN:VEVENT") > 0
    assert unseen_in(text) == []


def test_neither_the_log_nor_the_metrics_say_what_somebody_wrote(network: Hostile) -> None:
    metrics = network.service.http("GET", "/metrics").body
    log = network.service.log.read_text()
    for text in (log, metrics.decode()):
        assert unseen_in(text) == []
        assert "[/bold]" not in text
        assert "evil" not in text
