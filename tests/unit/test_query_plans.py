"""How SQLite reads the views: what a reader sees of a few entries never costs a walk through all that it may see."""

import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects import sqlite

from adapters.sql.tables import METADATA
from adapters.sql.visible import visible_at


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
