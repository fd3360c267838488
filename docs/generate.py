"""Writes the documents that are made from the code, or with `--check` says which of them are out of date.

Another document is one more line in `DOCUMENTS`: its path below `docs/`, and the function that makes its text.
"""

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from adapters.asyncapi import asyncapi
from adapters.schemas.act import act_schema
from adapters.schemas.answer import answer_schema
from adapters.web.app import openapi
from docs.acts import acts
from docs.states import states
from domain.catalogue import ACTS

HERE = Path(__file__).parent

MADE = ("schemas",)
"""Folders in which nothing else stands: a document there that nothing makes is out of date."""


def as_json(make: Callable[[], Any]) -> str:
    return json.dumps(make(), indent=2, ensure_ascii=False) + "\n"


DOCUMENTS: list[tuple[str, Callable[[], str]]] = [
    *((f"schemas/{type_}.json", partial(as_json, partial(act_schema, type_))) for type_ in ACTS),
    ("schemas/answer.json", partial(as_json, answer_schema)),
    ("asyncapi.json", partial(as_json, asyncapi)),
    ("openapi.json", partial(as_json, openapi)),
    ("acts.md", acts),
    ("states.md", states),
]


def stale(folder: Path = HERE) -> list[str]:
    """The documents that are missing, differ from what the code makes, or are made by nothing."""
    wrong = [path for path, make in DOCUMENTS if _read(folder / path) != make()]
    known = {path for path, _ in DOCUMENTS}
    found = {str(f.relative_to(folder)) for name in MADE for f in (folder / name).rglob("*") if f.is_file()}
    return wrong + sorted(found - known)


def write(folder: Path = HERE) -> list[str]:
    """Write what is out of date; return which."""
    wrong = stale(folder)
    made = dict(DOCUMENTS)
    for path in wrong:
        file = folder / path
        if path in made:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(made[path](), "utf-8")
        else:
            file.unlink()
    return wrong


def _read(file: Path) -> str | None:
    return file.read_text("utf-8") if file.exists() else None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which are out of date; exit 1 if any is")
    if not parser.parse_args().check:
        for path in write():
            print(f"docs/{path}")
        return 0
    for path in (wrong := stale()):
        print(f"docs/{path} is out of date: make docs", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
