"""How a rule says no: a stable code for the machine, and the facts of which the edge makes a sentence."""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, Final

MOST_FAULTS: Final = 50
"""Faults that one refusal lists; of the others it says how many they are."""


class Meaning(StrEnum):
    """What a refusal means to whoever gets it; a door chooses its status by this and by nothing else."""

    FORBIDDEN = "forbidden"
    """A rule forbids it, as the record stands."""
    HIDDEN = "hidden"
    """The asker sees no such thing: it gets the same answer, after the same time, if the thing exists."""
    UNRECOGNISED = "unrecognised"
    """The one who speaks is unknown or may not speak."""
    UNREADABLE = "unreadable"
    """The message has not the form that it should have."""
    TOO_SLOW = "too-slow"
    """The message did not come in time."""


class Refused(Exception):
    """The record cannot take it. Expected, never logged as an error."""

    means: ClassVar[Meaning] = Meaning.FORBIDDEN
    fields: tuple[tuple[str, str], ...] = ()
    """The faults that have a place in the message: the path of the field and a code."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Misnamed(Refused):
    """A well-formed message names what cannot be: each fault with the path of its field and a code."""

    def __init__(self, code: str, fields: Sequence[tuple[str, str]], **facts: object) -> None:
        super().__init__(code, **facts)
        self.fields = tuple(fields)


class Hidden(Refused):
    """For the asker there is no such thing, whether it exists or not."""

    means = Meaning.HIDDEN


class Unrecognised(Refused):
    """Nobody the record knows is speaking, or one that may not speak."""

    means = Meaning.UNRECOGNISED


class TooSlow(Refused):
    """The message did not come to its end in time."""

    means = Meaning.TOO_SLOW


class Malformed(Refused):
    """It has not the form of an act: each fault with the path of its field and a code.

    `more` counts the faults beyond those that are given; beyond `MOST_FAULTS` they are counted, too.
    """

    means = Meaning.UNREADABLE

    def __init__(self, code: str, fields: Sequence[tuple[str, str]] = (), *, more: int = 0, **facts: object) -> None:
        super().__init__(code, **facts)
        self.fields = tuple(fields[:MOST_FAULTS])
        self.more = more + len(fields) - len(self.fields)
