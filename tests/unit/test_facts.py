"""A frozen dataclass that is quick to make is made, copied, compared and hashed as the library's."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import domain
from domain.case.path import Path
from domain.case.team import Stay
from domain.facts import dataclass, replace
from tests.examples import NOON
from tests.unit.given import story


def _facts() -> Iterator[type[Any]]:
    for found in pkgutil.walk_packages(domain.__path__, "domain."):
        module = importlib.import_module(found.name)
        yield from (c for c in vars(module).values() if isinstance(c, type) and dataclasses.is_dataclass(c))


@pytest.mark.parametrize("cls", sorted(set(_facts()), key=str))
def test_all_that_a_copy_needs_is_set_when_it_is_made(cls: type[Any]) -> None:
    assert all(field.init for field in dataclasses.fields(cls))
    assert not hasattr(cls, "__post_init__")


def test_a_copy_is_what_the_librarys_would_be() -> None:
    for entry in story():
        copied = replace(entry, position=entry.position + 1, only_for=("o",))
        assert copied == dataclasses.replace(entry, position=entry.position + 1, only_for=("o",))
        assert copied != entry
        assert copied.act is entry.act


def test_a_field_that_there_is_not_is_refused() -> None:
    with pytest.raises(AttributeError):
        replace(Path(), contacts=NOON)  # type: ignore[call-arg]


def test_what_is_equal_has_the_same_hash() -> None:
    first, second = Stay(next(iter(story())).occurred, 1), Stay(next(iter(story())).occurred, 1)
    assert (first, hash(first)) == (second, hash(second))
    assert first != replace(second, joined=2)


def test_what_is_kept_beside_the_fields_is_not_copied() -> None:
    @dataclass(frozen=True)
    class Counted:
        number: int

    counted = Counted(1)
    object.__setattr__(counted, "seen", True)
    assert not hasattr(replace(counted, number=2), "seen")
