"""What the door asks the network of an account, and for whom it speaks then."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from domain.calendar import Calendar
from domain.case import leading
from domain.entry import Entry

if TYPE_CHECKING:
    from domain.case import Case


class Accounts(Protocol):
    """What the network says of organisations that a decision on a case rests on."""

    @property
    def office(self) -> str | None: ...
    @property
    def calendars(self) -> Iterable[Calendar]:
        """Those that the network has published."""
        ...

    def connected(self, organisation: str) -> bool: ...
    def silenced(self, organisation: str) -> bool:
        """Suspended or ended: it does not speak."""
        ...

    def may_adopt(self, organisation: str) -> bool:
        """A public service, which may take up a case that nobody is responsible for."""
        ...

    def never_adopts(self, organisation: str) -> bool:
        """An employer, a trainer or an agency, which takes up no case though it has sent a referral."""
        ...


class EverybodyConnected:
    """A network in which every organisation has a system of its own."""

    office: str | None = None
    calendars: Iterable[Calendar] = ()

    def connected(self, _: str) -> bool:
        return True

    def silenced(self, _: str) -> bool:
        return False

    def may_adopt(self, _: str) -> bool:
        return True

    def never_adopts(self, _: str) -> bool:
        return False


EVERYBODY_CONNECTED: Accounts = EverybodyConnected()


def speaks_for(case: "Case", account: str, organisation: str | None, accounts: Accounts) -> bool:
    """For itself, or as the teller of one without a system."""
    if account == organisation:
        return True
    return (
        organisation is not None
        and not accounts.connected(organisation)
        and leading.speaks_for(case, account, organisation)
    )


def holds(case: "Case", account: str, accounts: Accounts) -> bool:
    """Whether the account holds the authority of the responsible organisation."""
    return speaks_for(case, account, case.path.team.responsible, accounts)


def told_for_connected(entry: Entry, accounts: Accounts) -> bool:
    told_for = entry.on_behalf_of
    return told_for is not None and told_for != entry.organisation and accounts.connected(told_for)
