"""The queries over HTTP: where each is asked, in which form, and what the document says of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final

from fastapi import FastAPI, Path, Query, Request, Response

from adapters import questions as q
from adapters.calendar_file import calendar_file
from adapters.question_desk import Found
from adapters.web.documents import JSON, TOKEN, answers_to_question
from domain.refusal import Refused
from services.queries.pages import MOST

LONGEST_FILE: Final = 10_000
"""Items of a calendar file."""

Parameters = dict[str, Any]
Find = Callable[[Parameters], Awaitable[Found]]
FoundFor = Callable[[Request, str, Parameters], Awaitable[Found]]


async def _document(find: Find, parameters: Parameters) -> Response:
    return _json(await find(parameters))


async def _calendar(find: Find, parameters: Parameters) -> Response:
    parameters["limit"] = MOST
    found = await find(parameters)
    if _late(found):
        return _json(found)
    items = found.answer["agenda"]
    while found.answer["next"]:
        found = await find({**parameters, "cursor": found.answer["next"]})
        items += found.answer["agenda"]
        if len(items) > LONGEST_FILE:
            raise Refused("answer.too-large", most=LONGEST_FILE)
    return Response(calendar_file(items), media_type="text/calendar; charset=utf-8")


def _json(found: Found) -> Response:
    late = _late(found)
    return Response(found.written, 503 if late else 200, {"Retry-After": "1"} if late else {}, "application/json")


def _late(found: Found) -> bool:
    return found.answer.get("outcome") == "not yet"


@dataclass(frozen=True, slots=True)
class Door:
    """`path` and `name` (in the document) where they are not those of the query."""

    query: str
    form: type[q.Question]
    says: str
    path: str = ""
    name: str = ""
    answer: Callable[[Find, Parameters], Awaitable[Response]] = _document
    media: str = JSON


_NOTHING_PERSONAL: Final = "The same as a calendar file, with nothing personal in it."

DOORS: Final = (
    Door("board", q.AskBoard, "The caseload of the organisation, what moved last first."),
    Door("case", q.AsOf, "The case file as the organisation may see it.", "cases/{case}", "case_file"),
    Door(
        "timeline",
        q.Page,
        "The entries of the case in order, each with what others say about it.",
        "cases/{case}/timeline",
    ),
    Door("referrals", q.AskReferrals, "Each referral as a loop from sending to outcome."),
    Door("directory", q.AskDirectory, "The organisations of the network."),
    Door("entries", q.AskEntries, "Entries by position, with the sealed parts that the organisation may see opened."),
    Door("due", q.AskDue, "What is due on the caseload, by due date."),
    Door("placements", q.AskPlacements, "The placements of the caseload, by the day on which they end."),
    Door("agreements", q.AskAgreements, "The agreements of the organisation, with the places used by kind and year."),
    Door(
        "observations",
        q.AsOf,
        "What was observed on published sheets, item by item over time.",
        "cases/{case}/observations",
    ),
    Door("tasks", q.AskTasks, "The tasks that meetings have set, by the day by which they are due."),
    Door("waiting", q.AskWaiting, "What waits for the organisation's word: claims, memberships, signatures."),
    Door("agenda", q.AskAgenda, "Meetings and due dates from a day to a day."),
    Door("agenda", q.AskAgenda, _NOTHING_PERSONAL, "agenda.ics", "agenda_file", _calendar, "text/calendar"),
    Door("news", q.AskNews, "What is new since a position, case by case."),
    Door("contacts", q.AskContacts, "The last contact of each pair of organisations, the longest silence first."),
    Door("irregularities", q.AskIrregularities, "What was recorded although a rule of practice says otherwise."),
)


def open_queries(app: FastAPI, found_for: FoundFor) -> None:
    """`found_for` gives what a query finds for whoever sent the request."""
    for door in DOORS:
        endpoint = _endpoint(door, found_for)
        path, name = f"/api/{door.path or door.query}", door.name or door.query
        answers = answers_to_question(door.media)
        opened = app.get(
            path,
            name=name,
            description=door.says,
            dependencies=[TOKEN],
            response_class=Response,
            responses=answers,
        )
        opened(endpoint)


def _endpoint(door: Door, found_for: FoundFor) -> Callable[..., Awaitable[Response]]:
    async def of_organisation(request: Request, question: Any) -> Response:
        return await door.answer(partial(found_for, request, door.query), question.model_dump())

    async def of_case(request: Request, case: Annotated[q.CaseId, Path()], question: Any) -> Response:
        return await door.answer(partial(found_for, request, door.query), {**question.model_dump(), "case": case})

    endpoint = of_case if "{case}" in door.path else of_organisation
    endpoint.__annotations__["question"] = Annotated[door.form, Query()]
    return endpoint
