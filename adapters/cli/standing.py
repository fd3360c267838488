"""How a state is said in words."""

from collections.abc import Mapping
from typing import Any


def stands(each: Mapping[str, Any]) -> str:
    """Its state, and whether one account alone has told it for both sides."""
    return f"{each['state']}, on one side's word" if each.get("on_one_sides_word") else str(each["state"])
