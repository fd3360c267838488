"""How many files and sockets the service may have open, and some kept back for what must go on without any."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

OWN: Final = 320
"""What the service itself has open: databases, connections to the message server, files being written."""
FEWEST: Final = 16
MOST: Final = 2_000
SPARE: Final = 24


def raise_limit() -> None:
    """As far as the system lets us without more rights."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def limit() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def for_connections() -> int:
    """How many connections from outside may be open at once, so that the service has what it needs itself."""
    return max(FEWEST, min(MOST, (limit() - OWN) // 2))


def for_partners() -> int:
    """The same for the message server, which may have as many as the system lets it, and needs some for its streams."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 65_536 if hard == resource.RLIM_INFINITY else max(64, min(65_536, (hard - OWN) // 2))


class Spare:
    """Descriptors that are held, so that there are some when no more are to be had."""

    def __init__(self) -> None:
        self._held: list[int] = []
        self.hold()

    def hold(self) -> None:
        """As many as there are to be had."""
        with suppress(OSError):
            while len(self._held) < SPARE:
                self._held.append(os.open(os.devnull, os.O_RDONLY))

    def let_go(self) -> None:
        while self._held:
            os.close(self._held.pop())

    @contextmanager
    def given_up(self) -> Iterator[None]:
        """For what is done within."""
        self.let_go()
        try:
            yield
        finally:
            self.hold()
