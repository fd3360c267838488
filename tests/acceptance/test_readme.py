"""What the README shows a partner works as it stands there."""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

from adapters.simulation.year import Wanted, tour
from tests.acceptance.conftest import Network

README = Path(__file__).parents[2] / "README.md"


def test_the_partners_program_runs_as_it_is_printed(network: Network, tmp_path: Path) -> None:
    block = re.search(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert block, "the README shows no program"
    program, creds = tmp_path / "partner.py", tmp_path / "centre.creds"
    program.write_text(block[1], "utf-8")
    creds.write_text(network.centre.creds, "utf-8")
    run = subprocess.run(
        [sys.executable, str(program), network.service.running.nats, str(creds), network.centre.id, network.coop.id],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    said = run.stdout.splitlines()
    assert said[0].startswith("recorded at ")
    assert "I see {'names': ['Persona Prova']" in said[1]
    assert "feed: referral-sent" in said


def test_the_partners_program_is_short() -> None:
    block = re.search(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert block
    statements = [line for line in block[1].splitlines() if line.strip()]
    assert len(statements) <= 20
    assert "raccordo" not in block[1]
    assert "adapters" not in block[1]


def test_the_tour_shows_a_case_of_the_sample() -> None:
    first = tour(Wanted(cases=60, begins=date(2025, 11, 22)))
    assert f"raccordo case {first} " in README.read_text("utf-8")
