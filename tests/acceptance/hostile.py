"""A network in which all that people may write tries to be something else than text, and a terminal to show it on."""

import asyncio
import json
import os
import pty
import re
import select
import signal
import sys
import termios
import time
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.nats.identity import Installation
from adapters.partner import Partner, partner
from adapters.registration import office
from tests import examples
from tests.running_service import COMMAND, Member, RunningService
from tests.unseen import unseen

OPEN = [sys.executable, str(Path(__file__).parent / "open_service.py"), "up"]
PARTS = (
    "[/]",
    "[/bold][red]:smile:",
    "[link=http://evil]x[/link]",
    "\x1b[2J\x1b[5;35m",
    "\x1b]0;owned\x07",
    "\x1b]8;;http://evil\x07",
    "\x9b31m\x90q\x9c",
    "\u202egnp\u2066\u200f\u061c",
    "\u200b\u200d\ufeff\u00ad\u2028\U000e0041",
    "a\r\nb\rc",
    "\x00\x08\x7f",
)
HOSTILE = "".join(PARTS)
OURS = re.compile(r"\x1b\[([0-9;]*m|\?25[lh]|2K|1A|1G)")
"""What the commands themselves may send: colours, and a line that changes."""

KINDS = {
    examples.CENTRE: "employment-centre",
    examples.COOP: "social-cooperative-b",
    examples.OTHER_COOP: "social-cooperative-a",
    examples.HEALTH: "mental-health-service",
    examples.TRAINER: "trainer",
    examples.PAPER: "company",
}


@dataclass(frozen=True, slots=True)
class Hostile:
    service: RunningService
    members: dict[str, Member]
    position: int

    def creds(self, organisation: str = examples.COOP) -> str:
        return str(self.service.data / f"{organisation}.creds")


def hostile_network(service: RunningService) -> Hostile:
    """The whole story of the examples, with every word in it made hostile."""
    members = {id_: service.add(id_, kind) for id_, kind in KINDS.items()}
    return Hostile(service, members, asyncio.run(_told(service, members)))


def hostile(value: Any) -> Any:
    """The same with whatever somebody has written made hostile; codes and ids stay."""
    match value:
        case str() if value[:7].lower() == "example" and not re.fullmatch(r"[a-z0-9-]+", value):
            return (value + HOSTILE)[:200]
        case dict():
            return {name: hostile(each) for name, each in value.items()}
        case list():
            return [hostile(each) for each in value]
        case _:
            return value


async def _told(service: RunningService, members: dict[str, Member]) -> int:
    position = 0
    async with AsyncExitStack() as stack:
        speaking = {
            id_: await stack.enter_async_context(partner(service.running.nats, member.creds))
            for id_, member in members.items()
        }
        speaking[examples.OFFICE] = house = await stack.enter_async_context(
            office(Installation.open(service.data), service.running)
        )
        for by, body in _story(members):
            answer = await speaking[by].act(body)
            assert answer["outcome"] in ("recorded", "refused"), answer
            assert answer.get("code") != "form.unreadable", answer
            position = max(position, answer.get("position", 0))
        for act in (*(_named(member.id) for member in members.values()), _list()):
            position = max(position, (await _recorded(house, act))["position"])
        await house.ask("directory", {"after": position, "timeout": 20})
    return position


def _story(members: dict[str, Member]) -> list[tuple[str, dict[str, Any]]]:
    told = [each for each in examples.STORY if each.record.startswith(("case/", "agreement/"))]
    text = json.dumps([[each.by, hostile(dict(each.body))] for each in told])
    for example, member in members.items():
        text = text.replace(example, member.id)
    by = {member.id: example for example, member in members.items()}
    return [(by.get(id_, id_), body) for id_, body in json.loads(text)]


def _named(id_: str) -> dict[str, Any]:
    return {"type": "organisation-updated", "organisation": id_, "name": f"Ente {HOSTILE}", **_by()}


def _list() -> dict[str, Any]:
    item = {"code": "first", "item_class": "any", "label": HOSTILE}
    lists = [{"name": "example-list", "items": [item]}]
    title = {"title": HOSTILE, "source": HOSTILE}
    return {
        "type": "dictionary-published",
        "rulebook": str(uuid.uuid4()),
        "edition": 1,
        **title,
        "lists": lists,
        **_by(),
    }


def _by() -> dict[str, str]:
    return {"practitioner": str(uuid.uuid4()), "occurred_at": "2026-11-20"}


async def _recorded(speaks: Partner, act: dict[str, Any]) -> dict[str, Any]:
    answer = await speaks.act(act)
    assert answer["outcome"] == "recorded", answer
    return answer


def on_a_terminal(arguments: list[str], *, ended_when: bytes = b"", within: float = 60) -> tuple[int, str]:
    """Exit code and output of a command, run on a terminal of 100 columns; Ctrl-C once it has said `ended_when`."""
    pid, terminal = pty.fork()
    if pid == 0:
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "PYTHONWARNINGS": "default"}
        os.execve(COMMAND[0], [*COMMAND, *arguments], environment)  # noqa: S606 (a terminal has no shell)
    termios.tcsetwinsize(terminal, (40, 100))
    out, deadline = bytearray(), time.monotonic() + within
    try:
        while time.monotonic() < deadline and select.select([terminal], [], [], within)[0]:
            out += os.read(terminal, 65536)
            if ended_when and ended_when in out:
                os.write(terminal, b"\x03")
                ended_when = b""
    except OSError:
        pass  # the terminal is closed with its last process
    if time.monotonic() >= deadline:
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    return code, out.decode("utf-8", "surrogateescape")


def unseen_in(output: str) -> list[str]:
    """Whatever of a terminal's output is not text, beside what the commands themselves send."""
    text = OURS.sub("", output).replace("\r\n", "\n").replace("\r", "")  # a line that changes begins anew
    return unseen(text) + [part for part in ("\x1b[5;35m", "\x1b[2J") if part in output]
