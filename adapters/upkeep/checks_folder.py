"""The doctor looks at the data folder: it needs nothing that runs."""

import stat
from collections.abc import Iterator
from pathlib import Path

from adapters.disk import free_bytes
from adapters.nats.folder import ServerFolder
from adapters.nats.place import ElsewhereError, look_elsewhere, refuse_half_copied
from adapters.typed import typed
from adapters.upkeep.checks import Finding, advised, graded

GIB = 1024**3
WARN_BYTES, FAIL_BYTES = 2 * GIB, GIB // 2
OTHERS = stat.S_IRWXG | stat.S_IRWXO
NEEDED = ("operator.nk", "system.nk", "core.nk", "store.key", "wrapping.key", "naming.key")

OURS = ("keys", "nats", "office")
"""What an installation has in its folder: where none of it is, there was none."""


def folder(data: Path) -> Iterator[Finding]:
    if not any((data / name).exists() for name in OURS):
        what = "installation in " if data.is_dir() else ""
        start = f"Start the service once (raccordo up --data {typed(data)}), or name the folder with --data"
        yield Finding("folder", "fail", f"there is no {what}{data}. {start}")
        return
    yield Finding("folder", "ok", str(data))
    yield _keys(data)
    yield from _place(data)
    yield disk(free_bytes(data))


def missing_keys(data: Path) -> list[str]:
    return [name for name in NEEDED if not (data / "keys" / name).is_file()]


def _place(data: Path) -> Iterator[Finding]:
    """Only of a message server of its own."""
    server = ServerFolder.of(data)
    if not server.root.is_dir():
        return
    try:
        look_elsewhere(server)
        refuse_half_copied(server)
    except ElsewhereError as error:
        yield Finding("place", "fail", str(error))
        return
    yield Finding("place", "ok", "the folder is where it was last used")


def _keys(data: Path) -> Finding:
    """Who reads a key file is the installation."""
    keys = data / "keys"
    if missing := missing_keys(data):
        return Finding(
            "keys",
            "fail",
            f"{', '.join(missing)} not in {keys}. Put them back from the backup: without them nothing is read",
        )
    secret = [keys, *keys.rglob("*"), *(data / "office").glob("*")]
    open_ = sorted(str(path.relative_to(data)) for path in secret if path.stat().st_mode & OTHERS)
    if open_:
        return Finding(
            "keys", "fail", f"others may read {', '.join(open_)}. Run: chmod -R go= {keys} {data / 'office'}"
        )
    return Finding("keys", "ok", f"{sum(path.is_file() for path in secret)} files, for their owner only")


def disk(free: int) -> Finding:
    verdict = graded(-free, warn=-WARN_BYTES, fail=-FAIL_BYTES)
    advice = "Below 0.5 GiB nothing more is recorded: make room"
    return advised("disk", verdict, f"{free / GIB:.1f} GiB free", advice)
