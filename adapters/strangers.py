"""What does not exist for an organisation is answered alike and after the same time, whether it exists or not."""

import asyncio
import time
from typing import Final

from domain.refusal import Meaning, Refused

STRANGER_S: Final = 0.05
"""When a stranger is answered, in seconds after it asked. What the two paths cost differs by far less."""

EARLY_S: Final = 0.002
"""A loop counts in milliseconds, and may wake up so much too early."""


class Since:
    """From when on the time is counted."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    async def hold(self, refused: Refused) -> None:
        """Wait until it is time, if this is an answer to a stranger."""
        if refused.means is Meaning.HIDDEN:
            await asyncio.sleep(max(0.0, STRANGER_S + EARLY_S - self.seconds))
