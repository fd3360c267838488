"""Files that only the service may read: each is there whole or not at all, whoever else is writing."""

import os
import secrets
from pathlib import Path


def private_folder(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def write(path: Path, text: str) -> None:
    """Put the text in place of what was there, in one step."""
    part = _part(path, text)
    part.replace(path)
    _sync_folder(path.parent)


def made_once(path: Path, text: str) -> str:
    """Return the file's text; if there is no such file, make it with `text`.

    Two processes may make the first keys of one folder together: a link to an existing name fails, so one of
    them is first and the other takes what the first has written.
    """
    if not path.exists():
        part = _part(path, text)
        try:
            os.link(part, path)
            _sync_folder(path.parent)
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return path.read_text("utf-8").strip()


def _part(path: Path, text: str) -> Path:
    private_folder(path.parent)
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return part


def _sync_folder(folder: Path) -> None:
    # A key that is lost after its first use takes everything sealed or signed with it along.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
