"""The network as a decision on a case needs to know it: organisations, rules and lists up to a position."""

from datetime import date
from typing import assert_never

from immutables import Map

from domain.access.speaker import check_speaks, may_speak
from domain.agreement import Agreement
from domain.calendar import Calendar, calendar
from domain.case.assessment import ObservationRecorded
from domain.entry import Act, Entry, FromList
from domain.facts import dataclass, replace
from domain.finding import acts_in, found
from domain.naming import agreement_named, organisations_named, places_of_organisations
from domain.organisation import ClosureDeclared, Organisation
from domain.publication import Rule
from domain.record_id import Kind, id_of
from domain.refusal import Hidden, Malformed, Misnamed, Refused
from domain.rulebook import Rulebook

_PRIVATE = frozenset({"temporary-work-agency", "accredited-employment-service"})
"""Kinds that the list counts among the services and that are no public ones."""
_NO_SERVICES = frozenset({"", "employer", "training", "association", "other"})
"""Classes of kinds that take up no case."""


@dataclass(frozen=True, slots=True)
class Network:
    organisations: Map[str, Organisation] = Map()
    agreements: Map[str, Agreement] = Map()
    rulebook: Rulebook | None = None
    office: str | None = None
    position: int = 0

    def after(self, entry: Entry) -> "Network":
        network = replace(self, position=max(self.position, entry.position))
        match entry.kind:
            case Kind.ORGANISATION:
                return network._with_organisation(entry)  # noqa: SLF001 (of the same class)
            case Kind.RULEBOOK:
                rulebook = self.rulebook_of(entry.originator_id)
                if rulebook.version >= entry.originator_version:
                    return network  # seen already, when it was entered here
                return replace(network, rulebook=rulebook.after(entry))
            case Kind.AGREEMENT:
                agreement = self.agreement(id_of(entry.originator_id))
                if agreement.version >= entry.originator_version:
                    return network
                agreements = self.agreements.set(id_of(entry.originator_id), agreement.after(entry))
                return replace(network, agreements=agreements)
            case Kind.CASE | None:
                return network
            case kind:
                assert_never(kind)

    def _with_organisation(self, entry: Entry) -> "Network":
        id_ = id_of(entry.originator_id)
        before = self.organisation(id_)
        if before.version >= entry.originator_version:
            return self
        organisation = before.after(entry, office=self.office)
        return replace(
            self,
            organisations=self.organisations.set(id_, organisation),
            office=self.office or (id_ if organisation.founder else None),
        )

    def at(self, position: int) -> "Network":
        return replace(self, position=max(self.position, position))

    def organisation(self, id_: str) -> Organisation:
        return self.organisations.get(id_) or Organisation(f"organisation/{id_}")

    def agreement(self, id_: str) -> Agreement:
        return self.agreements.get(id_) or Agreement(f"agreement/{id_}")

    @property
    def number_connected(self) -> int:
        """The organisations with a system of their own: what everybody may see is sent to each."""
        return sum(each.connected for each in self.organisations.values())

    def connected(self, organisation: str) -> bool:
        return self.organisation(organisation).connected

    def silenced(self, organisation: str) -> bool:
        """Suspended: it does not speak."""
        known = self.organisations.get(organisation)
        return known is not None and not may_speak(known)

    def may_adopt(self, organisation: str) -> bool:
        """A public service, by its kind in the published list."""
        return self._class_of(organisation) == "service"

    def never_adopts(self, organisation: str) -> bool:
        """An employer, a trainer, an agency, or of a kind that no list names."""
        return self._class_of(organisation) in _NO_SERVICES

    def _class_of(self, organisation: str) -> str:
        """That of its kind in the published list; empty for private agencies and for what no list names."""
        kind = self.organisation(organisation).organisation_kind
        kinds = self.rulebook.lists.get("organisation-kind") if self.rulebook else None
        item = kinds.get(kind) if kinds else None
        return "" if item is None or kind in _PRIVATE else item.item_class

    @property
    def calendars(self) -> tuple[Calendar, ...]:
        return tuple(calendar(each) for each in self.rulebook.calendars.values()) if self.rulebook else ()

    def by_token(self, digest: str) -> str | None:
        """Whose HTTP token it is, by its SHA-256; `check_speaks` tells if that one may use it."""
        return next((id_ for id_, o in self.organisations.items() if o.token == digest), None)

    def rulebook_of(self, id_: str) -> Rulebook:
        """A network has one rulebook; another id begins another."""
        return self.rulebook if self.rulebook and self.rulebook.id == id_ else Rulebook(id_)

    def rule(self, id_: str, day: date) -> tuple[Rule, int] | None:
        """The rule as in force on that day, with the edition that holds it."""
        return self.rulebook.rules_on(day).get(id_) if self.rulebook else None

    def check(self, entry: Entry) -> None:
        """Refuse what names an organisation or a code that is not on the record, and who may not speak."""
        if self.office is not None:  # before that, the first to speak founds the network
            self.check_speaks(entry.organisation)
        self._check_named(entry)
        if entry.on_behalf_of and self.connected(entry.on_behalf_of) and isinstance(entry.act, ClosureDeclared):
            raise Refused("act.for-a-connected", organisation=entry.on_behalf_of)
        self._check_agreement(entry)
        self.check_codes(entry.act)

    def check_speaks(self, organisation: str) -> None:
        check_speaks(organisation, self.organisations.get(organisation))

    def _check_named(self, entry: Entry) -> None:
        """Refuse an act that names an organisation that is not on the record, with the place of each."""
        unknown = [
            named
            for named in organisations_named(entry) | set(entry.only_for or ())
            if named not in self.organisations and not entry.originator_id.endswith(named)
        ]
        if unknown:
            places = [path for path, named in places_of_organisations(entry) if named in unknown]
            faults = [(path, "organisation.unknown") for path in places]
            raise Misnamed("organisation.unknown", faults, organisation=min(unknown))

    def _check_agreement(self, entry: Entry) -> None:
        """One that the speaker is no party to is as one that does not exist."""
        named = agreement_named(entry.act)
        if named and entry.organisation not in self.agreement(named).parties:
            raise Hidden("agreement.unknown", agreement=named)

    def check_codes(self, act: Act) -> None:
        rulebook = self.rulebook
        if rulebook is None or not rulebook.lists:
            return  # nothing is published yet: the network is being founded
        for _, inner in acts_in(act):
            self.check_codes(inner)
        wrong = []
        for name, mark, code in found(act, FromList):
            known = rulebook.classes.get(mark.name, ()) if mark.by_class else rulebook.lists.get(mark.name, ())
            if code not in known:
                wrong.append((name, "code.unknown"))
        if isinstance(act, ObservationRecorded):
            wrong += _off_the_sheet(act, rulebook)
        if wrong:
            raise Malformed("form.unknown-code", list(dict.fromkeys(wrong)))


def _off_the_sheet(act: ObservationRecorded, rulebook: Rulebook) -> list[tuple[str, str]]:
    """The fields that score what the sheet does not ask."""
    editions = rulebook.sheets.get(act.sheet)
    if editions is None:
        raise Refused("sheet.unknown", sheet=act.sheet)
    if act.edition not in editions:
        raise Refused("sheet.another-edition", sheet=act.sheet, edition=act.edition, latest=max(editions))
    told = (("scores", act.scores), ("health_scores", act.health_scores))
    return [(name, "code.unknown") for name, scores in told if any(s.item not in editions[act.edition] for s in scores)]
