"""One organisation that contests and corrects without end: the others are answered as before."""

import json
import os
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.running_service import Member, RunningService, running_service

LONG = 3000


def told(type_: str, case: str, **fields: Any) -> dict[str, Any]:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 2))
    envelope = {"act_id": str(uuid4()), "occurred_at": now, "practitioner": str(uuid4())}
    return {"type": type_, "case": case, **envelope, **fields}


def lines(service: RunningService, member: Member, acts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    body = "\n".join(map(json.dumps, acts)).encode()
    answer = service.http("POST", "/api/acts/lines", member.token, body)
    found = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
    return [json.loads(line) for line in found.splitlines()]


def one(service: RunningService, member: Member, act: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = service.http("POST", "/api/acts", member.token, json.dumps(act).encode()).body
    return answer


def cpu(service: RunningService) -> float:
    """Seconds that the service itself has worked, its message server not included."""
    fields = Path(f"/proc/{service.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def board(service: RunningService, member: Member, position: int) -> int:
    return service.http("GET", f"/api/board?after={position}&timeout=15", member.token).status


def test_a_chain_of_contestations_ends_and_stops_nobodys_views(tmp_path: Path) -> None:
    with running_service(tmp_path / "data") as service:
        centre = service.add("centre", "employment-centre")
        company = service.add("company", "company")
        case = str(uuid4())
        joined = told("member-joined", case, organisation=centre.id, role="observer", past="all")
        chain = [told("act-contested", case, entry=version, ground="not-so") for version in range(1, 1100)]
        answers = lines(service, company, [told("case-opened", case), joined, *chain])
        assert {a.get("code") for a in answers if a["outcome"] == "refused"} <= {"about.too-deep", "entry.unknown"}
        position = one(service, centre, told("case-opened", str(uuid4())))["position"]
        assert board(service, centre, position) == 200


def test_a_hundred_corrections_of_a_long_case_cost_little_and_views_follow(tmp_path: Path) -> None:
    with running_service(tmp_path / "data") as service:
        centre = service.add("centre", "employment-centre")
        company = service.add("company", "social-cooperative-b")
        case, call = str(uuid4()), {"channel": "phone", "with_whom": "family"}
        joined = told("member-joined", case, organisation=centre.id, role="observer", past="all")
        begun = [told("case-opened", case), joined]
        answers = lines(service, company, begun + [told("contact-made", case, **call) for _ in range(LONG)])
        assert board(service, centre, answers[-1]["position"]) == 200
        act = {"type": "contact-made", "channel": "phone", "with_whom": "person"}
        before = cpu(service)
        corrections = [told("act-corrected", case, entry=n, ground="mistake", act=act) for n in range(3, 103)]
        answers = lines(service, company, corrections)
        assert {a["outcome"] for a in answers} == {"recorded"}
        assert board(service, centre, answers[-1]["position"]) == 200
        assert cpu(service) - before < 6  # it was 20 and more
