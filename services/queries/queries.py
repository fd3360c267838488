"""What an organisation may ask of the views. Here, and nowhere else, sealed parts are opened, for who may see them."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any, Final, Protocol

from domain.access.speaker import check_speaks
from domain.horizon import within
from domain.network import Network
from domain.refusal import Misnamed
from services.cost import Cost
from services.queries.agenda import agenda
from services.queries.agreements import agreements
from services.queries.board import board
from services.queries.case_file import case_file
from services.queries.contacts import contacts
from services.queries.directory import directory
from services.queries.due import due
from services.queries.due_book import DueBook
from services.queries.entries import entries, timeline
from services.queries.irregularities import irregularities
from services.queries.news import news
from services.queries.observations import observations
from services.queries.opening import Opener
from services.queries.pages import Answer
from services.queries.placements import placements
from services.queries.reading import Reading
from services.queries.referrals import referrals
from services.queries.tasks import tasks
from services.queries.waiting import waiting
from services.views.store import Snapshot

ANSWERS: Final[Mapping[str, Callable[..., Answer]]] = {
    "board": board,
    "case": case_file,
    "timeline": timeline,
    "referrals": referrals,
    "directory": directory,
    "entries": entries,
    "due": due,
    "placements": placements,
    "agreements": agreements,
    "observations": observations,
    "tasks": tasks,
    "waiting": waiting,
    "agenda": agenda,
    "news": news,
    "contacts": contacts,
    "irregularities": irregularities,
}
"""A query is a function of what is read and of its own parameters. Another one is a module and a line here."""


class ReadableViews(Protocol):
    def reading(self, cost: Cost | None = None) -> AbstractContextManager[Snapshot]: ...
    def wait_for(self, position: int, timeout: float) -> int: ...


class Queries:
    """Every answer says at which `position` the views stood. With `after` it waits until they stand there or later;
    past `timeout` seconds it says `{"outcome": "not yet", "position": …}`.

    Raises `Refused`: `organisation.unknown`, `organisation.suspended`, and `case.unknown` alike for a case that does
    not exist and one that the reader may not see.
    """

    def __init__(
        self,
        views: ReadableViews,
        keyring: Opener,
        dues: DueBook,
        network_at: Callable[[int], Network],
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._views = views
        self._keyring = keyring
        self._dues = dues
        self._network_at = network_at
        self._clock = clock

    def ask(
        self, query: str, *, reader: str, after: int | None = None, timeout: float = 5, **parameters: Any
    ) -> Answer:
        if after is not None and (stands := self._views.wait_for(after, timeout)) < after:
            return {"outcome": "not yet", "position": stands}
        return self.found(query, reader=reader, cost=Cost(), **parameters)

    def found(self, query: str, *, reader: str, cost: Cost, **parameters: Any) -> Answer:
        """Without waiting; raises also what the cost raises. A day beyond the horizon and an organisation that
        is not on the record are refused by their field.
        """
        now = self._clock()
        _check_days(parameters, now.date())
        with self._views.reading(cost) as views:
            check_speaks(reader, views.organisation(reader))
            _check_organisations(views, parameters)
            reading = Reading(
                cost=cost,
                views=views,
                reader=reader,
                keyring=self._keyring,
                dues=self._dues,
                network_at=self._network_at,
                clock=now,
            )
            return {"position": views.reached().position, **ANSWERS[query](reading, **parameters)}


def _check_organisations(views: Snapshot, parameters: Mapping[str, Any]) -> None:
    """One that does not exist is named: an empty list would say that nothing is there of it. The directory is open."""
    named = ((name, parameters.get(name)) for name in ("by", "host"))
    unknown = [(name, "organisation.unknown") for name, id_ in named if id_ and views.organisation(id_) is None]
    if unknown:
        raise Misnamed("organisation.unknown", unknown, organisation=parameters[unknown[0][0]])


def _check_days(parameters: Mapping[str, Any], today: date) -> None:
    days = ((name, value) for name, value in parameters.items() if isinstance(value, date))
    beyond = [(name, "day.beyond-horizon") for name, value in days if not within(value, today)]
    if beyond:
        raise Misnamed("question.beyond-horizon", beyond)
