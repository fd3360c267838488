"""What a data folder says of the sample network that is played on it, so that a next start goes on where it was."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Self

from adapters.private_file import private_folder, write
from adapters.sample.clock import PlayedClock
from adapters.simulation.year import Wanted
from adapters.typed import typed


class NotASampleError(RuntimeError):
    """The folder holds a network that is not a sample: no year is played on it."""


@dataclass(frozen=True, slots=True)
class Sample:
    """`wanted` is what was begun on this folder, whatever is asked for later."""

    data: Path
    wanted: Wanted
    played: bool = False

    @classmethod
    def on(cls, data: Path, wanted: Wanted) -> Self:
        """What was begun on the folder; a new folder is begun now, before anything else stands in it."""
        if (file := _file(data)).exists():
            told = json.loads(file.read_text("utf-8"))
            begins = date.fromisoformat(told["wanted"].pop("begins"))
            return cls(data, Wanted(**told["wanted"], begins=begins), played=told["played"])
        if (data / "keys").exists():
            raise NotASampleError(
                f"{data} holds a network already, and not a sample: nothing is played on it. "
                f"Serve it with: raccordo up --data {typed(data)}, or play into a new folder."
            )
        sample = cls(data, wanted)
        sample.keep()
        return sample

    def clock(self) -> PlayedClock | None:
        """For as long as there is something to play: from the morning of its first day."""
        return None if self.played else PlayedClock(datetime.combine(self.wanted.begins, time(6), UTC))

    @property
    def partners(self) -> Path:
        """Where the credentials of the organisations are."""
        return private_folder(self.data / "partners")

    def done(self) -> None:
        replace(self, played=True).keep()

    def keep(self) -> None:
        wanted = {**asdict(self.wanted), "begins": self.wanted.begins.isoformat()}
        private_folder(self.data)
        write(_file(self.data), json.dumps({"wanted": wanted, "played": self.played}, indent=2))


def _file(data: Path) -> Path:
    return data / "sample.json"
