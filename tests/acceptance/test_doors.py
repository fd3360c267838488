"""The doors as partners meet them: every input gets a clear answer, and the same act is recorded once."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import nats.errors
import pytest

from adapters.partner import Partner
from domain.submission import LARGEST
from tests.acceptance.conftest import Network

Make = Callable[..., dict[str, Any]]


async def sent(partner: Partner, subject: str, body: bytes, within: float = 5.0) -> dict[str, Any]:
    reply = await partner.client.request(subject, body, timeout=within)
    answer: dict[str, Any] = json.loads(reply.data)
    return answer


def referred(make: Make, to: str, case: str | None = None, **more: Any) -> dict[str, Any]:
    return make("referral-sent", case, referral=str(uuid.uuid4()), to=to, service="internship", **more)


UNREADABLE: dict[str, bytes] = {
    "nothing": b"",
    "not JSON": b"{",
    "invalid UTF-8": b'{"type":"case-opened","case":"\xff\xfe"}',
    "a list": b"[1,2]",
    "a number": b"7",
    "a bare text": b'"case-opened"',
    "not a number": b'{"type": NaN}',
    "too deep": b"[" * 5000 + b"]" * 5000,
    "half a surrogate": b'{"type":"\\ud800"}',
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_what_cannot_be_read_is_answered_by_both_doors_and_kept_aside(network: Network, body: bytes) -> None:
    case = uuid.uuid4()
    async with network.speaking(network.centre) as [centre]:
        answer = await sent(centre, f"in.{centre.organisation}.case.{case}.case-opened", body)
    assert answer["outcome"] == "refused"
    assert answer["code"].startswith("form.")
    assert answer["sentence"].endswith(".")
    over_http = network.service.http("POST", "/api/acts", network.centre.token, body)
    assert (over_http.status, over_http.body["code"]) == (422, answer["code"])


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "an unknown field": ({"needs": "x"}, "needs", "field.unknown (nearest: need)"),
    "a wrong type": ({"answer_by": 7}, "answer_by", "field."),
    "a date without a zone": ({"occurred_at": "2026-11-20T10:00:00"}, "occurred_at", "time.without-zone"),
    "no date": ({"occurred_at": "yesterday"}, "occurred_at", "time.unreadable"),
    "an unknown code": ({"service": "miracle"}, "service", "code.unknown"),
    "a practitioner's name": ({"practitioner": "somebody"}, "practitioner", "field."),
    "an organisation that is none": ({"to": "cooperative"}, "to", "field."),
    "evidence that is none": ({"evidence": "hearsay"}, "evidence", "field."),
}


@pytest.mark.parametrize(("change", "path", "code"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_field_is_named(
    network: Network, act: Make, change: dict[str, Any], path: str, code: str
) -> None:
    body = referred(act, network.coop.id) | change
    async with network.speaking(network.centre) as [centre]:
        answer = await centre.act(body)
    assert answer["outcome"] == "refused"
    faults = {fault["path"]: fault["code"] for fault in answer["fields"]}
    assert faults[path].startswith(code)


async def test_an_unknown_act_is_refused_with_the_nearest_name(network: Network, act: Make) -> None:
    async with network.speaking(network.centre) as [centre]:
        answer = await centre.act(act("case-openned"))
    assert answer["code"] == "act.unknown"
    assert "case-opened" in answer["sentence"]


IDS = ["a.b", "*", ">", "a b", "x\ty", "\x00", "é", "../../etc", "A" * 4000, ""]


@pytest.mark.parametrize("id_", IDS, ids=ascii)
async def test_an_id_that_is_none_is_refused(network: Network, act: Make, id_: str) -> None:
    body = act("case-opened") | {"case": id_}
    async with network.speaking(network.centre) as [centre]:
        answer = await centre.act(body)
    assert answer["outcome"] == "refused"
    assert ("case", "id.not-a-uuid") in {(fault["path"], fault["code"]) for fault in answer["fields"]}


@pytest.mark.parametrize(("language", "says"), [("en", "An id"), ("it", "È richiesto un id")])
def test_each_fault_says_its_sentence_in_the_readers_language(
    network: Network, act: Make, language: str, says: str
) -> None:
    body = json.dumps(act("case-opened") | {"case": "x"}).encode()
    told = network.service.http("POST", "/api/acts", network.centre.token, body, Accept_Language=language).body
    asked = network.service.http("GET", "/api/cases/x", network.centre.token, Accept_Language=language).body
    for answer in (told, asked):
        [fault] = answer["fields"]
        assert (fault["path"], fault["sentence"].startswith(says)) == ("case", True)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/nothing", 404), ("GET", "/nothing", 404), ("DELETE", "/api/board", 405), ("GET", "/api/acts", 405)],
)
@pytest.mark.parametrize(("language", "says"), [("en", "address"), ("it", "indirizzo")])
def test_what_is_not_served_is_answered_as_everything_else(
    network: Network, method: str, path: str, status: int, language: str, says: str
) -> None:
    answer = network.service.http(method, path, network.centre.token, Accept_Language=language)
    assert (answer.status, answer.body["outcome"], answer.body["fields"]) == (status, "refused", [])
    assert says in answer.body["sentence"]
    assert (status == 405) == ("allow" in {name.lower() for name in answer.headers})


def test_a_day_out_of_reach_is_refused_at_both_doors_and_recorded_nowhere(network: Network, act: Make) -> None:
    body = referred(act, network.coop.id) | {"answer_by": "9990-01-01"}
    over_http = network.service.http("POST", "/api/acts", network.centre.token, json.dumps(body).encode())

    async def by_message() -> dict[str, Any]:
        async with network.speaking(network.centre) as [centre]:
            return await centre.act(body)

    for answer in (over_http.body, asyncio.run(by_message())):
        assert [(fault["path"], fault["code"]) for fault in answer["fields"]] == [("answer_by", "day.out-of-reach")]
    assert network.service.http("GET", f"/api/cases/{body['case']}", network.coop.token).status == 404


def test_a_cursor_that_is_none_is_refused_and_not_answered_with_an_empty_list(network: Network) -> None:
    for query in ("due", "waiting", "news", "agenda", "directory", "board"):
        answer = network.service.http("GET", f"/api/{query}?cursor=zzz", network.centre.token)
        assert (answer.status, [fault["path"] for fault in answer.body["fields"]]) == (422, ["cursor"])


@pytest.mark.parametrize("tail", ["case", "case.x", "case.x.y.z.too.many", "case.*.case-opened"], ids=str)
async def test_a_malformed_subject_is_answered_too(network: Network, act: Make, tail: str) -> None:
    async with network.speaking(network.centre) as [centre]:
        answer = await sent(centre, f"in.{centre.organisation}.{tail}", json.dumps(act("case-opened")).encode())
    assert answer["outcome"] == "refused"
    assert answer["sentence"]


async def test_subject_and_body_must_say_the_same(network: Network, act: Make) -> None:
    body = act("case-opened")
    async with network.speaking(network.centre) as [centre]:
        answer = await sent(
            centre, f"in.{centre.organisation}.case.{uuid.uuid4()}.case-closed", json.dumps(body).encode()
        )
    assert {fault["path"] for fault in answer["fields"]} == {"case", "type"}


async def test_an_act_that_is_too_large_is_told_so(network: Network, act: Make) -> None:
    body = json.dumps(act("case-opened") | {"access_sender": "x" * (LARGEST + 10)}).encode()
    async with network.speaking(network.centre) as [centre]:
        answer = await sent(centre, f"in.{centre.organisation}.case.{uuid.uuid4()}.case-opened", body)
    assert answer["code"] == "act.too-large"


async def test_ten_megabytes_are_refused_at_both_doors(network: Network) -> None:
    body = b"x" * 10_000_000
    async with network.speaking(network.centre) as [centre]:
        with pytest.raises(nats.errors.MaxPayloadError):
            await centre.client.publish(f"in.{centre.organisation}.case.x.case-opened", body)
    over_http = network.service.http("POST", "/api/acts", network.centre.token, body)
    assert (over_http.status, over_http.body["code"]) == (422, "act.too-large")


async def test_a_dry_run_answers_as_if_and_records_nothing(network: Network, act: Make) -> None:
    body = referred(act, network.coop.id)
    async with network.speaking(network.centre) as [centre]:
        would = await centre.act(body | {"dry_run": True})
        did = await centre.act(body)
    assert (would["outcome"], would["dry_run"], would["version"], would["position"]) == ("recorded", True, 1, None)
    assert (did["outcome"], did["version"]) == ("recorded", 1)


async def test_a_cloudevent_with_the_act_as_its_data_is_taken(network: Network, act: Make) -> None:
    body = act("case-opened")
    event = {"specversion": "1.0", "id": "1", "source": "x", "type": "case-opened", "data": body}
    subject = f"in.{network.centre.id}.case.{body['case']}.case-opened"
    async with network.speaking(network.centre) as [centre]:
        assert (await sent(centre, subject, json.dumps(event).encode()))["outcome"] == "recorded"


async def test_the_same_act_at_once_through_two_doors_is_one_entry(network: Network, act: Make) -> None:
    body = referred(act, network.coop.id)
    async with network.speaking(network.centre, network.centre) as [one, other]:
        sending = json.dumps(body).encode()
        post = asyncio.to_thread(network.service.http, "POST", "/api/acts", network.centre.token, sending)
        posted, answers = await asyncio.gather(post, asyncio.gather(*(p.act(body) for p in [one, other] * 10)))
        timeline = await one.ask("timeline", {"case": body["case"], "after": answers[0]["position"]})
    places = {(a["position"], a["version"]) for a in [*answers, posted.body]}
    assert len(places) == 1
    assert sorted(a["outcome"] for a in [*answers, posted.body]) == ["known already"] * 20 + ["recorded"]
    assert len(timeline["entries"]) == 1


async def test_the_same_id_with_another_act_is_refused(network: Network, act: Make) -> None:
    body = referred(act, network.coop.id)
    async with network.speaking(network.centre) as [centre]:
        await centre.act(body)
        assert (await centre.act(body | {"service": "training-course"}))["code"] == "act.id-used"


async def test_anothers_case_is_as_one_that_does_not_exist(network: Network, act: Make) -> None:
    """The same sentence; and the same time, whichever way it is asked."""
    async with network.speaking(network.centre, network.stranger) as [centre, stranger]:
        theirs = act("case-opened")
        position = (await centre.act(theirs))["position"]
        await stranger.ask("board", {"after": position})
        told: dict[str, list[dict[str, Any]]] = {"theirs": [], "none": []}
        took: dict[str, list[float]] = {"theirs": [], "none": []}
        for _ in range(15):
            for which, case in (("theirs", theirs["case"]), ("none", str(uuid.uuid4()))):
                for work in (
                    stranger.act(act("case-taken-on", case)),
                    stranger.ask("case", {"case": case}),
                    stranger.ask("timeline", {"case": case}),
                ):
                    began = time.perf_counter()
                    told[which].append(await work)
                    took[which].append(time.perf_counter() - began)
    assert told["theirs"] == told["none"]
    assert {answer["code"] for answer in told["theirs"]} == {"case.unknown"}
    # Both wait for the same moment after they asked; what is left is the noise of the machine.
    assert min(took["theirs"] + took["none"]) >= 0.05
    quick = {which: sorted(times)[len(times) // 4] for which, times in took.items()}
    assert abs(quick["theirs"] - quick["none"]) < 0.01


async def test_http_says_the_same_of_anothers_case(network: Network, act: Make) -> None:
    theirs = act("case-opened")
    http = network.service.http
    http("POST", "/api/acts", network.centre.token, json.dumps(theirs).encode())
    answers = [
        http("GET", f"/api/cases/{case}{part}", network.stranger.token)
        for case in (theirs["case"], str(uuid.uuid4()))
        for part in ("", "/timeline")
    ]
    assert {answer.status for answer in answers} == {404}
    assert len({json.dumps(answer.body) for answer in answers}) == 1


@pytest.mark.parametrize("token", [None, "", "raccordo_wrong", "x" * 10_000], ids=["none", "empty", "wrong", "long"])
def test_http_wants_a_token_it_knows(network: Network, act: Make, token: str | None) -> None:
    answer = network.service.http("POST", "/api/acts", token, json.dumps(act("case-opened")).encode())
    assert (answer.status, answer.body["code"]) == (401, "door.not-recognised")
    assert network.service.http("GET", "/api/board", token).status == 401


def test_one_token_reads_and_speaks_for_one_organisation(network: Network, act: Make) -> None:
    """Over HTTP no field of the request says who speaks."""
    body = act("case-opened") | {"organisation": network.centre.id}
    answer = network.service.http("POST", "/api/acts", network.stranger.token, json.dumps(body).encode())
    assert answer.status == 422
    named = network.service.http("GET", f"/api/board?reader={network.centre.id}", network.stranger.token)
    assert named.status == 422


async def test_a_query_waits_for_the_position_it_names(network: Network, act: Make) -> None:
    async with network.speaking(network.centre) as [centre]:
        position = (await centre.act(act("case-opened")))["position"]
        assert (await centre.ask("board", {"after": position}))["position"] >= position
        late = await centre.ask("board", {"after": position + 1_000_000, "timeout": 0.1})
    assert late["outcome"] == "not yet"
    assert late["position"] >= position


async def test_refusals_speak_italian_to_who_asks_for_it(network: Network) -> None:
    english = network.service.http("POST", "/api/acts", network.centre.token, b"{")
    italian = network.service.http("POST", "/api/acts", network.centre.token, b"{", Accept_Language="it-IT,it;q=0.9")
    assert english.body["code"] == italian.body["code"]
    assert english.body["sentence"] != italian.body["sentence"]
