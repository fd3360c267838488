"""No stream is lost because the message server cannot read it when it starts.

Each block of a stream is two files, made one after the other: the block, still empty, then its key. A server that was
killed in between finds a block without a key when it starts again, gives the whole stream up and removes its folder,
whatever else is in it (2.15.1). Nothing was ever in such a block, so it is taken away first. Should a server give a
stream up for another reason, it is put back: while the server starts, every file has a second name.
"""

import os
import shutil
from pathlib import Path
from typing import Final

import structlog

from adapters.nats.folder import ServerFolder

STREAMS: Final = "jetstream/*/streams/*"

log = structlog.get_logger()


def hold(folder: ServerFolder) -> None:
    """Before a start. Where the file system has no second names it goes on without."""
    give_back(folder)  # a start that was interrupted
    for block in folder.store.glob(f"{STREAMS}/msgs/*.blk"):
        if block.stat().st_size == 0 and not block.with_suffix(".key").exists():
            log.warning("a block that was being made when the server was killed is taken away", file=str(block))
            block.unlink()
            block.with_suffix(".key.tmp").unlink(missing_ok=True)
    try:
        for stream in folder.store.glob(STREAMS):
            held = _held(folder) / stream.relative_to(folder.store)
            shutil.copytree(stream, held, copy_function=os.link, ignore=shutil.ignore_patterns("batches"))
    except OSError as error:
        log.warning("a stream that the message server cannot read would be lost", reason=type(error).__name__)
        shutil.rmtree(_held(folder), ignore_errors=True)


def give_back(folder: ServerFolder) -> None:
    """After a start: streams that the server has given up are as they were."""
    for held in _held(folder).glob(STREAMS):
        stream = folder.store / held.relative_to(_held(folder))
        if not stream.exists():
            stream.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            held.rename(stream)
    shutil.rmtree(_held(folder), ignore_errors=True)


def with_content(folder: ServerFolder) -> set[str]:
    """The streams in which something is stored. (One that was being made when its server was killed is no stream.)"""
    return {block.parents[1].name for block in folder.store.glob(f"{STREAMS}/msgs/*.blk") if block.stat().st_size}


def _held(folder: ServerFolder) -> Path:
    return folder.root / "second-names"
