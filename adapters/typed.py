"""Paths as they are typed at a shell."""

import shlex
from pathlib import Path


def typed(path: Path) -> str:
    """Quoted where it has to be: a name may hold a blank."""
    return shlex.quote(str(path))
