"""What rules: every edition that the network office has published, and which is in force on a day."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from immutables import Map

from domain.entry import Entry
from domain.facts import dataclass, replace
from domain.history import History
from domain.publication import (
    CalendarPublished,
    DictionaryPublished,
    ListItem,
    Rule,
    RulebookPublished,
    SheetPublished,
    Timer,
)
from domain.refusal import Refused


@dataclass(frozen=True, slots=True)
class Ruled:
    """What an edition says of one rule from a day on; nothing, where it has dropped it."""

    since: date
    edition: int
    rule: Rule | None = None


@dataclass(frozen=True)  # no slots: what is asked of it again and again is kept
class Rulebook:
    """What is published, the latest edition of each under its name."""

    id: str
    history: History = History()
    editions: tuple[RulebookPublished, ...] = ()
    lists: Map[str, Map[str, ListItem]] = Map()
    classes: Map[str, frozenset[str]] = Map()
    calendars: Map[str, CalendarPublished] = Map()
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
            case CalendarPublished(calendar=name, edition=edition) as act:
                known = self.calendars.get(name)
                newer = known is None or known.edition <= edition
                return replace(rulebook, calendars=self.calendars.set(name, act)) if newer else rulebook
            case _:
                return rulebook

    def editions_of(self, id_: str) -> tuple[Ruled, ...]:
        """One rule through all editions, in the order in which they come into force."""
        editions = sorted(self.editions, key=lambda e: (e.in_force_from, e.edition))
        return tuple(
            Ruled(e.in_force_from, e.edition, next((r for r in e.rules if r.id == id_), None)) for e in editions
        )

    def chain_of(self, id_: str) -> tuple[tuple[Ruled, ...], ...]:
        """A rule and those that follow it, each through all editions."""
        return self._chains.get(id_, ())

    def rules(self, begins: str, fulfilled: str) -> list[str]:
        """The rules that begin with the one act and are fulfilled with the other, and follow no other rule."""
        found = (
            rule.id
            for rule, timer in self._timed
            if begins in timer.begins_with and fulfilled in timer.fulfilled_with and timer.follows is None
        )
        return list(dict.fromkeys(found))

    @cached_property
    def timed_by(self) -> frozenset[str]:
        """The types of act with which a timer of any edition begins or ends, or by which it is fulfilled."""
        return frozenset(t for _, r in self._timed for t in (*r.begins_with, *r.fulfilled_with, *r.ends_with))

    @cached_property
    def _timed(self) -> tuple[tuple[Rule, Timer], ...]:
        return tuple((rule, rule.timer) for edition in self.editions for rule in edition.rules if rule.timer)

    @cached_property
    def _chains(self) -> dict[str, tuple[tuple[Ruled, ...], ...]]:
        followed = {timer.follows: rule.id for rule, timer in self._timed if timer.follows}
        return {rule.id: self._chain(rule.id, followed) for rule, _ in self._timed}

    def _chain(self, id_: str, followed: dict[str, str]) -> tuple[tuple[Ruled, ...], ...]:
        ids = [id_]
        while (after := followed.get(ids[-1])) and after not in ids:
            ids.append(after)
        return tuple(self.editions_of(each) for each in ids)

    def rules_on(self, day: date) -> Mapping[str, tuple[Rule, int]]:
        """Each rule as in force on that day, with the edition that holds it."""
        if (known := self._on.get(day)) is None:
            edition = self.in_force(day)
            self._on[day] = known = self._by_edition[edition.edition] if edition else {}
        return known

    @cached_property
    def _on(self) -> dict[date, Mapping[str, tuple[Rule, int]]]:
        """What was asked for so far: few days, again and again."""
        return {}

    @cached_property
    def _by_edition(self) -> dict[int, dict[str, tuple[Rule, int]]]:
        return {e.edition: {r.id: (r, e.edition) for r in reversed(e.rules)} for e in self.editions}

    def in_force(self, day: date) -> RulebookPublished | None:
        """The edition that rules on the given day: the last of those in force by then."""
        return max(
            (e for e in self.editions if e.in_force_from <= day),
            key=lambda e: (e.in_force_from, e.edition),
            default=None,
        )
