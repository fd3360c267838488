"""The store of keys, in a file and in PostgreSQL."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from adapters.keys import SqlKeyStore, open_key_store
from domain.entry import SealedPart
from services.keyring import Key, Keyring, Owner, seal

OWNER = Owner("case/018f0000-0000-7000-8000-000000000001", "oemploycentre", "health")
OTHER = Owner("case/018f0000-0000-7000-8000-000000000002", "oemploycentre", "health")
KEY = Key("0123456789abcdef", b"k" * 32)


@pytest.fixture
def store(tmp_path: Path, database: str | None) -> Iterator[SqlKeyStore]:
    opened = open_key_store(tmp_path, database)
    yield opened
    opened.close()


def test_a_key_is_found_by_owner_and_by_id(store: SqlKeyStore) -> None:
    store.put({OWNER: KEY})
    assert store.find([OWNER, OTHER]) == {OWNER: KEY}
    assert store.by_id([KEY.id, "none"]) == {KEY.id: KEY}
    assert store.find([]) == {}


def test_the_first_key_of_an_owner_stays(store: SqlKeyStore) -> None:
    store.put({OWNER: KEY})
    store.put({OWNER: Key("another", b"o" * 32), OTHER: Key("third", b"t" * 32)})
    assert store.find([OWNER, OTHER]) == {OWNER: KEY, OTHER: Key("third", b"t" * 32)}


def test_thousands_are_found_at_once(store: SqlKeyStore) -> None:
    keys = {Owner(f"case/{n}", "oemploycentre", "work"): Key(f"key-{n}", n.to_bytes(32, "big")) for n in range(1200)}
    store.put(keys)
    assert store.find(list(keys)) == keys
    assert len(store.by_id([key.id for key in keys.values()])) == 1200


def test_it_is_there_for_the_next_start(tmp_path: Path, database: str | None, store: SqlKeyStore) -> None:
    store.put({OWNER: KEY})
    again = open_key_store(tmp_path, database)
    assert again.find([OWNER]) == {OWNER: KEY}
    again.close()


def test_many_who_make_the_same_key_agree_on_one(tmp_path: Path, database: str | None, store: SqlKeyStore) -> None:
    rings = [Keyring(open_key_store(tmp_path, database)) for _ in range(4)]
    made: list[dict[Owner, Key]] = []
    threads = [threading.Thread(target=lambda ring=ring: made.append(ring.keys([OWNER, OTHER]))) for ring in rings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [made[0]] * 4
    assert store.find([OWNER, OTHER]) == made[0]
    for ring in rings:
        ring._store.close()  # type: ignore[attr-defined]


def test_what_was_sealed_under_a_destroyed_key_is_erased(store: SqlKeyStore) -> None:
    store.put({OWNER: KEY, OTHER: Key("other", b"o" * 32)})
    part: SealedPart = seal("case/1/1", "health", {"note": "example"}, KEY)
    assert Keyring(store).opened([("case/1/1", part)]) == [{"note": "example"}]
    store.destroy([KEY.id])
    assert Keyring(store).opened([("case/1/1", part)]) == [None]
    assert store.find([OWNER, OTHER]).keys() == {OTHER}


def test_no_key_and_no_owner_stands_in_any_file(tmp_path: Path) -> None:
    store = open_key_store(tmp_path)
    store.put({OWNER: KEY})
    whole = b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
    assert KEY.id.encode() in whole
    for secret in (KEY.secret, KEY.secret.hex().encode(), OWNER.subject.encode(), b"oemploycentre", b"health"):
        assert secret not in whole
    store.destroy([KEY.id])
    assert not any(KEY.id.encode() in f.read_bytes() for f in (tmp_path / "keys").iterdir())
    store.close()
    assert {f.name for f in (tmp_path / "keys").iterdir()} == {"keys.sqlite3", "wrapping.key", "naming.key"}


def test_many_may_open_it_at_once(tmp_path: Path) -> None:
    held = open_key_store(tmp_path)
    script = (
        "import sys; from pathlib import Path; from adapters.keys import open_key_store\n"
        "from services.keyring import Key, Owner\n"
        "for n in range(30):\n"
        "    store = open_key_store(Path(sys.argv[1]))\n"
        "    id_ = f'{sys.argv[2]}-{n}'\n"
        "    store.put({Owner(id_, 'o', 'work'): Key(id_, b'k' * 32)})\n"
    )
    opening = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), str(n)]) for n in range(4)]
    assert [process.wait(60) for process in opening] == [0] * 4
    held.close()


def test_many_may_make_it_at_once(tmp_path: Path) -> None:
    """As the parts of a service do that are started together on a new folder."""

    def made(folder: Path, together: threading.Barrier, number: int) -> Key:
        together.wait()
        with closing(open_key_store(folder)) as store:
            return store.put({OWNER: Key(f"key-{number}", b"k" * 32)})[OWNER]

    with ThreadPoolExecutor(8) as threads:
        for n in range(40):
            together = threading.Barrier(8)
            (folder := tmp_path / str(n)).mkdir()
            making = [threads.submit(made, folder, together, number) for number in range(8)]
            assert len({each.result() for each in making}) == 1


def test_what_a_killed_process_left_of_a_destroyed_key_goes_when_the_store_is_opened(tmp_path: Path) -> None:
    store = open_key_store(tmp_path)
    store.put({OWNER: KEY})
    script = (
        "import os, sys; from pathlib import Path; from adapters import keys\n"
        "store = keys.open_key_store(Path(sys.argv[1]))\n"
        "store._empty_log = lambda: os._exit(9)\n"
        "store.destroy([sys.argv[2]])"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path), KEY.id], check=False)
    assert killed.returncode == 9
    assert store.find([OWNER]) == {}
    assert any(KEY.id.encode() in f.read_bytes() for f in (tmp_path / "keys").iterdir())
    open_key_store(tmp_path).close()
    assert not any(KEY.id.encode() in f.read_bytes() for f in (tmp_path / "keys").iterdir())
    store.close()


def test_only_the_service_may_read_the_wrapping_key_and_another_does_not_open(tmp_path: Path) -> None:
    store = open_key_store(tmp_path)
    store.put({OWNER: KEY})
    store.close()
    wrapping = tmp_path / "keys" / "wrapping.key"
    assert wrapping.stat().st_mode & 0o777 == 0o600
    wrapping.write_text("00" * 32, "utf-8")
    store = open_key_store(tmp_path)
    with pytest.raises(InvalidTag):
        store.by_id([KEY.id])
    store.close()
