"""`docs/extending.md` says all that a new act needs: followed to the letter in a copy, the checks pass."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("adapters", "deploy", "docs", "domain", "services", "tests", "pyproject.toml")
CHECKS = [f"tests/unit/test_{name}.py" for name in ("access", "catalogue", "story", "golden", "mapper")]


def blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "extending.md").read_text("utf-8"), re.DOTALL)


def test_an_act_is_added_as_the_page_says(tmp_path: Path) -> None:
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
        copy(ROOT / part, tmp_path / part)
    act, example = blocks()
    put(tmp_path / "domain/case/contact.py", "class ContactMade(ForReferral):", f"{act}\n\n")
    put(tmp_path / "domain/catalogue.py", "    contact.ContactMade,\n", "    contact.TutorVisitMade,\n")
    put(tmp_path / "domain/access/table.py", "        person.CaseOpened,\n", "        contact.TutorVisitMade,\n")
    put(tmp_path / "tests/examples.py", "\n)\n\n_CLOSED =", f"\n    {example.rstrip()}")
    run(tmp_path, "-m", "docs.generate")
    assert "tutor-visit-made" in (tmp_path / "docs/acts.md").read_text("utf-8")
    run(tmp_path, "-m", "tests.golden.grow")
    run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", *CHECKS)


def put(file: Path, before: str, what: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(before) == 1
    file.write_text(text.replace(before, what + before), "utf-8")


def run(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, *arguments]
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
