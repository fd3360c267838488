"""Who handed acts in asks what became of them: `ask.<organisation>.answers`."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from adapters.jetstream.answers import AnswerStream
from adapters.questions import question


class AskAnswers(BaseModel):
    """The answers to what was handed in, oldest first: after the `number` of one, or from a time on."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    after: Annotated[int, Field(ge=0, le=2**53)] = 0
    since: AwareDatetime | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 200


def answers_from(stream: AnswerStream) -> Callable[[str, bytes], Awaitable[dict[str, Any]]]:
    """`last` is the number of the last answer there is; a page may be shorter than asked for."""

    async def answers(organisation: str, parameters: bytes) -> dict[str, Any]:
        asked = question(AskAnswers, parameters)
        page = await stream.page(organisation, after=asked.after, since=asked.since, limit=asked.limit)
        return {"answers": page.answers, "last": page.last}

    return answers
