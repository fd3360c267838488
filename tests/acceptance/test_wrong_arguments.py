"""Whatever is put wrongly on the command line is answered with a sentence, and with the exit code for it."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

import adapters.cli  # noqa: F401 (each command adds itself)
from adapters.cli.app import app
from tests.acceptance.conftest import Network
from tests.acceptance.test_commands import DONE, REFUSED, UNREACHABLE, WRONG_USE, process, raccordo

NOWHERE, NOBODY = "018f0000-0000-7000-8000-00000000beef", "oaaaaaaaaaaaa"

WRONG: list[tuple[list[str], int, str]] = [
    (["case", "nonsense"], REFUSED, "case: An id"),
    (["case", NOWHERE], REFUSED, "No such case"),
    (["observations", NOWHERE], REFUSED, "No such case"),
    (["board", "--status", "nonsense"], REFUSED, "status: Only certain words"),
    (["board", "--after", "999999999"], UNREACHABLE, "The views stand at position"),
    (["due", "--as-of", "nonsense"], REFUSED, "as_of: A date is asked for"),
    (["due", "--as-of", "9990-01-01"], REFUSED, "ten years"),
    (["due", "--state", "nonsense"], REFUSED, "states.0: Only certain words"),
    (["due", "--by", NOBODY], REFUSED, f"{NOBODY} is not on the record"),
    (["due", "--case", NOWHERE], REFUSED, "No such case"),
    (["tasks", "--case", "nonsense"], REFUSED, "case: An id"),
    (["waiting", "--cursor", "nonsense"], REFUSED, "cursor: A cursor is what the page before"),
    (["agenda", "--since", "2026-13-45"], REFUSED, "since: A date is asked for"),
    (["agenda", "--ics", "/proc/nowhere/x.ics"], WRONG_USE, "cannot be used"),
    (["placements", "--host", NOBODY], REFUSED, f"{NOBODY} is not on the record"),
    (["placements", "--host", "nonsense"], REFUSED, "host: "),
    (["agreements", "--cursor", "x"], REFUSED, "cursor: "),
    (["contacts", "--case", NOWHERE], REFUSED, "No such case"),
    (["irregularities", "--until", "nonsense"], REFUSED, "until: A date is asked for"),
    (["news", "--since", "999999999"], REFUSED, "has not come to position 999999999"),
    (["leave", "--sender", NOBODY], REFUSED, f"No organisation {NOBODY}"),
    (["leave", NOWHERE], REFUSED, "raccordo leave"),
    (["attest", NOWHERE, "1"], REFUSED, "No such case"),
    (["attest", "nonsense", "1"], REFUSED, "An id"),
    (["attest", NOWHERE, "one"], WRONG_USE, "a valid integer"),
    (["contest", NOWHERE, "1", "--ground", "nonsense"], WRONG_USE, "'not-so', 'not-ours', 'incomplete'"),
    (["contest", "00000000beef", "1"], REFUSED, "No case on the board ends with"),
    (["replay", "--case", NOWHERE], REFUSED, f"No case {NOWHERE}"),
    (["replay", "--case", "nonsense"], WRONG_USE, "is not the id of a case"),
    (["replay", "--as", NOBODY], REFUSED, f"No organisation {NOBODY}"),
    (["replay", "--until-date", "nonsense"], WRONG_USE, "is not a date or an instant"),
    (["answers", "--since", "nonsense"], WRONG_USE, "is no day and no instant"),
    (["act", "/nowhere.json"], WRONG_USE, "/nowhere.json cannot be read"),
    (["drop", "/nowhere.ndjson"], WRONG_USE, "/nowhere.ndjson cannot be read"),
    (["watch", "--from-start", "--take"], WRONG_USE, "does not go with --take"),
    (["dead", "list", "--body", "999999"], REFUSED, "number 999999"),
    (["dead", "retry", "999999"], REFUSED, "number 999999"),
    (["dead", "purge", "--organisation", NOBODY], REFUSED, f"no organisation {NOBODY}"),
    (["org", "suspend", NOBODY], REFUSED, "not on the record"),
    (["org", "add", "--name", "x", "--kind", "nonsense"], REFUSED, "organisation_kind: "),
    (["org", "add", "--name", "x", "--kind", "trainer", "--user-key", "U"], WRONG_USE, "--user-key goes with --creds"),
    (["org", "add", "--name", "x", "--kind", "trainer", "--creds", "/proc/x/y"], WRONG_USE, "cannot be used"),
    (["views", "digest", "--as", NOBODY], REFUSED, f"no organisation {NOBODY}"),
    (["backup", "/proc/x/y"], REFUSED, "cannot be used"),
    (["restore", "/nowhere", "--data", "/proc/x/y"], REFUSED, "no whole backup"),
    (["demo", "--data", "/proc/x/y"], WRONG_USE, "cannot be used"),
    (["simulate", "--organisations", "2"], WRONG_USE, "--organisations"),
    (["serve", "nonsense"], WRONG_USE, "There is no part nonsense"),
    (["up", "--http", "nonsense"], WRONG_USE, "RACCORDO_HTTP (--http) cannot be read"),
    (["bench", "--only", "nonsense"], WRONG_USE, "There is no row nonsense"),
]


def paths(command: Any = None, at: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command, with the group that it is in."""
    found = command or typer.main.get_command(app)
    inner = getattr(found, "commands", None)
    return [path for name, each in inner.items() for path in paths(each, (*at, name))] if inner else [at]


@pytest.mark.parametrize(
    ("arguments", "code", "says"), WRONG, ids=lambda each: " ".join(each) if isinstance(each, list) else ""
)
def test_it_is_said_in_a_sentence(network: Network, arguments: list[str], code: int, says: str) -> None:
    ran = raccordo(network.service.data, *arguments)
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    told = " ".join(re.sub(r"[│╭╮╰╯─]", " ", ran.stderr + ran.stdout).split())
    assert (ran.exit_code, says in told) == (code, True), told


@pytest.mark.parametrize("path", paths(), ids=" ".join)
def test_every_command_explains_itself(network: Network, path: tuple[str, ...]) -> None:
    ran = raccordo(network.service.data, *path, "--help")
    assert (ran.exit_code, "Usage: " in ran.stdout) == (DONE, True)
    assert raccordo(network.service.data, *path, "--no-such-option").exit_code == WRONG_USE


def test_every_command_is_tried_with_a_wrong_argument() -> None:
    tried = {path for path in paths() for arguments, _, _ in WRONG if tuple(arguments[: len(path)]) == path}
    # These take no argument that could be wrong, but a folder.
    assert {*paths()} - tried == {("doctor",), ("org", "list"), ("views", "rebuild")}


@pytest.mark.parametrize("content", ["rubbish", "", "-----BEGIN\neyJ4.e30.x\n-----END", "\x00\udcff"])
@pytest.mark.parametrize(
    "command", [["board"], ["watch"], ["answers"], ["leave"], ["attest", NOWHERE, "1"], ["drop", "-"]]
)
def test_a_file_that_is_no_credentials_is_named(
    network: Network, tmp_path: Path, command: list[str], content: str
) -> None:
    file = tmp_path / "bad.creds"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    ran = raccordo(network.service.data, *command, "--creds", str(file))
    assert (ran.exit_code, str(file) in ran.stderr.replace("\n", "")) == (WRONG_USE, True), ran.stderr


SETTINGS = {
    "ROOM": ("abc", "a whole number is expected, for example RACCORDO_ROOM=536870912"),
    "QUESTION_SECONDS": ("x", "a number is expected, for example RACCORDO_QUESTION_SECONDS=10"),
    "QUESTION_ROWS": ("0", "it must be more than 0"),
    "DROP_BYTES": ("1", "it must be at least 65536"),
    "METRICS_TOKEN": ("short", "at least 16 characters"),
    "VIEWS_URL": ("abc", "it names a PostgreSQL database, for example postgresql://"),
    "LOG_LEVEL": ("loud", "it is one of debug, info, warning, error, critical, for example RACCORDO_LOG_LEVEL=info"),
    "HTTP": (
        "nowhere",
        "an address is HOST:PORT (port 0: the system chooses), for example RACCORDO_HTTP=127.0.0.1:8080",
    ),
}


TRIED = [(command, name) for command in ("up", "serve desk", "demo") for name in SETTINGS]
TRIED.remove(("demo", "LOG_LEVEL"))  # it says warnings only, whatever is set


@pytest.mark.parametrize(("command", "name"), TRIED)
def test_a_setting_that_cannot_be_read_is_named_with_an_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str
) -> None:
    value, says = SETTINGS[name]
    monkeypatch.setenv(f"RACCORDO_{name}", value)
    ran = raccordo(tmp_path / "data", *command.split())
    told = " ".join(ran.stderr.split())
    assert (ran.exit_code, f"RACCORDO_{name}" in told, says in told) == (WRONG_USE, True, True), told
    assert name in ("LOG_LEVEL", "HTTP", "DROP_BYTES", "QUESTION_ROWS") or value not in told.split()
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("NATS_URL", "nats://127.0.0.1:1", "No connection to nats://127.0.0.1:1"),
        ("VIEWS_URL", "postgresql://127.0.0.1:1/x", "The database of the views cannot be used: connection failed"),
    ],
)
def test_what_a_setting_names_and_is_not_there_is_said(tmp_path: Path, name: str, value: str, says: str) -> None:
    command = ["up", "--http", "127.0.0.1:0", "--nats", "127.0.0.1:0"]
    environment = {f"RACCORDO_{name}": value}
    ran = process(tmp_path / "data", *command, **environment)
    assert (ran.returncode, "Traceback" in ran.stderr) == (UNREACHABLE, False), ran.stderr
    assert says in " ".join(ran.stderr.split())


def test_all_settings_that_cannot_be_read_are_named_at_once(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RACCORDO_ROOM", "abc")
    monkeypatch.setenv("RACCORDO_RESERVE", "def")
    ran = process(network.service.data, "backup", "/proc/x/y")
    assert (ran.returncode, "Traceback" in ran.stderr) == (WRONG_USE, False)
    assert {"RACCORDO_ROOM", "RACCORDO_RESERVE"} <= {*re.findall(r"RACCORDO_\w+(?= cannot)", ran.stderr)}
