"""Entries, boards and referrals are read through one module, which begins with the reader's own rows."""

import ast
from pathlib import Path

import pytest

ADAPTERS = Path(__file__).parents[2] / "adapters"
GUARDED = {"ENTRY", "AUDIENCE", "BOARD", "CASELOAD", "REFERRAL", "PLACE"}
THE_WAY = [ADAPTERS / "sql" / name for name in ("audience.py", "caseload.py", "visible.py")]
WRITING = ADAPTERS / "sql" / "writing.py"
TABLES = ADAPTERS / "sql" / "tables.py"


def names(path: Path) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("path", sorted(ADAPTERS.rglob("*.py")), ids=lambda p: str(p.relative_to(ADAPTERS)))
def test_nothing_else_reads_what_cases_hold(path: Path) -> None:
    source = path.read_text("utf-8")
    if path not in (*THE_WAY, WRITING, TABLES):
        assert not GUARDED & names(path)
        assert "METADATA.tables" not in source
    if path == WRITING:
        assert "select" not in source.lower()


def test_every_statement_of_it_begins_with_the_reader() -> None:
    reading = [
        f
        for path in THE_WAY
        for f in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(f, ast.FunctionDef) and GUARDED & {n.id for n in ast.walk(f) if isinstance(n, ast.Name)}
    ]
    without = {f.name for f in reading if "reader" not in {a.arg for a in f.args.args}}
    # One is for the views alone: it is compared with the record and shown to nobody. The other is half a condition.
    assert without == {"entry_at", "_agreements"}
