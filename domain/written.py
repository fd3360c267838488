"""What a person has written: which characters the door takes in a text, a line and a name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from domain.characters import LINE, NAME, TEXT, is_blank, is_line, is_text

Form = Literal["text", "line", "name"]


@dataclass(frozen=True)
class Written:
    """Marks text of people; checked at the door alone, for what is stored is read as it is."""

    form: Form

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(_CHECKS[self.form], handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "pattern": _PATTERNS[self.form]}


def text(value: str) -> str:
    if is_text(value):
        return value
    raise PydanticCustomError("hidden_character", "There is a character that is not seen")


def line(value: str) -> str:
    if is_line(value):
        return value
    raise PydanticCustomError("hidden_character", "There is a character that is not seen")


def name(value: str) -> str:
    if is_blank(value):
        raise PydanticCustomError("blank", "A name is asked for, not only spaces")
    return line(value)


_CHECKS: Final[Mapping[Form, Callable[[str], str]]] = {"text": text, "line": line, "name": name}
_PATTERNS: Final[Mapping[Form, str]] = {"text": TEXT, "line": LINE, "name": NAME}
