"""How a state is said in words."""

from collections.abc import Mapping
from typing import Any


def stands(each: Mapping[str, Any]) -> str:
    """Its state; that one account alone has told it for both sides; that who had to do it has left."""
    said = [str(each["state"])]
    if each.get("on_one_sides_word"):
        said.append("on one side's word")
    if each.get("to_reassign"):
        said.append("to reassign")
    return ", ".join(said)
