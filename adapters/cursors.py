"""Where a list goes on: each list takes what an answer of it gave as `next`, in that form and in no other.

What is no cursor would otherwise come after all rows, and be answered with an empty list.
"""

from typing import Annotated, Any, Final

from pydantic import Field

_DAY: Final = r"\d{4}-\d{2}-\d{2}"
_DAY_OR_NONE: Final = rf"({_DAY}|9999)"
_RECORD: Final = r"[a-z]+/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ORGANISATION: Final = r"o[a-z2-7]{12}"
_ID: Final = r"[a-z0-9-]{1,128}"
_NUMBER: Final = r"\d{1,19}"
_TIME_OR_NONE: Final = r"[0-9T:.+Z-]{0,40}"


def _of(*parts: str) -> Any:
    """The parts of the key by which a list is in order, as it joins them."""
    return Annotated[str, Field(max_length=300, pattern=rf"^{' '.join(parts)}$")]


OF_DIRECTORY: Final = _of(_ORGANISATION)
OF_DUE: Final = _of(_DAY, _RECORD, _ID)
OF_PLACEMENTS: Final = _of(_DAY_OR_NONE, _RECORD, _ID)
OF_AGREEMENTS: Final = _of(_RECORD)
OF_TASKS: Final = _of(_DAY_OR_NONE, _RECORD, _ID)
OF_WAITING: Final = _of(_NUMBER, _ID)
OF_AGENDA: Final = _of(_DAY, _TIME_OR_NONE, _ID, _RECORD)
OF_NEWS: Final = _of(_NUMBER, _RECORD)
OF_CONTACTS: Final = _of(_DAY, _ORGANISATION, _ORGANISATION)
OF_IRREGULARITIES: Final = _of(rf"{_RECORD}( {_NUMBER} {_NUMBER})?")
