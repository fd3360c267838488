"""Views that another process builds: read, waited for, and followed to a newer generation."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from adapters.sql.generations import generations
from services.views.beside import ViewsBeside
from services.views.store import NotBuiltError
from services.views.views import Views
from tests.asked import as_kept
from tests.examples import CENTRE
from tests.list_record import ListRecord
from tests.unit.given import sealed, story

SOON = 20.0


@pytest.fixture
def both(tmp_path: Path, database: str | None) -> Iterator[tuple[ListRecord, Views, ViewsBeside]]:
    record = ListRecord()
    record.append(as_kept(sealed(e, {})) for e in list(story())[:20])
    views = Views(record, generations(tmp_path, database))
    views.start()
    with closing(ViewsBeside(generations(tmp_path, database))) as beside:
        yield record, views, beside
    views.stop()


def test_as_long_as_nobody_has_built_any_there_are_none(tmp_path: Path, database: str | None) -> None:
    with closing(ViewsBeside(generations(tmp_path, database))) as beside, pytest.raises(NotBuiltError):
        beside.wait_for(1, 0.1)


def test_many_wait_each_for_a_position_of_its_own(both: tuple[ListRecord, Views, ViewsBeside]) -> None:
    record, _, beside = both
    last = record.position()
    more = [as_kept(sealed(e, {})) for e in list(story())[last : last + 20]]
    begun = threading.Barrier(9)

    def wait(position: int) -> int:
        begun.wait(SOON)
        return beside.wait_for(position, SOON)

    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(wait, last + n) for n in range(1, 9)]
        begun.wait(SOON)
        for entry in more:
            record.append([entry])
        assert all(each.result(SOON) >= last + n for n, each in enumerate(waiting, 1))
    assert beside.wait_for(record.position() + 1, 0.05) == record.position()


def test_a_newer_generation_is_read_when_it_has_taken_over(both: tuple[ListRecord, Views, ViewsBeside]) -> None:
    record, views, beside = both
    assert beside.wait_for(record.position(), SOON) == record.position()
    before = views.digest(organisation=CENTRE)
    views.rebuild()
    record.append(as_kept(sealed(e, {})) for e in list(story())[20:25])
    assert beside.wait_for(record.position(), SOON) == record.position()
    with beside.reading() as snapshot:
        assert snapshot.digest(CENTRE) == views.digest(organisation=CENTRE)
    assert before
