"""Whether a data folder is where it was last used: a copy never is, the same folder by another way in always is."""

import shutil
from pathlib import Path

import pytest

from adapters.nats.place import Place


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


def test_a_folder_is_where_it_was(root: Path) -> None:
    assert Place.of(root).same_as(Place.of(root))


def test_a_copy_is_elsewhere(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "copy")
    assert not Place.of(tmp_path / "copy").same_as(Place.of(root))


def test_a_copy_put_where_the_original_was_is_elsewhere(root: Path, tmp_path: Path) -> None:
    before = Place.of(root)
    shutil.copytree(root, tmp_path / "copy")
    root.rename(tmp_path / "kept")
    (tmp_path / "copy").rename(root)
    assert Place.of(root).path == before.path
    assert not Place.of(root).same_as(before)


def test_a_folder_that_was_moved_is_elsewhere(root: Path, tmp_path: Path) -> None:
    before = Place.of(root)
    root.rename(tmp_path / "moved")
    assert not Place.of(tmp_path / "moved").same_as(before)


def test_another_way_to_the_same_folder_is_the_same_place(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    assert Place.of(tmp_path / "link").same_as(Place.of(root))
    assert Place.of(root).same_as(Place.of(tmp_path / "link"))


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"machine": "another"}, False),
        ({"inode": 1}, False),
        ({"device": 1}, False),
        ({"device": 1, "boot": "an earlier one"}, True),  # devices are counted anew
        ({"boot": "an earlier one"}, True),
        ({"path": "/where/there/is/none"}, False),
        ({"machine": "another", "inode": 1, "boot": "another"}, False),
    ],
)
def test_what_a_place_is_told_from(root: Path, changed: dict[str, object], same: bool) -> None:
    here = Place.of(root)
    assert here.same_as(here.model_copy(update=changed)) is same


@pytest.mark.parametrize(
    ("now", "before", "same"),
    [("volume-1", "volume-1", True), ("volume-1", "volume-2", False), ("volume-1", None, False), (None, "v", False)],
)
def test_a_name_for_the_place_stands_for_all_the_rest(
    root: Path, monkeypatch: pytest.MonkeyPatch, now: str | None, before: str | None, same: bool
) -> None:
    if now:
        monkeypatch.setenv("RACCORDO_PLACE", now)
    elsewhere = {"named": before, "machine": "another", "inode": 1, "path": "/data"}
    assert Place.of(root).same_as(Place.of(root).model_copy(update=elsewhere)) is same


def test_a_folder_that_gets_a_name_where_it_is_stays_the_same(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Place.of(root)
    monkeypatch.setenv("RACCORDO_PLACE", "volume-1")
    assert Place.of(root).same_as(before)
    assert before.same_as(Place.of(root))
