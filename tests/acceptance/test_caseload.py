"""The lists of a caseload from outside: by message, over HTTP and on the command line the same."""

import asyncio
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import adapters.cli  # noqa: F401 (each command adds itself)
from adapters.cli.app import app
from tests.acceptance.conftest import Network

Make = Callable[..., dict[str, Any]]
ON = "2026-11-20"


@pytest.fixture(scope="module")
def placed(network: Network) -> str:
    """A case with a placement that has begun, and a meeting to come."""
    case, placement = str(uuid.uuid4()), str(uuid.uuid4())

    async def told() -> None:
        async with network.speaking(network.centre, network.coop) as [centre, coop]:
            for by, day, fields in _acts(placement, network):
                speaker = centre if by == "centre" else coop
                body = {"case": case, "practitioner": str(uuid.uuid4()), "occurred_at": day, **fields}
                answer = await speaker.act(body)
                assert answer["outcome"] == "recorded", answer

    asyncio.run(told())
    return case


def _acts(placement: str, network: Network) -> list[tuple[str, str, dict[str, Any]]]:
    referral, coop, centre = str(uuid.uuid4()), network.coop.id, network.centre.id
    person = {"names": ["Persona", "Prova"]}
    sent = {"type": "referral-sent", "referral": referral, "to": coop, "service": "internship", "person": person}
    agreed = {"type": "placement-agreed", "placement": placement, "channel": "internship", "host": coop}
    plan = {"promoter": centre, "regime_class": "internship", "starts": "2026-11-10", "ends": "2026-12-20"}
    task = {"task": str(uuid.uuid4()), "organisation": coop, "due": "2026-11-19"}
    held = {
        "type": "meeting-held",
        "meeting": str(uuid.uuid4()),
        "meeting_kind": "team",
        "organisations": [centre, coop],
    }
    score = {"items_scored": 1, "items_asked": 27, "scores": [{"item": "punctuality", "score": 3}]}
    words = {"tasks": [task], "task_texts": [{"task": task["task"], "text": "example: another chair"}]}
    seen = {"type": "observation-recorded", "sheet": "somi", "edition": 1, "moment": "start", "filled_by": "tutor"}
    convened = {"type": "meeting-convened", "meeting": str(uuid.uuid4()), "meeting_kind": "joint-monitoring"}
    return [
        ("centre", "2026-11-02", sent),
        ("coop", "2026-11-03", {"type": "referral-accepted", "referral": referral}),
        ("coop", "2026-11-05", {**agreed, **plan}),
        ("coop", "2026-11-10", {"type": "placement-started", "placement": placement, "started": "2026-11-10"}),
        ("coop", "2026-11-12", {**held, **words, "organisations": [centre, coop]}),
        ("coop", "2026-11-12", {**seen, **score, "placement": placement}),
        ("coop", "2026-11-13", {**convened, "day": "2026-11-30", "organisations": [centre, coop]}),
    ]


WANTED: list[tuple[str, dict[str, Any], str]] = [
    ("due", {"as_of": ON}, "joint-monitoring"),
    ("placements", {"as_of": ON, "ends_within": 60}, "2026-12-20"),
    ("agreements", {}, '"agreements": []'),
    ("tasks", {"as_of": ON, "late": True}, "example: another chair"),
    ("agenda", {"since": ON, "until": "2026-12-31"}, "2026-11-30"),
    ("news", {"since": 0}, "placement-started"),
    ("contacts", {"as_of": ON}, "meeting"),
    ("irregularities", {}, "practitioner-named"),
]
NAMES = [query for query, _, _ in WANTED]


def by_message(network: Network, query: str, parameters: dict[str, Any]) -> dict[str, Any]:
    async def asked() -> dict[str, Any]:
        async with network.speaking(network.coop) as [coop]:
            return await coop.ask(query, parameters)

    return asyncio.run(asked())


def over_http(network: Network, path: str, parameters: dict[str, Any], token: str | None = None) -> Any:
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    return network.service.http("GET", f"/api/{path}?{query}", token or network.coop.token)


def on_the_command_line(network: Network, *arguments: str) -> str:
    creds = network.service.data / "coop.creds"
    environment = {"RACCORDO_DATA": str(network.service.data), "COLUMNS": "300", "NO_COLOR": "1", "TERM": "dumb"}
    ran = CliRunner(env=environment).invoke(app, [*arguments, "--creds", str(creds)])
    assert ran.exit_code == 0, ran.output
    return ran.stdout


@pytest.mark.parametrize(("query", "parameters", "says"), WANTED, ids=NAMES)
def test_the_same_by_message_over_http_and_on_the_command_line(
    network: Network, placed: str, query: str, parameters: dict[str, Any], says: str
) -> None:
    asked = {"after": 1, **parameters}
    found = by_message(network, query, asked)
    assert says in json.dumps(found)
    answer = over_http(network, query, asked)
    assert (answer.status, answer.body) == (200, found)
    options = [
        f"--{name.replace('_', '-')}" if value is True else f"--{name.replace('_', '-')}={value}"
        for name, value in parameters.items()
    ]
    assert json.loads(on_the_command_line(network, query, *options, "--json")) == found
    shown = on_the_command_line(network, query, *options)
    assert "Persona Prova" in shown or query in ("agreements", "contacts")
    assert placed[-12:] in shown or query in ("agreements", "contacts")


def test_observations_of_a_case(network: Network, placed: str) -> None:
    found = by_message(network, "observations", {"case": placed})
    assert found["series"][0]["items"] == [{"item": "punctuality", "scores": [3]}]
    assert over_http(network, f"cases/{placed}/observations", {}).body == found
    assert "punctuality" in on_the_command_line(network, "observations", placed)


def test_the_case_tells_lists_in_words_and_ids_whole(network: Network, placed: str) -> None:
    timeline = by_message(network, "timeline", {"case": placed})["entries"]
    names = {o["organisation"]: o["name"] for o in by_message(network, "directory", {})["organisations"]}
    held = next(entry["act"] for entry in timeline if entry["type"] == "meeting-held")
    task = held["tasks"][0]["task"]
    shown = " ".join(on_the_command_line(network, "case", placed).split())
    assert f"organisations: {', '.join(names[id_] for id_ in held['organisations'])};" in shown
    assert f"tasks: task {task} organisation {names[network.coop.id]} due 2026-11-19;" in shown
    assert f"task_texts: task {task} text example: another chair" in shown
    assert f"placement: {timeline[3]['act']['placement']};" in shown
    assert not {"{", "[", "…"} & set(shown)


def test_the_board_with_what_is_due_next(network: Network, placed: str) -> None:
    found = over_http(network, "board", {"due": True, "as_of": ON}).body["cases"]
    assert next(c["next_due"]["state"] for c in found if c["case"] == placed) == "open"
    assert "next due" in on_the_command_line(network, "board", "--due")


def test_the_agenda_as_a_calendar_file_names_nobody(network: Network, placed: str, tmp_path: Path) -> None:
    days = {"since": ON, "until": "2026-12-31"}
    answer = over_http(network, "agenda.ics", days)
    assert answer.headers["content-type"].startswith("text/calendar")
    file = tmp_path / "coop.ics"
    on_the_command_line(network, "agenda", f"--since={ON}", "--until=2026-12-31", "--ics", str(file))
    assert file.read_bytes() == answer.body
    text = file.read_text()
    assert text.startswith("BEGIN:VCALENDAR\n")
    assert placed[-12:] in text
    assert "Prova" not in text
    assert placed not in text


def test_another_organisation_is_told_nothing_of_it(network: Network, placed: str) -> None:
    for query, parameters, _ in WANTED:
        answer = over_http(network, query, parameters, network.stranger.token)
        assert answer.status == 200
        assert placed not in json.dumps(answer.body)
    assert over_http(network, f"cases/{placed}/observations", {}, network.stranger.token).status == 404


def test_what_is_asked_wrongly_is_said_field_by_field(network: Network) -> None:
    answer = over_http(network, "due", {"within": -1, "states": "nothing"})
    assert answer.status == 422
    assert {field["path"].split(".")[0] for field in answer.body["fields"]} == {"within", "states"}


def test_what_was_due_is_replayed(network: Network, placed: str) -> None:
    environment = {"RACCORDO_DATA": str(network.service.data)}
    arguments = ["replay", "--case", placed, "--due", "--as-of", ON]
    told = [CliRunner(env=environment).invoke(app, arguments) for _ in range(2)]
    assert told[0].exit_code == 0, told[0].output
    assert "joint-monitoring (edition 1)" in told[0].stdout
    assert told[0].stdout == told[1].stdout
    assert CliRunner(env=environment).invoke(app, ["replay", "--due"]).exit_code == 2
