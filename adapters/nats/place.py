"""The place where the message server keeps its store: a copy of the folder must not go on as the same record.

Two stores that go on from the same entries give the same positions to different acts, and nobody notices. So the folder
says where it lives, and a start elsewhere asks which of the two it is: the original, moved, or a copy.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, Self
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.nats.folder import ServerFolder, held
from adapters.private_file import write
from adapters.settings import PlaceSettings
from adapters.typed import typed

Arrived = Literal["moved", "copy"]

FILE: Final = "place.json"
_MACHINE: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


class ElsewhereError(RuntimeError):
    """The folder is not where it was last used, or its copy was not finished; the sentence says what to do."""


class Place(BaseModel):
    """Where a folder is.

    A file system keeps the number of a folder (`inode`) for as long as the folder exists, and a copy gets another. The
    number of a device is compared within one `boot` of the machine only: the system counts devices anew at each.
    """

    model_config = ConfigDict(frozen=True)

    named: str | None = None
    """What `RACCORDO_PLACE` says: it stands for all the rest."""
    machine: str
    boot: str
    device: int
    inode: int
    path: str

    @classmethod
    def of(cls, root: Path) -> Self:
        found, machine = root.stat(), next(filter(None, map(_line, _MACHINE)), "")
        return cls(
            named=PlaceSettings().place or None,
            machine=machine,
            boot=_line(_BOOT),
            device=found.st_dev,
            inode=found.st_ino,
            path=str(root),
        )

    def same_as(self, before: "Place") -> bool:
        """True if `before` was the same folder: not a copy of it, and neither moved nor mounted elsewhere since."""
        if self.named and before.named:
            return self.named == before.named
        if (self.machine, self.inode) != (before.machine, before.inode):
            return False
        if self.boot == before.boot and self.device != before.device:
            return False
        return self.path == before.path or _still_leads(before.path, self)


class Note(BaseModel):
    """What the folder says of itself. `becoming` is the incarnation of a copy that is still to be made one."""

    model_config = ConfigDict(frozen=True)

    place: Place
    becoming: str | None = None


def noted(folder: ServerFolder) -> Note | None:
    """Return what the folder says; None for one of before, which says nothing. Raises `ElsewhereError` if damaged."""
    file = folder.root / FILE
    try:
        return Note.model_validate_json(file.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (ValidationError, ValueError):
        raise ElsewhereError(
            f"{file} cannot be read: it says where this folder lives. If no other folder goes on with this record, "
            "remove that file and start again"
        ) from None


def note(folder: ServerFolder, *, becoming: str | None = None) -> None:
    """Note in one step that the folder lives here."""
    anew = Note(place=Place.of(folder.root), becoming=becoming)
    if noted(folder) != anew:
        write(folder.root / FILE, anew.model_dump_json() + "\n")


def refuse_elsewhere(folder: ServerFolder) -> None:
    """Raise `ElsewhereError` if the folder was last used elsewhere; else note that it lives here."""
    before = look_elsewhere(folder)
    try:
        note(folder, becoming=before.becoming if before else None)
    except OSError:
        if before is None:
            raise  # of a folder that is noted already only the number of the device may be older


def look_elsewhere(folder: ServerFolder) -> Note | None:
    """Return what is noted. Raises `ElsewhereError` if the folder was last used elsewhere."""
    before, here = noted(folder), Place.of(folder.root)
    if before and not here.same_as(before.place):
        raise ElsewhereError(_asked(before.place, here))
    return before


def refuse_half_copied(folder: ServerFolder) -> None:
    """Raise `ElsewhereError` if the folder is a copy that is not another record yet."""
    if (found := noted(folder)) and found.becoming:
        raise ElsewhereError(
            f"{folder.root.parent} is a copy that was not made another record to its end. "
            f"Start it once, then try again: raccordo up --data {typed(folder.root.parent)}"
        )


def settle(folder: ServerFolder, arrived: Arrived | None) -> None:
    """Note what whoever starts the folder elsewhere says of it; a folder that lives here stays as it is.

    A folder of before has no note. Nothing is known of it but what is said: said to be a copy, it becomes one.
    """
    if arrived is None or not folder.store.is_dir():
        return
    before = noted(folder)
    if arrived == "copy" and before and not before.becoming and Place.of(folder.root).same_as(before.place):
        raise ElsewhereError(
            f"{folder.root.parent} lives here already and goes on as the record that it is: leave --copy out. "
            "To make it another record, copy the folder and start the copy with --copy"
        )
    if arrived == "copy" if before is None else not Place.of(folder.root).same_as(before.place):
        if before and arrived == "moved":
            _refuse_running(before.place, folder.root)
        pending = before.becoming if before else None
        note(folder, becoming=str(uuid4()) if arrived == "copy" else pending)


def _refuse_running(before: Place, here: Path) -> None:
    """What was moved is not there any more; if a service still runs there, this one is a copy."""
    original = ServerFolder(Path(before.path))
    with suppress(OSError):
        if original.root.stat().st_ino == before.inode and held(original):
            raise ElsewhereError(
                f"A service runs in {original.root.parent}, from where this folder came: it was not moved. "
                f"End that one, or start this one with: {_start('copy', here)} (it becomes another record)"
            )


def _asked(before: Place, here: Place) -> str:
    lived, now = _said(before, here), _said(here, before)
    return (
        f"This data folder lived {lived} and is started {now}. Two that go on with one record would harm it. "
        f"If the original is gone, start with: {_start('moved', Path(here.path))}. If the original stays, start this "
        f"one with: {_start('copy', Path(here.path))} (it becomes another record, which partners see)"
    )


def _start(arrived: Arrived, root: Path) -> str:
    """The command as it is to be typed."""
    return f"raccordo up --{arrived} --data {typed(root.parent)}"


def _said(place: Place, other: Place) -> str:
    """Where a place is, as it differs from another."""
    if place.named and other.named:
        return f"at {place.named}"
    if place.machine != other.machine:
        return f"in {place.path} on machine {place.machine[:8] or 'without an id'}"
    if place.path != other.path:
        return f"in {place.path}"
    return f"in {place.path} (folder {place.inode} of device {place.device})"


def _still_leads(path: str, here: Place) -> bool:
    try:
        there = os.stat(path)  # noqa: PTH116 (a path that may be of another system)
    except OSError:
        return False
    return (there.st_dev, there.st_ino) == (here.device, here.inode)


def _line(file: Path) -> str:
    try:
        return file.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""
