"""What the server has answered to a question, or why there is no answer."""

import asyncio
import json
from typing import Any

from eventsourcing.persistence import OperationalError

from adapters.jetstream.taken import Taken


class Lost(Exception):
    """The connection ended before the answer came."""


class NoAnswer(Exception):
    """The server did not answer in time, or nobody there listens (JetStream still starting)."""


class ApiError(OperationalError):
    """JetStream answered with an error."""

    def __init__(self, code: int, status: int, description: str) -> None:
        super().__init__(f"JetStream: {description} ({code})")
        self.code = code
        self.status = status


class Reply:
    """What one request has got so far."""

    def __init__(self, *, single: bool) -> None:
        self.future: asyncio.Future[list[Taken]] = asyncio.get_running_loop().create_future()
        self._messages: list[Taken] = []
        self._single = single

    def take(self, message: Taken) -> None:
        if self.future.done():
            return
        status = message.status
        if status == "503":
            self.fail(NoAnswer("Nobody answers: JetStream is not up, or the account may not ask this"))
            return
        self._messages.append(message)
        if self._single or status is not None:
            self.future.set_result(self._messages)

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)

    @property
    def data(self) -> bytes | None:
        """Of the one answer, if it has come."""
        return self.future.result()[0].data if self.future.done() and self.future.exception() is None else None


def answer_of(data: bytes) -> dict[str, Any]:
    """The JSON of an API answer or a publish acknowledgement."""
    answer: dict[str, Any] = json.loads(data)
    if error := answer.get("error"):
        raise ApiError(error.get("err_code", 0), error.get("code", 0), error.get("description", ""))
    return answer
