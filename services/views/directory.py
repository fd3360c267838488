"""The organisations of the network and who works there, as their records tell."""

from domain.access.audience import audience
from domain.entry import Entry
from domain.organisation import Organisation, OrganisationRegistered, OrganisationUpdated, PractitionerNamed
from domain.record_id import id_of
from services.cases import Entries
from services.timetext import instant
from services.views.readable import see
from services.views.rows import Changes, OrganisationRow, PractitionerRow
from services.walked import Walked


class Directory:
    """`office` is the network office where it is known already; else the first that registers itself."""

    def __init__(self, entries: Entries, office: str | None) -> None:
        self._organisations = Walked(entries, Organisation)
        self._office = office
        self._named: dict[str, tuple[int, int]] = {}
        """By organisation: up to which version its namings are looked through, and the position of the last one."""

    def fold(self, entry: Entry, batch: Changes) -> None:
        id_ = id_of(entry.originator_id)
        _, organisation = self._organisations.step(entry)
        if organisation.founder and self._office is None:
            self._office = id_
        if isinstance(entry.act, PractitionerNamed):
            row = PractitionerRow(id_, str(entry.act.named), entry.position)
            batch.practitioners[row.organisation, row.practitioner] = row
        see(batch, entry, audience(entry, office=self._office))
        batch.organisations[id_] = _row(id_, organisation, self._last_naming(id_, organisation))

    def _last_naming(self, id_: str, organisation: Organisation) -> int:
        """Only what came since it was asked last is looked at."""
        until, named = self._named.get(id_, (0, 0))
        if until > organisation.version:
            until, named = 0, 0
        entries = organisation.history.entries
        new = (entries[version] for version in range(until + 1, organisation.version + 1))
        named = max((e.position for e in new if _names_for_all(e)), default=named)
        self._named[id_] = organisation.version, named
        return named


def _row(id_: str, organisation: Organisation, named: int) -> OrganisationRow:
    return OrganisationRow(
        id=id_,
        kind=organisation.organisation_kind,
        connected=int(organisation.connected),
        country=organisation.country,
        part_of=organisation.part_of,
        reached_through=organisation.reached_through,
        suspended=int(organisation.suspended),
        founder=int(organisation.founder),
        named=named,
        connected_at=organisation.connecting.position if organisation.connecting else 0,
        connected_on=instant(organisation.connecting.recorded_at) if organisation.connecting else "",
    )


def _names_for_all(entry: Entry) -> bool:
    """A row is everybody's, so what an older release let some alone see names nothing in it."""
    act = entry.act
    return isinstance(act, OrganisationRegistered | OrganisationUpdated) and (
        "identity" in entry.categories and entry.only_for is None
    )
