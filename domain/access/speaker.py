"""Decides if an organisation may speak and read: the same for acts, questions, dropped acts and the feed."""

from typing import Protocol

from domain.refusal import Unrecognised


class Speaker(Protocol):
    """An organisation, as the record or a view of it knows it."""

    @property
    def suspended(self) -> bool | int: ...


def may_speak(known: Speaker | None) -> bool:
    """False if the organisation is not on the record, or is suspended."""
    return known is not None and not known.suspended


def check_speaks(organisation: str, known: Speaker | None) -> None:
    """Refuse one that may not speak. `known` is what the record says of it, None if it says nothing."""
    if known is None:
        raise Unrecognised("organisation.unknown", organisation=organisation)
    if not may_speak(known):
        raise Unrecognised("organisation.suspended")
