"""All that the door asks before an act is entered; what passes it is recorded, even if it broke a rule of practice."""

from datetime import datetime

from domain.agreeing import AgreementAmended, AgreementProposed, AgreementRenewed, AgreementSigned
from domain.agreement import Agreement
from domain.case import Case
from domain.case.about import ActAttested, ActContested
from domain.case.speaking import check_speaks
from domain.entry import Act, Entry, Happened
from domain.facts import replace
from domain.finding import acts_in, found
from domain.moment import moment
from domain.network import Network
from domain.organisation import Organisation
from domain.refusal import Hidden, Refused
from domain.rulebook import Rulebook
from domain.visibility import sight


def check(entry: Entry, state: Case | Organisation | Rulebook | Agreement, network: Network) -> Entry:
    """The entry as it is to be stored. Raises `Refused` if the record cannot take the act, as things stand."""
    entry.occurred.check_not_after(entry.recorded_at)
    _check_has_come(entry.act, entry.recorded_at)
    match state:
        case Case():
            # First whether it may speak here at all: to a stranger every other fault would tell that the case exists.
            check_speaks(state, entry, network)
            network.check(entry)
            _check_seen(entry, state)
            return state.check_told(entry, network)
        case Agreement():
            state.check_speaks(entry)
            network.check(entry)
            state.check(entry)
            return _signed_by_itself(entry, state, network)
        case Organisation() | Rulebook():
            network.check(entry)
            state.check(entry, office=network.office)
            return entry


def _signed_by_itself(entry: Entry, agreement: Agreement, network: Network) -> Entry:
    """A signature is the signer's own: the door writes whose is outstanding."""
    match entry.act:
        case AgreementSigned(party=party) if party != entry.organisation and network.connected(party):
            raise Refused("agreement.signature-not-yours", organisation=party)
        case AgreementProposed() | AgreementAmended() | AgreementRenewed() as act:
            awaits = sorted(agreement.awaited(act, entry.organisation, network.connected))
            return replace(entry, act=act.model_copy(update={"awaits": tuple(awaits)}))
        case _:
            return entry


def _check_seen(entry: Entry, case: Case) -> None:
    """Only what one sees can one contest; to others the entry is as one that does not exist."""
    if (
        isinstance(entry.act, ActContested | ActAttested)
        and (target := case.history.entries.get(entry.act.entry)) is not None
        and sight(case, target, entry.organisation) is None
    ):
        raise Hidden("entry.unknown", entry=entry.act.entry)


def _check_has_come(act: Act, now: datetime) -> None:
    """The days on which something is said to have happened are not ahead; those of plans may be."""
    for _, _, day in found(act, Happened):
        moment(day.isoformat()).check_not_after(now)
    for _, inner in acts_in(act):
        _check_has_come(inner, now)
