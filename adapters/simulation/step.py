"""One act of the simulated network: when it is told, by whom, and as it is sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

KINDS = ("case", "organisation", "agreement")


@dataclass(frozen=True, slots=True)
class Step:
    """Organisations stand in it by their short names; `at` is what the clock of the service must show."""

    at: datetime
    organisation: str
    act: Mapping[str, Any]

    @property
    def type(self) -> str:
        return str(self.act["type"])

    @property
    def record(self) -> str:
        """The record it is told on: what is told of a case may name an organisation or an agreement, too."""
        kind = next(kind for kind in KINDS if kind in self.act)
        return f"{kind}/{self.act[kind]}"

    @property
    def line(self) -> str:
        told = {"at": self.at.isoformat(), "organisation": self.organisation, "act": self.act}
        return json.dumps(told, ensure_ascii=False)

    def addressed(self, ids: Mapping[str, str]) -> dict[str, Any]:
        """The act with the organisations' ids in place of their short names."""
        return {name: _addressed(value, ids) for name, value in self.act.items()}


def _addressed(value: Any, ids: Mapping[str, str]) -> Any:
    # A short name stands where an organisation is named and nowhere else: no code and no text is like it.
    match value:
        case str():
            return ids.get(value, value)
        case list():
            return [_addressed(each, ids) for each in value]
        case dict():
            return {name: _addressed(each, ids) for name, each in value.items()}
        case _:
            return value
