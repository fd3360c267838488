"""Entries, boards and referrals are read through one module, which begins with the reader's own rows."""

import ast
from pathlib import Path

import pytest

ADAPTERS = Path(__file__).parents[2] / "adapters"
GUARDED = {"ENTRY", "AUDIENCE", "BOARD", "REFERRAL"}
THE_WAY = ADAPTERS / "sql" / "audience.py"
WRITING = ADAPTERS / "sql" / "writing.py"
TABLES = ADAPTERS / "sql" / "tables.py"
NAMES = ('"entry"', '"audience"', '"board"', '"referral"', "FROM entry", "FROM audience", "FROM board", "FROM referral")


def names(path: Path) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("path", sorted(ADAPTERS.rglob("*.py")), ids=lambda p: str(p.relative_to(ADAPTERS)))
def test_nothing_else_reads_what_cases_hold(path: Path) -> None:
    source = path.read_text("utf-8")
    if path not in (THE_WAY, WRITING, TABLES):
        assert not GUARDED & names(path)
        assert "METADATA.tables" not in source
    if path == WRITING:
        assert "select" not in source.lower()


def test_every_statement_of_it_begins_with_the_reader() -> None:
    tree = ast.parse(THE_WAY.read_text("utf-8"))
    reading = [
        f
        for f in ast.walk(tree)
        if isinstance(f, ast.FunctionDef) and GUARDED & {n.id for n in ast.walk(f) if isinstance(n, ast.Name)}
    ]
    without = {f.name for f in reading if "reader" not in {a.arg for a in f.args.args}}
    assert without == {"entry_at"}  # for the views alone: it is compared with the record and shown to nobody
