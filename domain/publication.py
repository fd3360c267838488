"""What the network office publishes: rules as data, sheets, lists of codes, calendars."""

from datetime import date
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.entry import Act, Effect, Label, Part, Token, Version
from domain.record_id import Kind


class RulebookAct(Act):
    """Something published for the whole network."""

    kind: ClassVar[Kind] = Kind.RULEBOOK


Counts = Literal["calendar-days", "working-days", "calendar-months"]
Rolls = Literal["none", "holiday", "holiday-and-closure"]
Codes = Annotated[tuple[Token, ...], Field(max_length=50)]
Days = Annotated[int, Field(ge=0, le=3660)]
Weekday = Annotated[int, Field(ge=1, le=7)]


class Timer(Part):
    """When what a rule asks for falls due; the rule's `number` says how many days or months.

    The window is open from `earliest` days before the due date (where it is not said: at once) to `latest` days after.
    Counted from the `meeting-before`: from the day on which it was held, or was due if it was missed; from the `start`:
    in one rhythm whatever was held. `follows` names the rule whose meeting is the one before the first.
    No `channels` means every one.
    """

    counts: Counts = "calendar-days"
    earliest: Days | None = None
    latest: Days = 0
    anchor: Literal["start", "meeting-before"] = "start"
    follows: Token | None = None
    repeats: bool = False
    rolls: Rolls = "none"
    calendar: Token | None = None
    on_suspension: Literal["freeze", "restart", "none"] = "none"
    begins_with: Codes = ()
    fulfilled_with: Codes = ()
    ends_with: Codes = ()
    merges_with: Codes = ()
    convenes: Token | None = None
    needed: Codes = ()
    touches_open: bool = False
    channels: Codes = ()


class Rule(Part):
    """A rule of practice or law: what it says, its number where it has one, and where it comes from."""

    id: Token
    text: Label
    number: int | None = None
    unit: Token | None = None
    source: Label
    timer: Timer | None = None


class RulebookPublished(RulebookAct):
    effect: ClassVar[Effect] = "authority"
    type: Literal["rulebook-published"] = "rulebook-published"
    edition: Version
    in_force_from: date
    rules: Annotated[tuple[Rule, ...], Field(max_length=500)]


class SheetItem(Part):
    code: Token
    text: Label
    scale: Token | None = None


class SheetPublished(RulebookAct):
    effect: ClassVar[Effect] = "authority"
    type: Literal["sheet-published"] = "sheet-published"
    sheet: Token
    edition: Version
    title: Label
    source: Label = ""
    items: Annotated[tuple[SheetItem, ...], Field(max_length=500)]


Sharing = Literal["yes", "by-consent", "no"]


class ListItem(Part):
    """`item_class` is neutral and stands in clear; `category` says with what a code of it is sealed.

    `possible_duplicates` is for kinds of organisations: whether they open cases, and so take part in finding persons
    whom two of them know. An edition that does not say it is read by class and category (`domain/duplicates.py`).
    """

    code: Token
    item_class: Token
    category: Token | None = None
    label: Label
    world: Token | None = None
    possible_duplicates: Sharing | None = None


class CodeList(Part):
    name: Token
    items: Annotated[tuple[ListItem, ...], Field(max_length=5000)]


class DictionaryPublished(RulebookAct):
    effect: ClassVar[Effect] = "authority"
    type: Literal["dictionary-published"] = "dictionary-published"
    edition: Version
    title: Label
    source: Label = ""
    lists: Annotated[tuple[CodeList, ...], Field(max_length=200)]


class Holiday(Part):
    """Of the whole country, or of one `place` only: a patron saint's day."""

    day: date
    label: Label
    place: Token | None = None


class CalendarPublished(RulebookAct):
    effect: ClassVar[Effect] = "authority"
    type: Literal["calendar-published"] = "calendar-published"
    calendar: Token
    edition: Version
    source: Label = ""
    holidays: Annotated[tuple[Holiday, ...], Field(max_length=2000)]
    rest_days: Annotated[tuple[Weekday, ...], Field(max_length=6)] = (7,)
    working_week: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] = (1, 2, 3, 4, 5)

    def holidays_in(self, place: str | None) -> frozenset[date]:
        """Those of the whole country, and of that place."""
        return self._by_place.get(place, self._by_place[None])

    @cached_property
    def _by_place(self) -> dict[str | None, frozenset[date]]:
        everywhere = frozenset(h.day for h in self.holidays if h.place is None)
        places = {h.place for h in self.holidays if h.place}
        return {p: everywhere | {h.day for h in self.holidays if h.place == p} for p in (None, *places)}
