"""Where the service that runs on a data folder is reached."""

import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What another process needs to reach this one; stands in `<data>/running.json` while it runs."""

    pid: int
    nats: str
    http: str
    office: str


def running(data: Path) -> Running | None:
    """Who runs on the folder: what was written there by a process that still lives."""
    try:
        found = Running(**json.loads((data / "running.json").read_text("utf-8")))
        os.kill(found.pid, 0)  # signal 0 only asks; one that was killed has left its file behind
    except (FileNotFoundError, ProcessLookupError, ValueError, TypeError):
        return None
    except PermissionError:
        pass  # it lives, as another user
    return found


def office_folder(data: Path) -> Path:
    """Where the credentials of the network's office are kept."""
    return data / "office"
