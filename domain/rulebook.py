"""What the network office publishes: rules as data, sheets, lists of codes, calendars."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, ClassVar, Literal

from immutables import Map
from pydantic import BaseModel, ConfigDict, Field

from domain.entry import Act, Entry, Kind, Label, Token, Version
from domain.history import History
from domain.refusal import Refused


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class RulebookAct(Act):
    """Something published for the whole network."""

    kind: ClassVar[Kind] = "rulebook"


class Rule(_Part):
    """A rule of practice or law: what it says, its number where it has one, and where it comes from."""

    id: Token
    text: Label
    number: int | None = None
    unit: Token | None = None
    source: Label


class RulebookPublished(RulebookAct):
    type: Literal["rulebook-published"] = "rulebook-published"
    edition: Version
    in_force_from: date
    rules: Annotated[tuple[Rule, ...], Field(max_length=500)]


class SheetItem(_Part):
    code: Token
    text: Label
    scale: Token | None = None


class SheetPublished(RulebookAct):
    type: Literal["sheet-published"] = "sheet-published"
    sheet: Token
    edition: Version
    title: Label
    source: Label = ""
    items: Annotated[tuple[SheetItem, ...], Field(max_length=500)]


class ListItem(_Part):
    """`item_class` is neutral and stands in clear; `category` says with what a code of it is sealed."""

    code: Token
    item_class: Token
    category: Token | None = None
    label: Label
    world: Token | None = None


class CodeList(_Part):
    name: Token
    items: Annotated[tuple[ListItem, ...], Field(max_length=5000)]


class DictionaryPublished(RulebookAct):
    type: Literal["dictionary-published"] = "dictionary-published"
    edition: Version
    title: Label
    source: Label = ""
    lists: Annotated[tuple[CodeList, ...], Field(max_length=200)]


class Holiday(_Part):
    day: date
    label: Label


class CalendarPublished(RulebookAct):
    type: Literal["calendar-published"] = "calendar-published"
    calendar: Token
    edition: Version
    source: Label = ""
    holidays: Annotated[tuple[Holiday, ...], Field(max_length=2000)]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What is published, the latest edition of each under its name."""

    id: str
    history: History = History()
    editions: tuple[RulebookPublished, ...] = ()
    lists: Map[str, Map[str, ListItem]] = Map()
    classes: Map[str, frozenset[str]] = Map()
    sheets: Map[str, Map[int, frozenset[str]]] = Map()
    """Sheet → edition → codes of its items."""

    @property
    def version(self) -> int:
        return self.history.version

    def check(self, entry: Entry, *, office: str | None) -> None:
        if entry.organisation != office:
            raise Refused("network.not-the-office")
        match entry.act:
            case RulebookPublished(edition=edition) if any(e.edition >= edition for e in self.editions):
                raise Refused("rulebook.edition-not-newer", edition=edition)
            case _:
                pass

    def after(self, entry: Entry) -> "Rulebook":
        rulebook = replace(self, history=self.history.after(entry))
        match entry.act:
            case RulebookPublished() as act:
                return replace(rulebook, editions=(*self.editions, act))
            case SheetPublished(sheet=sheet, edition=edition, items=items):
                editions = self.sheets.get(sheet, Map()).set(edition, frozenset(i.code for i in items))
                return replace(rulebook, sheets=self.sheets.set(sheet, editions))
            case DictionaryPublished(lists=lists):
                return replace(
                    rulebook,
                    lists=self.lists.update({a.name: Map({i.code: i for i in a.items}) for a in lists}),
                    classes=self.classes.update({a.name: frozenset(i.item_class for i in a.items) for a in lists}),
                )
            case _:
                return rulebook

    def in_force(self, day: date) -> RulebookPublished | None:
        """The edition that rules on the given day: the last of those in force by then."""
        return max(
            (e for e in self.editions if e.in_force_from <= day),
            key=lambda e: (e.in_force_from, e.edition),
            default=None,
        )
