"""Where what runs on a data folder is reached: each process says so in a file of its own while it runs."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.private_file import private_folder, write


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What another process needs; `pid` is that of the one with the message server, or of the desk."""

    pid: int
    nats: str
    http: str
    office: str


def note_running(data: Path, **where: str) -> Path:
    """Say where this process is reached; the file is to be removed when it ends."""
    file = private_folder(data / "running") / f"{os.getpid()}.json"
    write(file, json.dumps({"pid": os.getpid(), "folder": _folder(data), **where}))
    return file


def running(data: Path) -> Running | None:
    """All that runs on the folder, as one; None unless it takes acts by message and by HTTP."""
    found: dict[str, Any] = {}
    for each in _noted(data):
        found |= {name: value for name, value in each.items() if name not in found or "nats" in each}
    return Running(**found) if found.keys() >= {"nats", "http", "office"} else None


def server_on(data: Path) -> str | None:
    """Where the message server of the folder is reached."""
    return next((str(each["nats"]) for each in _noted(data) if "nats" in each), None)


def _noted(data: Path) -> Iterator[dict[str, Any]]:
    """By processes that still live: one that was killed has left its file behind, and a copy of the folder has all."""
    for file in sorted((data / "running").glob("*.json")):
        try:
            each = json.loads(file.read_text("utf-8"))
            here = _folder(data)
            if each.pop("folder", here) != here:
                continue
            os.kill(each["pid"], 0)  # signal 0 only asks
        except (FileNotFoundError, ProcessLookupError, ValueError, TypeError, KeyError, AttributeError):
            continue
        except PermissionError:
            pass  # it lives, as another user
        yield each


def _folder(data: Path) -> list[int]:
    """The folder itself, by whatever path: a copy is another one."""
    found = (data / "running").stat()
    return [found.st_dev, found.st_ino]


def office_folder(data: Path) -> Path:
    """Where the credentials of the network's office are kept."""
    return data / "office"
