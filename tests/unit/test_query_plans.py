"""How SQLite reads the views: what a reader sees of a few entries never costs a walk through all that it may see."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from sqlalchemy import Connection, Select, create_engine
from sqlalchemy.dialects import sqlite

from adapters.sql.audience import AudienceSnapshot
from adapters.sql.tables import METADATA
from adapters.sql.visible import visible_at
from services.cost import Cost
from services.views.kinds.placements import PLACEMENTS


@pytest.mark.parametrize("positions", [1, 100, 500])
def test_entries_at_positions_are_looked_up_one_by_one(positions: int) -> None:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    wanted = visible_at("oreader", range(positions))
    query = wanted.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]
    assert [step.split(" USING ")[0] for step in steps] == ["SEARCH entry", "SEARCH audience"]
    assert "organisation=? AND record=? AND position=?" in steps[1]


class Plans:
    """In place of a connection: notes how each statement would be executed, and finds nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.steps: list[str] = []

    def execute(self, wanted: Select[Any]) -> "Nothing":
        query = wanted.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
        self.steps += [row[3] for row in self._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]
        return Nothing()


class Nothing(list[Any]):
    def first(self) -> None:
        return None


@pytest.mark.parametrize(
    ("ask", "by"),
    [
        (lambda views: views.line("o", "case/1"), "board USING PRIMARY KEY (organisation=? AND record=?)"),
        (
            lambda views: views.board("o", before=9, limit=5, status="open"),
            "board USING INDEX board_by_last_act (organisation=? AND last_position<?)",
        ),
        (lambda views: views.lines("o", moved_after=4), "board USING PRIMARY KEY (organisation=?)"),
        (
            lambda views: views.lines("o", records=["case/1", "case/2"]),
            "board USING PRIMARY KEY (organisation=? AND record=?)",
        ),
        (lambda views: views.rows("o", PLACEMENTS), "placement USING PRIMARY KEY (organisation=?)"),
        (lambda views: views.of_record("o", "case/1"), "audience USING PRIMARY KEY (organisation=? AND record=?)"),
        (lambda views: views.news("o", ["case/1"], 5), "audience USING PRIMARY KEY (organisation=? AND record=?)"),
        (lambda views: views.agreements("o"), "audience USING PRIMARY KEY (organisation=? AND record=?)"),
        (lambda views: views.places("o"), "place USING INDEX place_by_agreement (agreement=?)"),
    ],
)
def test_each_list_is_looked_up_by_its_reader_and_nothing_is_walked_through(
    ask: Callable[[AudienceSnapshot], object], by: str
) -> None:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.connect() as connection:
        plans = Plans(connection)
        ask(AudienceSnapshot(cast("Connection", plans), Cost()))
    assert f"SEARCH {by}" in plans.steps
    assert not [step for step in plans.steps if step.startswith("SCAN")]
