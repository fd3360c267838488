"""Of what organisations read in their lists only what differs is written, made once for all who see the same."""

import time
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from adapters.sql.generations import generations
from domain.agreement import Agreement
from domain.case.meetings import MOST_OPEN
from domain.entry import Entry, SealedPart
from domain.facts import replace
from services.views.building import Building
from services.views.kinds.meetings import MEETINGS
from services.views.kinds.tasks import TASKS
from services.views.projection import Projection
from services.views.rows import Changes
from services.views.store import ViewStore
from tests.examples import AGREEMENT_ID, CENTRE, COOP, HEALTH, OTHER_COOP, SECOND_CASE_ID, act, entry
from tests.list_record import ListRecord
from tests.unit.given import Step, case, check, code_of, refused, then, uuid

PARTIES = [CENTRE, HEALTH, OTHER_COOP]
PROPOSED: Step = (COOP, "agreement-proposed", {"parties": PARTIES, "awaits": PARTIES})


def task(number: int) -> str:
    return str(uuid(0x7000 + number))


def held(*numbers: int, by: str = COOP, meeting: int | None = None) -> tuple[str, str, dict[str, Any]]:
    tasks = [{"task": task(n), "organisation": by, "due": "2026-12-20"} for n in numbers]
    id_ = str(uuid(0x9000 + (numbers[0] if meeting is None else meeting)))
    return by, "meeting-held", {"meeting": id_, "tasks": tasks, "task_texts": [], "placements": [], "fulfils": []}


def recorded(id_: str, *steps: Step) -> list[Entry]:
    found = []
    for n, (by, type_, *changes) in enumerate(steps, 1):
        told: dict[str, Any] = changes[0] if changes else {}
        at = datetime(2026, 3, 2, 10, 0, n % 60, tzinfo=UTC)
        found.append(entry(act(type_, **told), by, n, record=id_, position=n, recorded_at=at, act_id=uuid(n)))
    return found


def written(entries: list[Entry], *, together: int) -> list[Changes]:
    """The last entries one by one, after so many together."""
    projection = Projection(ListRecord(entries).entries, None)
    projection.fold(entries[:together])
    return [projection.fold([each]) for each in entries[together:]]


def rows(changes: Changes, kind: str) -> dict[str, int]:
    return {reader: len(differing.rows) for (reader, _), differing in changes.rows[kind].items()}


AGREED = (PROPOSED, *(held(*range(n * 10, n * 10 + 10)) for n in range(10)))


def test_a_meeting_of_an_agreement_writes_its_own_rows_and_no_others() -> None:
    more = held(200, 201)
    (changes,) = written(recorded(f"agreement/{AGREEMENT_ID}", *AGREED, more), together=len(AGREED))
    everyone = [COOP, *PARTIES]
    assert rows(changes, TASKS.name) == dict.fromkeys(everyone, 2)
    assert rows(changes, MEETINGS.name) == dict.fromkeys(everyone, 1)


def test_parties_who_see_the_same_share_what_is_made_for_them() -> None:
    (changes,) = written(recorded(f"agreement/{AGREEMENT_ID}", *AGREED, held(200)), together=len(AGREED))
    assert len({id(differing) for differing in changes.rows[TASKS.name].values()}) == 1


OPENED: tuple[Step, ...] = (
    (COOP, "case-opened"),
    *((COOP, "member-joined", {"organisation": o, "past": "none", "past_since": None}) for o in (HEALTH, CENTRE)),
    *(held(*range(n * 10, n * 10 + 10)) for n in range(10)),
)
MOVED: Step = (COOP, "task-moved", {"task": task(3), "to": COOP, "due": "2027-01-05"})
DONE: Step = (COOP, "task-done", {"task": task(4)})


@pytest.mark.parametrize("last", [MOVED, DONE])
def test_of_a_case_with_many_tasks_the_one_that_moves_is_written(last: Step) -> None:
    (changes,) = written(recorded(f"case/{SECOND_CASE_ID}", *OPENED, last), together=len(OPENED))
    assert rows(changes, TASKS.name) == dict.fromkeys([COOP, HEALTH, CENTRE], 1)


def tasks_of(store: ViewStore, record: str) -> dict[str, list[tuple[str, str | None, str | None]]]:
    with store.reading() as views:
        found = {r: views.rows(r, TASKS, record) for r in [COOP, *PARTIES]}
        return {r: sorted((t.task, t.due, t.done) for t in each) for r, each in found.items()}


@pytest.mark.parametrize("id_", [f"agreement/{AGREEMENT_ID}", f"case/{SECOND_CASE_ID}"])
def test_however_it_is_cut_everybody_reads_the_same_tasks(id_: str, tmp_path: Path) -> None:
    """Also where what was seen before is remembered no more."""
    steps = (*(AGREED if id_.startswith("agreement") else (*OPENED, MOVED)), DONE, held(300, 301))
    entries = recorded(id_, *steps)
    record = ListRecord(entries)
    found, digests = [], []
    for way in ("together", "one by one", "forgetful"):
        with closing(generations(tmp_path / way).fresh(record.incarnation)) as store:
            building = Building(record, store)
            for batch in [entries] if way == "together" else [[e] for e in entries]:
                building = Building(record, store) if way == "forgetful" else building
                building.take(batch, lambda _: None)
            found.append(tasks_of(store, id_))
            with store.reading() as views:
                digests.append([views.digest(reader) for reader in [COOP, *PARTIES]])
    assert found == [found[0]] * 3
    assert digests == [digests[0]] * 3
    assert len(found[0][HEALTH]) == 102
    assert [t for t, _, done in found[0][HEALTH] if done] == [task(4)]


def test_a_record_takes_so_many_open_tasks_and_no_more() -> None:
    meetings = [held(*range(n * 50, n * 50 + 50)) for n in range(MOST_OPEN // 50)]
    full = case((COOP, "case-opened"), *meetings)
    by, type_, more = held(MOST_OPEN)
    assert refused(full, by, type_, **more) == "task.too-many"
    again = held(3, meeting=1)[2]
    check(full, by, type_, **again)  # what is on it may be told again
    check(then(full, DONE), by, type_, **more)
    assert len(then(full, (by, type_, more)).path.meetings.tasks) == MOST_OPEN + 1, "what is stored stays"
    agreement = Agreement(AGREEMENT_ID)
    for each in recorded(f"agreement/{AGREEMENT_ID}", PROPOSED, *meetings, held(MOST_OPEN)):
        last, before, agreement = each, agreement, agreement.after(each)
    assert code_of(lambda: before.check(last)) == "task.too-many"


def test_the_bound_is_of_who_sets_them() -> None:
    """A member that has used up its own keeps nobody else from setting one, on a case or on an agreement."""
    opened: tuple[Step, ...] = (
        (CENTRE, "case-opened"),
        (CENTRE, "member-joined", {"organisation": HEALTH, "past": "none", "past_since": None}),
    )
    meetings = [held(*range(n * 50, n * 50 + 50), by=HEALTH) for n in range(MOST_OPEN // 50)]
    full = case(*opened, *meetings)
    one_more = (held(MOST_OPEN, by=by) for by in (HEALTH, CENTRE))
    assert [code_of(partial(check, full, by, type_, **more)) for by, type_, more in one_more] == ["task.too-many", ""]
    agreement = Agreement(AGREEMENT_ID)
    on_it = recorded(f"agreement/{AGREEMENT_ID}", PROPOSED, *meetings, *(held(MOST_OPEN, by=by) for by in PARTIES))
    for each in on_it[: len(meetings) + 1]:
        agreement = agreement.after(each)
    assert [code_of(partial(agreement.check, each)) for each in on_it[len(meetings) + 1 :]] == ["", "task.too-many", ""]


def test_an_organisation_that_names_itself_again_and_again_holds_up_nobodys_views() -> None:
    """Its last naming is what everybody reads; those before are not looked through again."""
    named: dict[str, Any] = {"name": "x", "organisation_kind": None, "connected": None, "account": None, "token": None}
    updates: list[Step] = [(COOP, "organisation-updated", named)] * 4000
    told = recorded(f"organisation/{COOP}", (COOP, "organisation-registered"), *updates)
    entries = [replace(each, personal=(SealedPart("identity", "", ""),)) for each in told]
    projection, began = Projection(ListRecord(entries).entries, None), time.process_time()
    (last,) = [projection.fold([each]) for each in entries][-1].organisations.values()
    assert time.process_time() - began < 5
    assert last.named == entries[-1].position
