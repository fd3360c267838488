"""The answers to what an organisation has handed in, asked for page by page."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from adapters.partner import NoAnswerError, Partner
from adapters.upkeep.handing_in import PATIENCE_S

LOOK_S = 0.2
Answered = dict[str, Any]


class AnswersRefusedError(RuntimeError):
    """The answers may not be asked for; the sentence says why."""


@dataclass
class Answers:
    """Those that come after `after`; asked again while the service is away."""

    speaks: Partner
    after: int = 0
    since: str | None = None
    patience: float = field(default=PATIENCE_S)

    async def skip(self) -> None:
        """Only what comes from now on."""
        self.after = int((await self._ask({"limit": 1}))["last"])

    async def page(self) -> list[Answered]:
        """What there is now, oldest first; empty if nothing has come."""
        asked: dict[str, Any] = {"since": self.since} if self.since else {"after": self.after}
        answers: list[Answered] = (await self._ask(asked))["answers"]
        if answers:
            self.after, self.since = answers[-1]["number"], None
        return answers

    async def each(self, *, follow: bool) -> AsyncIterator[Answered]:
        while True:
            answers = await self.page()
            for answer in answers:
                yield answer
            if not answers:
                if not follow:
                    return
                await asyncio.sleep(LOOK_S)

    async def _ask(self, parameters: dict[str, Any]) -> dict[str, Any]:
        deadline = time.monotonic() + self.patience
        while True:
            try:
                found = await self.speaks.ask("answers", parameters)
            except NoAnswerError:
                found = {"outcome": "try later"}
            match found.get("outcome"):
                case None:
                    return found
                case "refused":
                    raise AnswersRefusedError(found["sentence"])
                case _ if time.monotonic() > deadline:
                    raise NoAnswerError(f"the service has not told any answers for {self.patience:g} s")
            await asyncio.sleep(LOOK_S)
