"""One thread runs the event loop; everyone else calls into it and waits for the result."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError
from typing import Any, TypeVar

from eventsourcing.persistence import OperationalError, ProgrammingError

from adapters.runtime import new_loop

T = TypeVar("T")

ROUNDS = 10


class CalledFromOwnLoop(ProgrammingError):
    """The synchronous face was called on the thread of its own event loop: it would wait for itself for ever."""


class RecorderClosed(OperationalError):
    """The recorder has been closed."""


class Bridge:
    """The loop thread of one part of the process. Several recorders may share it."""

    def __init__(self, name: str = "jetstream") -> None:
        self._loop = new_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def call(self, coroutine: Coroutine[Any, Any, T], timeout: float | None) -> T:
        """Run the coroutine on the loop and return its result; `timeout` in seconds, None waits for ever."""
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise CalledFromOwnLoop("Called on the recorder's own loop thread: use asyncio.to_thread")
        try:
            future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        except RuntimeError as error:
            coroutine.close()
            raise RecorderClosed("The recorder has been closed") from error
        try:
            return future.result(timeout)
        except TimeoutError as error:
            future.cancel()
            raise OperationalError(f"No result from the record within {timeout} s") from error
        except CancelledError as error:
            raise RecorderClosed("The recorder was closed while it was being called") from error
        except BaseException:
            future.cancel()  # Ctrl-C in the waiting thread must not leave the work running unseen
            raise

    def tell(self, callback: Callable[[], object]) -> None:
        """Run a callback on the loop soon, from any thread; nothing happens after closing."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(callback)

    def close(self) -> None:
        """Cancel what still runs and end the thread."""
        if threading.current_thread() is self._thread:
            raise CalledFromOwnLoop("A bridge cannot be closed from its own thread")
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            for _ in range(ROUNDS):  # what is cancelled may begin something to end in order
                if not (running := asyncio.all_tasks(self._loop)):
                    break
                for task in running:
                    task.cancel()
                self._loop.run_until_complete(asyncio.gather(*running, return_exceptions=True))
            self._loop.run_until_complete(asyncio.sleep(0))  # sockets that were closed are gone a turn later
        finally:
            self._loop.close()
