"""Upkeep of the views while they are read: built anew with its progress, and their digests."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

from adapters.bus.console import CannotError, Step, Work
from services.views.views import Views

STEP_S = 0.25


def upkeep(views: Views, room: Callable[[], bool]) -> Mapping[str, Work]:
    """`room` says whether new ones may be built beside the old ones."""

    async def rebuild(_: Step) -> AsyncIterator[Step]:
        if not room():
            raise CannotError("there is no room on the disk to build the views anew beside the old ones")
        reached = [0, 0]

        def note(done: int, of: int) -> None:
            reached[:] = done, of

        work = asyncio.create_task(asyncio.to_thread(views.rebuild, note))
        while not work.done():
            await asyncio.wait({work}, timeout=STEP_S)
            yield {"done": reached[0], "of": reached[1]}
        if (fault := work.exception()) is not None:
            raise CannotError(f"the views were not built anew, the old ones stay ({type(fault).__name__})") from fault
        yield {"position": work.result()}

    async def digest(asked: Step) -> AsyncIterator[Step]:
        yield await asyncio.to_thread(_digests, views, asked.get("organisation"))

    return {"views.rebuild": rebuild, "views.digest": digest}


def _digests(views: Views, organisation: str | None) -> Step:
    """All at one position, so that they can be compared."""
    with views.reading() as snapshot:
        if organisation is not None and snapshot.organisation(organisation) is None:
            raise CannotError(f"no organisation {organisation} is on the record; see: raccordo org list")
        wanted = [organisation] if organisation else sorted(o.id for o in snapshot.organisations())
        return {"position": snapshot.reached().position, "digests": {id_: snapshot.digest(id_) for id_ in wanted}}
