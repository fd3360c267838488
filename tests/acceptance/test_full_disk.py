"""A small disk that is full, for real: each is tried on a file system in memory, which only its processes see."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TRIED = Path(__file__).parent / "on_a_small_disk.py"
ON_IT = 'mount -t tmpfs -o size=200m none "$SMALL_DISK" && exec "$@"'


def on_a_small_disk(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    namespace = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", ON_IT, "sh", *command]
    environment = {**os.environ, "SMALL_DISK": str(folder)}
    return subprocess.run(namespace, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize("tried", re.findall(r"^async def (test_\w+)", TRIED.read_text(), re.MULTILINE))
def test_on_a_small_disk(tried: str, tmp_path: Path) -> None:
    try:
        possible = on_a_small_disk(tmp_path, "true")
    except FileNotFoundError:
        pytest.skip("there is no unshare here: a small disk cannot be made")
    if possible.returncode != 0:
        pytest.skip(f"a small disk cannot be made here: {possible.stderr.strip()}")
    done = on_a_small_disk(tmp_path, sys.executable, "-m", "pytest", f"{TRIED}::{tried}", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-1000:]
