"""The organisations of the network and who works there, as their records tell."""

from domain.entry import Entry
from domain.organisation import Organisation, OrganisationRegistered, OrganisationUpdated, PractitionerNamed
from services.cases import Entries
from services.views.rows import EVERYONE, Changes, OrganisationRow, PractitionerRow, Shown
from services.walked import Walked


class Directory:
    """`office` is the network office where it is known already; else the first that registers itself."""

    def __init__(self, entries: Entries, office: str | None) -> None:
        self._organisations = Walked(entries, Organisation)
        self._office = office

    def fold(self, entry: Entry, batch: Changes) -> None:
        record, id_ = entry.originator_id, entry.originator_id.removeprefix("organisation/")
        _, organisation = self._organisations.step(entry)
        if organisation.founder and self._office is None:
            self._office = id_
        if isinstance(entry.act, PractitionerNamed):
            row = PractitionerRow(id_, str(entry.act.named), entry.position)
            batch.practitioners[row.organisation, row.practitioner] = row
            may_see = {id_, self._office or id_}  # a name of a practitioner is its organisation's own
        else:
            may_see = {EVERYONE}
        shown = Shown(" ".join(sorted(entry.categories)), 0, entry.position)
        for reader in may_see:
            batch.audience[reader, record, entry.position] = shown
        batch.organisations[id_] = _row(id_, organisation)


def _row(id_: str, organisation: Organisation) -> OrganisationRow:
    naming = (
        e.position
        for e in organisation.history.entries.values()
        if isinstance(e.act, OrganisationRegistered | OrganisationUpdated) and "identity" in e.categories
    )
    return OrganisationRow(
        id=id_,
        kind=organisation.organisation_kind,
        connected=int(organisation.connected),
        country=organisation.country,
        part_of=organisation.part_of,
        reached_through=organisation.reached_through,
        suspended=int(organisation.suspended),
        founder=int(organisation.founder),
        named=max(naming, default=0),
    )
