"""The lists of a caseload over HTTP, and its agenda as a calendar file."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Path, Query, Request, Response

from adapters import questions
from adapters.calendar_file import calendar_file
from services.queries.pages import MOST

Asked = Callable[[Request, str, Mapping[str, Any]], Awaitable[Response]]
Found = Callable[[Request, str, Mapping[str, Any]], Awaitable[dict[str, Any]]]


def open_caseload(app: FastAPI, asked: Asked, found_for: Found) -> None:
    """`asked` answers a query; `found_for` gives what it found."""

    @app.get("/api/due")
    async def due(request: Request, question: Annotated[questions.AskDue, Query()]) -> Response:
        """What is due on the caseload, by due date."""
        return await asked(request, "due", question.model_dump())

    @app.get("/api/placements")
    async def placements(request: Request, question: Annotated[questions.AskPlacements, Query()]) -> Response:
        """The placements of the caseload, by the day on which they end."""
        return await asked(request, "placements", question.model_dump())

    @app.get("/api/agreements")
    async def agreements(request: Request, question: Annotated[questions.AskAgreements, Query()]) -> Response:
        """The agreements of the organisation, with the places used by kind and year."""
        return await asked(request, "agreements", question.model_dump())

    @app.get("/api/cases/{case}/observations")
    async def observations(
        request: Request, case: Annotated[UUID, Path()], question: Annotated[questions.AsOf, Query()]
    ) -> Response:
        """What was observed on published sheets, item by item over time."""
        return await asked(request, "observations", {**question.model_dump(), "case": case})

    @app.get("/api/tasks")
    async def tasks(request: Request, question: Annotated[questions.AskTasks, Query()]) -> Response:
        """The tasks that meetings have set, by the day by which they are due."""
        return await asked(request, "tasks", question.model_dump())

    @app.get("/api/agenda")
    async def agenda(request: Request, question: Annotated[questions.AskAgenda, Query()]) -> Response:
        """Meetings and due dates from a day to a day."""
        return await asked(request, "agenda", question.model_dump())

    @app.get("/api/agenda.ics", response_class=Response, responses={200: {"content": {"text/calendar": {}}}})
    async def agenda_file(request: Request, question: Annotated[questions.AskAgenda, Query()]) -> Response:
        """The same as a calendar file, with nothing personal in it."""
        parameters = {**question.model_dump(), "limit": MOST}
        found = await found_for(request, "agenda", parameters)
        if found.get("outcome") == "not yet":
            return await asked(request, "agenda", parameters)
        items = found["agenda"]
        while found["next"]:
            found = await found_for(request, "agenda", {**parameters, "cursor": found["next"]})
            items += found["agenda"]
        return Response(calendar_file(items), media_type="text/calendar; charset=utf-8")

    @app.get("/api/news")
    async def news(request: Request, question: Annotated[questions.AskNews, Query()]) -> Response:
        """What is new since a position, case by case."""
        return await asked(request, "news", question.model_dump())

    @app.get("/api/contacts")
    async def contacts(request: Request, question: Annotated[questions.AskContacts, Query()]) -> Response:
        """The last contact of each pair of organisations, the longest silence first."""
        return await asked(request, "contacts", question.model_dump())

    @app.get("/api/irregularities")
    async def irregularities(request: Request, question: Annotated[questions.AskIrregularities, Query()]) -> Response:
        """What was recorded although a rule of practice says otherwise."""
        return await asked(request, "irregularities", question.model_dump())
