"""A network in which one member tells what is dear to answer, as fast as it may, and asks for it."""

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.running_service import Member, RunningService, running_service

BIG_TEXT = "😀" * 200
BIG_PERSON = {"names": [BIG_TEXT] * 10, "identifiers": [{"kind": "k" * 60, "value": BIG_TEXT}] * 20}
BIG_CONTACTS = [{"kind": "address", "value": BIG_TEXT}] * 20
NEVER = 2**53 - 1
FAR = ("9990-12-31", "0001-01-01", "2099-01-01")


class Hostile:
    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.honest = service.add("centre", "employment-centre")
        self.mallory = service.add("mallory", "social-cooperative-b")

    def cpu_s(self) -> float:
        """Of the service, without its message server."""
        fields = Path(f"/proc/{self.service.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> int:
        line = next(n for n in Path(f"/proc/{self.service.pid}/status").read_text().splitlines() if "VmRSS" in n)
        return int(line.split()[1]) // 1024

    def tell(self, by: Member, acts: list[dict[str, Any]]) -> int:
        """Return the last position; all are recorded."""
        body = "\n".join(json.dumps(act, ensure_ascii=False) for act in acts).encode()
        answer = self.service.http("POST", "/api/acts/lines", by.token, body).body
        answers = [json.loads(line) for line in answer.splitlines()] if isinstance(answer, bytes) else [answer]
        assert not (refused := [each for each in answers if each["outcome"] != "recorded"]), refused[:3]
        return int(answers[-1]["position"])


def act(type_: str, record: str, kind: str = "case", **fields: Any) -> dict[str, Any]:
    envelope = {"act_id": str(uuid.uuid4()), "occurred_at": "2026-11-20T10:00:00Z", "practitioner": str(uuid.uuid4())}
    return {"type": type_, kind: record, **envelope, **fields}


@contextmanager
def hostile_network(folder: Path, **settings: str) -> Iterator[Hostile]:
    with running_service(folder / "data", environment=settings) as service:
        yield Hostile(service)


def long_case(of: Hostile) -> tuple[str, int]:
    """Placements as long as may be told, begun long ago, suspended often; big texts; a quarrel."""
    case, end = str(uuid.uuid4()), "2036-11-29"
    acts = [act("case-opened", case, person=BIG_PERSON, contacts=BIG_CONTACTS)]
    for n in range(30):
        placement = str(uuid.uuid4())
        fields = {"placement": placement, "channel": "internship", "host": of.honest.id}
        acts += [
            act("placement-agreed", case, **fields, starts="1900-01-01", ends=end),
            act("placement-started", case, placement=placement, started="1901-01-01"),
        ]
        for month in range(1, 11 if n % 2 else 2):
            since, until = f"2026-{month:02}-05", f"2026-{month:02}-15"
            acts += [
                act("placement-suspended", case, placement=placement, suspended=since, reason_class="other"),
                act("placement-resumed", case, placement=placement, resumed=until),
            ]
    acts += [act("person-updated", case, person=BIG_PERSON, contacts=BIG_CONTACTS) for _ in range(30)]
    acts += [act("contact-made", case, channel="phone", with_whom="family", note="x" * 200) for _ in range(300)]
    return case, of.tell(of.mallory, acts)
