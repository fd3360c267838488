"""How a rule says no: a stable code for the machine, and the facts of which the edge makes a sentence."""

from collections.abc import Sequence
from typing import Final

MOST_FAULTS: Final = 50
"""Faults that one refusal lists; of the others it says how many they are."""


class Refused(Exception):
    """The record cannot take it. Expected, never logged as an error."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Malformed(Refused):
    """It has not the form of an act: each fault with the path of its field and a code.

    `more` counts the faults beyond those that are given; beyond `MOST_FAULTS` they are counted, too.
    """

    def __init__(self, code: str, fields: Sequence[tuple[str, str]] = (), *, more: int = 0, **facts: object) -> None:
        super().__init__(code, **facts)
        self.fields = tuple(fields[:MOST_FAULTS])
        self.more = more + len(fields) - len(self.fields)
