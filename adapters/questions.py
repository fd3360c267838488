"""The parameters of each query, with their bounds: the same by message and by HTTP."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from adapters import cursors
from adapters.schemas.dialect import UUID_FORM
from domain.characters import LINE
from domain.faults import malformed
from domain.json_text import read_json
from domain.obligation import State
from services.queries.pages import MOST

Position = Annotated[int, Field(ge=0, le=2**53)]
CaseId = Annotated[UUID, WithJsonSchema(UUID_FORM)]
F = TypeVar("F", bound=BaseModel)


def question(form: type[F], parameters: bytes | Mapping[str, Any]) -> F:
    """What is asked, as JSON or taken apart already; refused with every fault that is found in its form."""
    try:
        if not isinstance(parameters, bytes):
            return form.model_validate(parameters)
        read_json(parameters or b"{}")  # no name stands twice
        return form.model_validate_json(parameters or b"{}")
    except ValidationError as error:
        raise malformed(error, form) from None


class Question(BaseModel):
    """`after`: wait until the view stands at that position or later, for at most `timeout` seconds."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    after: Position | None = None
    timeout: Annotated[float, Field(ge=0, le=30)] = 5


class AsOf(Question):
    """`as_of`: how things stand on that day; today unless it is said."""

    as_of: date | None = None


class Page(Question):
    limit: Annotated[int, Field(ge=1, le=MOST)] = 100
    cursor: Position | None = None


class AskBoard(Page, AsOf):
    """`due` says of each case what is due next."""

    status: Literal["open", "suspended", "closed"] | None = None
    name: Annotated[str, Field(max_length=100, pattern=LINE)] | None = None
    due: bool = False


class AskCase(AsOf):
    case: CaseId


class AskTimeline(Page):
    case: CaseId


class AskReferrals(Page):
    open_only: bool = False


class AskDirectory(Question):
    limit: Annotated[int, Field(ge=1, le=MOST)] = MOST
    cursor: cursors.OF_DIRECTORY | None = None


class AskEntries(Question):
    positions: Annotated[list[Position], Field(max_length=MOST)]


class List(AsOf):
    """Each list has its own `cursor`: what the page before gave as `next`."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = 100


Organisation = Annotated[str, Field(pattern=r"^o[a-z2-7]{12}$")]
Days = Annotated[int, Field(ge=0, le=3660)]


class AskDue(List):
    """What still needs somebody, or what is in one of the `states`: open, late, missed, fulfilled and so on.

    `within`: of what is upcoming, what is due in so many days. `mine`: the reader has to act; `by`: that one has.
    """

    cursor: cursors.OF_DUE | None = None
    within: Days = 60
    states: Annotated[list[State], Field(max_length=20)] = []
    mine: bool = False
    by: Organisation | None = None
    case: CaseId | None = None


class AskPlacements(List):
    """`running`: begun and not ended, also while it is suspended. `ends_within`: it ends in so many days."""

    cursor: cursors.OF_PLACEMENTS | None = None
    state: Literal["agreed", "cancelled", "started", "suspended", "ended"] | None = None
    running: bool = False
    ends_within: Days | None = None
    host: Organisation | None = None
    case: CaseId | None = None


class AskAgreements(List):
    cursor: cursors.OF_AGREEMENTS | None = None


class AskObservations(AsOf):
    case: CaseId


class AskTasks(List):
    """Those not done; `done` adds those that are. `mine`: the reader is to do it."""

    cursor: cursors.OF_TASKS | None = None
    mine: bool = False
    late: bool = False
    done: bool = False
    case: CaseId | None = None


class AskWaiting(Question):
    """What waits for the reader's word; `everyone` adds what waits for the word of others.

    `told-before`: told for the reader in the 24 months before it had a system.
    """

    limit: Annotated[int, Field(ge=1, le=MOST)] = 100
    cursor: cursors.OF_WAITING | None = None
    everyone: bool = False
    case: CaseId | None = None


class AskAgenda(List):
    """From the day `since`, today unless it is said, until a day, 60 days later unless it is said."""

    cursor: cursors.OF_AGENDA | None = None
    since: date | None = None
    until: date | None = None
    mine: bool = False


class AskNews(Question):
    """What is new since a position: `since_next` of an answer is `since` of the next time."""

    since: Position = 0
    limit: Annotated[int, Field(ge=1, le=MOST)] = 100
    cursor: cursors.OF_NEWS | None = None


class AskContacts(List):
    cursor: cursors.OF_CONTACTS | None = None
    case: CaseId | None = None


class AskIrregularities(Question):
    """`since` and `until`: recorded on these days or between them."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = 100
    cursor: cursors.OF_IRREGULARITIES | None = None
    case: CaseId | None = None
    rule: Annotated[str, Field(max_length=64, pattern=LINE)] | None = None
    since: date | None = None
    until: date | None = None
