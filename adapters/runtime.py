"""What everything runs on: uvloop where there is one, an interpreter whose threads take turns often, a collector of
cycles that looks seldom, an output that is written whole.
"""

import asyncio
import gc
import io
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

TURN_S = 0.0005
NEW_OBJECTS = 100_000


def new_loop() -> asyncio.AbstractEventLoop:
    """A tenth faster than the standard library's; it does not exist for Windows."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def run(work: Coroutine[Any, Any, T]) -> T:
    settle()
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(work)


def settle() -> None:
    """How this process shares its interpreter and its memory.

    A loop that has written to a socket waits for its turn again: by default for 5 ms, if a desk is deciding meanwhile.
    Cases are many small things that stay and form no cycles: to walk them took a fifth of the desk's time.
    """
    sys.setswitchinterval(TURN_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 50, 100)


def write_whole() -> None:
    """Whatever is written to the standard output arrives, or fails.

    Asked to buffer nothing (`PYTHONUNBUFFERED`, usual in containers), Python writes once: if a signal or a stop comes
    while a pipe is full, what the pipe did not take is lost, and the exit code is 0.
    """
    if isinstance(getattr(sys.stdout, "buffer", None), io.RawIOBase):
        plain = sys.stdout
        sys.stdout = open(  # noqa: SIM115 (as long as the process)
            plain.fileno(), "w", encoding=plain.encoding, errors=plain.errors, closefd=False
        )
