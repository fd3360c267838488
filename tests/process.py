"""Tells the story of `process_story.py` to a real service and writes it down.

`python -m tests.process` renews the page.
"""

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch
from uuid import UUID

from typer.testing import CliRunner

from adapters import partner as partners
from adapters.cli.app import app
from tests.process_story import CASE, ORGANISATIONS, STORY, Step
from tests.running_service import Member, RunningService, running_service

PAGE: Final = Path(__file__).parents[1] / "docs" / "process.md"
BEFORE: Final = datetime.fromisoformat("2026-01-08T09:00:00+01:00")
_IDS: Final = {short: f"o{short:a<12}" for short in ORGANISATIONS}
"""Lists are sorted by them: so the page is always the same."""
_SERVICE: Final = Path(__file__).parent / "acceptance" / "clocked_service.py"


@dataclass
class Played:
    """The service on which it is told, at the time that the story says."""

    service: RunningService
    clock: Path
    members: dict[str, Member] = field(default_factory=dict)

    def at(self, time: datetime) -> None:
        self.clock.write_text(time.isoformat())
        partners.now.set(lambda: time)

    def tell(self, number: int, step: Step) -> dict[str, Any]:
        self.at(step.at + timedelta(minutes=5))
        return self.told(number, step.by, step.act, step.at)

    def told(self, number: int, by: str, act: Any, at: datetime) -> dict[str, Any]:
        envelope = {"act_id": str(UUID(int=number, version=4)), "occurred_at": at.isoformat(), "practitioner": _who(by)}
        file = self.clock.with_name("act.json")
        file.write_text(json.dumps(self._with_ids({**act, **envelope})))
        answer: dict[str, Any] = json.loads(self.command(by, f"act {file}"))
        return answer

    def command(self, by: str | None, command: str) -> str:
        """What the command prints; the organisations by their short names."""
        creds = [] if by is None else ["--creds", str(self.service.data / f"{by}.creds")]
        arguments = [*command.split(), *creds, "--data", str(self.service.data)]
        ran = CliRunner().invoke(app, arguments)
        assert ran.exit_code == 0, ran.output
        printed = ran.output
        for short, member in self.members.items():
            printed = printed.replace(member.id, short)
        return "\n".join(line.rstrip() for line in printed.splitlines())

    def _with_ids(self, value: Any) -> Any:
        match value:
            case dict():
                return {name: self._with_ids(each) for name, each in value.items()}
            case list():
                return [self._with_ids(each) for each in value]
            case str() if value in self.members:
                return self.members[value].id
            case _:
                return value


@contextmanager
def played(folder: Path) -> Iterator[Played]:
    """With the three organisations and who works there; nothing is told yet."""
    clock = folder / "clock"
    clock.write_text(BEFORE.isoformat())
    command = [sys.executable, str(_SERVICE), "up"]
    with running_service(folder / "data", command=command, environment={"CLOCK": str(clock)}) as service:
        network = Played(service, clock)
        network.at(BEFORE)
        for number, (short, (name, kind)) in enumerate(ORGANISATIONS.items(), 900):
            with patch("adapters.registration.organisation_id", lambda short=short: _IDS[short]):
                member = network.members[short] = service.add(name, kind)
            (service.data / f"{short}.creds").write_text(member.creds)
            named = {
                "type": "practitioner-named",
                "organisation": short,
                "named": _who(short),
                "name": "Operatrice Esempio",
            }
            assert network.told(number, short, named, BEFORE)["outcome"] == "recorded"
        yield network


def page(network: Played) -> Iterator[str]:
    """The whole story, step by step, as it is told; the page is what this yields."""
    yield _BEGINNING
    for number, step in enumerate(STORY, 1):
        answer = network.tell(number, step)
        check(step, answer)
        when = f"*{step.at:%A %-d %B %Y, %H:%M}, told by {step.by}.*"
        yield f"\n## {number}. {step.title}\n\n" + f"{when} {step.text}".rstrip() + "\n"
        yield f"\n```console\n$ raccordo act {step.act['type']}.json --creds {step.by}.creds\n{_json(step.act)}\n"
        yield _answer(answer) + "\n```\n"
        for by, command in step.asks:
            yield f"\nWhat {by} now sees:\n\n```console\n$ raccordo {command} --creds {by}.creds\n"
            yield _tidy(network.command(by, f"{command} --after {answer['position']}")) + "\n```\n"
    yield _EVALUATION
    yield _tidy(network.command(None, f"replay --case {CASE} --due --as-of 2026-10-12")) + "\n```\n"


def check(step: Step, answer: dict[str, Any]) -> None:
    """What the story says of an answer."""
    assert answer["outcome"] == "recorded", (step.title, answer)
    said = tuple(f"{o['rule']['id']} {o['state']} {o['due']}" for o in answer["obligations"])
    assert sorted(said) == sorted(step.opens), (step.title, said)
    broken = tuple(sorted(i["rule"] for i in answer["irregularities"]))
    assert broken == tuple(sorted(step.irregular)), (step.title, broken)


def _answer(answer: dict[str, Any]) -> str:
    lines = [f"→ recorded at position {answer['position']}, version {answer['version']}"]
    for each in answer["obligations"]:
        by = each["to_attest"] or each["convenes"]
        who = f", {'to be attested by' if each['to_attest'] else 'asked of'} {', '.join(by)}" if by else ""
        lines.append(f"→ {each['rule']['id']}: {each['state']}, due {each['due']}{who}")
    return "\n".join(lines + [f"→ irregular: {each['rule']}" for each in answer["irregularities"]])


def _json(act: Any) -> str:
    return json.dumps(act, ensure_ascii=False, indent=2)


def _tidy(printed: str) -> str:
    return re.sub(r"\n{2,}", "\n", printed).strip("\n")


def _who(by: str) -> str:
    return str(UUID(int=list(ORGANISATIONS).index(by) + 1, version=4))


_BEGINNING = """# A placement, from the agreement meeting to the shared final evaluation

What a cooperative and the services that send people to it live every week, told as it happened, with its delays. Every
act below was sent by this command, and every answer is what came back: the page is written by `python -m tests.process`
and compared with the service's answers in the tests. Each act also carries `act_id`, `occurred_at` (the moment in the
heading) and `practitioner`, which are left out here. Organisations stand under short names, not their ids: **sil**
sends people, **coop** hosts them, **cps** is the mental-health service.
"""

_EVALUATION = """
## What an evaluator sees

The record replayed, with the rule and its edition that asked for each meeting, and how it stood on the last day. Asked
again in ten years, it says the same.

```console
$ raccordo replay --case 019b0000-0000-7000-8000-000000000001 --due --as-of 2026-10-12
"""

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, played(Path(folder)) as network:
        PAGE.write_text("".join(page(network)), "utf-8")
