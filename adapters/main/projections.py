"""The views and the feed: each follows the record; of two that follow it for the same, one stands by."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

import structlog

from adapters.folder_lock import FolderInUseError, FolderLock
from adapters.jetstream.feed import FeedStream, open_feed
from adapters.main.base import Base
from adapters.sql.generations import generations
from services.feed.feed import Feed, FeedStatus
from services.views.beside import ViewsBeside
from services.views.views import Views

log = structlog.get_logger()


async def open_views(base: Base, stack: AsyncExitStack) -> Views:
    """Waits, standing by, while another process builds the views of the folder."""
    settings = base.settings
    await _alone(FolderLock(settings.data, "views-in-use"), stack)
    views = Views(base.record, generations(settings.data, settings.views_url))
    await asyncio.to_thread(partial(views.start, anew=settings.rebuild_views))
    stack.push_async_callback(asyncio.to_thread, views.stop)
    return views


async def open_feeding(base: Base, stack: AsyncExitStack) -> Feed:
    stream = await asyncio.to_thread(open_feed, base.store.url, base.store.creds)
    stack.push_async_callback(asyncio.to_thread, stream.close)
    feed = Feed(base.record, stream, base.network)
    feed.start()
    stack.push_async_callback(asyncio.to_thread, feed.stop)
    return feed


def views_beside(base: Base, stack: AsyncExitStack) -> ViewsBeside:
    """As another process builds them."""
    beside = ViewsBeside(generations(base.settings.data, base.settings.views_url))
    stack.callback(beside.close)
    return beside


@dataclass(frozen=True, slots=True)
class FeedBeside:
    """Where the feed stands that another process publishes, as its stream says."""

    stream: FeedStream

    @property
    def status(self) -> FeedStatus:
        kept = self.stream.kept()
        return FeedStatus(kept.cursor.whole if kept else 0, None, standing_by=False)


async def feed_beside(base: Base, stack: AsyncExitStack) -> FeedBeside:
    stream = await asyncio.to_thread(open_feed, base.store.url, base.store.creds)
    stack.push_async_callback(asyncio.to_thread, stream.close)
    return FeedBeside(stream)


async def _alone(lock: FolderLock, stack: AsyncExitStack) -> None:
    told = False
    while True:
        try:
            stack.enter_context(lock)
        except FolderInUseError as error:
            if not told:
                log.warning("views.standing-by", because=str(error))
            told = True
            await asyncio.sleep(0.2)
        else:
            return
