"""What a process of partners is told to do, with what came of it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from adapters.bench.process import asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """On so many cases from number `first`, each as far as `length`, beginning after its first `begun` acts."""

    do: Literal["load", "one-by-one", "paced", "drop", "raw", "batches", "ask", "hostile"]
    url: str
    creds: Sequence[str]
    organisations: Sequence[str] = ()
    first: int = 0
    cases: int = 1
    length: int = 20
    begun: int = 0
    at_once: int = 64
    rate: float = 200
    acts: int = 0
    query: str = ""


@dataclass(slots=True)
class Done:
    """`took` in seconds, each of `times` in seconds too; `position` is the highest that was answered."""

    acts: int = 0
    took: float = 0
    cpu: float = 0
    position: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)


def told(task: Task, *, profile: Path | None = None) -> Done:
    """Give the task to a client and wait for what comes of it."""
    return Done(**json.loads(asked(["adapters.bench.client"], json.dumps(asdict(task)), profile=profile)))
