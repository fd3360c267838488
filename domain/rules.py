"""All that the door asks before an act is entered; what passes it is recorded, even if it broke a rule of practice."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from domain.agreeing import AgreementAmended, AgreementProposed, AgreementRenewed, AgreementSigned
from domain.agreement import Agreement
from domain.case import Case
from domain.case.speaking import check_speaks
from domain.entry import Act, Entry, Happened, OfEntry
from domain.facts import replace
from domain.finding import acts_in, days_in, found
from domain.horizon import may_be_told
from domain.moment import moment
from domain.narrowing import check_narrowed
from domain.network import Network
from domain.organisation import Organisation
from domain.refusal import MOST_FAULTS, Hidden, Misnamed, Refused
from domain.rulebook import Rulebook
from domain.visibility import sight, sight_as, standing

IMPOSSIBLE: Final = "correction.makes-impossible"


def check(entry: Entry, state: Case | Organisation | Rulebook | Agreement, network: Network) -> Entry:
    """The entry as it is to be stored. Raises `Refused` if the record cannot take the act, as things stand."""
    entry.occurred.check_not_after(entry.recorded_at)
    _check_within_reach(entry.act, entry.recorded_at.date())
    _check_has_come(entry.act, entry.recorded_at)
    match state:
        case Case():
            # First whether it may speak here at all: to a stranger every other fault would tell that the case exists.
            check_speaks(state, entry, network)
            network.check(entry)
            _check_seen(entry, state)
            return _check_told(entry, state, network)
        case Agreement():
            state.check_speaks(entry)
            network.check(entry)
            state.check(entry)
            return _signed_by_itself(entry, state, network)
        case Organisation() | Rulebook():
            network.check(entry)
            check_narrowed(entry)
            state.check(entry, office=network.office)
            return entry


def _signed_by_itself(entry: Entry, agreement: Agreement, network: Network) -> Entry:
    """A signature is the signer's own: the door writes whose is outstanding."""
    act, told_for = entry.act, entry.on_behalf_of
    check_narrowed(entry)
    if act.effect != "statement" and told_for and told_for != entry.organisation and network.connected(told_for):
        raise Refused("act.for-a-connected", organisation=told_for)
    match act:
        case AgreementSigned(party=party) if party != entry.organisation and network.connected(party):
            raise Refused("agreement.signature-not-yours", organisation=party)
        case AgreementProposed() | AgreementAmended() | AgreementRenewed() as act:
            awaits = sorted(agreement.awaited(act, entry.organisation, network.connected))
            return replace(entry, act=act.model_copy(update={"awaits": tuple(awaits)}))
        case _:
            return entry


def _check_seen(entry: Entry, case: Case) -> None:
    """Only of what one sees can one say something; to others the entry is as one that does not exist."""
    named = list(_entries_named(entry.act))
    if not named:  # nearly always
        return
    stands = standing(case, entry.organisation)
    for version in named:
        about = case.history.entries.get(version)
        if about is None or sight_as(stands, case, about, entry.organisation) is None:
            raise Hidden("entry.unknown", entry=version)


def _entries_named(act: Act) -> Iterator[int]:
    """The versions of the entries that an act is about or builds on, also in an act inside it."""
    yield from (version for _, _, version in found(act, OfEntry))
    for _, inner in acts_in(act):
        yield from _entries_named(inner)


def _check_told(entry: Entry, case: Case, network: Network) -> Entry:
    """A later entry that would become impossible is named to whoever may read it."""
    try:
        return case.check_told(entry, network)
    except Refused as refused:
        if refused.code == IMPOSSIBLE and not _reads(refused.facts.get("version"), entry.organisation, case):
            raise Refused(IMPOSSIBLE) from None
        raise


def _reads(version: object, reader: str, case: Case) -> bool:
    later = case.history.entries.get(version) if isinstance(version, int) else None
    seen = sight(case, later, reader) if later else None
    return seen is not None and not seen.masked


def _check_within_reach(act: Act, today: date) -> None:
    """No day of it lies further ahead than can be asked for; what an older release has let in is folded as it is."""
    beyond = [(path, "day.out-of-reach") for path, day in days_in(act) if not may_be_told(day, today)]
    if beyond:
        raise Misnamed("act.day-out-of-reach", beyond[:MOST_FAULTS])


def _check_has_come(act: Act, now: datetime) -> None:
    """The days on which something is said to have happened are not ahead; those of plans may be."""
    for _, _, day in found(act, Happened):
        moment(day.isoformat()).check_not_after(now)
    for _, inner in acts_in(act):
        _check_has_come(inner, now)
