"""The message server's memory: a quarter of what there is, never less than it needs to begin with."""

import os
from pathlib import Path

import pytest

from adapters.nats.memory import GIB, memory_limit, memory_rules

MACHINE = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


@pytest.mark.parametrize(
    ("told", "limit"),
    [
        ("max\n", max(GIB, MACHINE // 4)),
        ("", max(GIB, MACHINE // 4)),
        (str(2 * GIB), GIB),
        (str(2**60), max(GIB, MACHINE // 4)),
    ],
)
def test_it_is_a_quarter_of_what_machine_or_container_have(tmp_path: Path, told: str, limit: int) -> None:
    (tmp_path / "memory.max").write_text(told)
    assert memory_limit(tmp_path / "memory.max") == limit


def test_where_no_container_is_told_of_it_is_the_machine(tmp_path: Path) -> None:
    assert memory_limit(tmp_path / "none") == max(GIB, MACHINE // 4)


def test_both_rules_are_the_servers_where_nothing_else_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOGC", raising=False)
    monkeypatch.delenv("GOMEMLIMIT", raising=False)
    assert memory_rules() == {"GOGC": "200", "GOMEMLIMIT": str(memory_limit())}


def test_what_our_own_environment_says_goes_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOGC", "50")
    monkeypatch.setenv("GOMEMLIMIT", "3GiB")
    assert memory_rules() == {"GOGC": "50", "GOMEMLIMIT": "3GiB"}
