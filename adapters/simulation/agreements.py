"""The agreements under which hosts take people on: proposed, signed, lived under, amended, one of them ended."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from adapters.simulation import texts
from adapters.simulation.calendar import Year, days_on, months_on, working_from
from adapters.simulation.network import Network
from adapters.simulation.telling import Telling

PLACES = (("internship", 12), ("job", 4))


@dataclass
class Made:
    """One agreement while it is written: between a host and all who send, with one of them to speak for the others."""

    telling: Telling
    network: Network
    year: Year
    host: str

    @property
    def centre(self) -> str:
        return "centre-1"

    @property
    def parties(self) -> list[str]:
        return [*self.network.senders, self.host]


def agreed(made: Made) -> None:
    """On the first days of the year; who signs later is told of later."""
    on, telling = days_on(made.year.begins, 1), made.telling
    telling.tell(
        made.host,
        "agreement-proposed",
        on,
        parties=[party for party in made.parties if party != made.host],
        places=[{"place_kind": kind, "number": number} for kind, number in PLACES],
        roles=[{"organisation": made.centre, "role": "sender"}, {"organisation": made.host, "role": "host"}],
        convener=made.host,
        cadence_months=6,
        valid_from=made.year.begins.isoformat(),
        valid_until=months_on(made.year.begins, 24).isoformat(),
        signed_by=[{"party": made.host, "on": on.isoformat()}],
        how=texts.HOW,
        aims=texts.AIMS,
    )
    for party in made.network.senders:
        telling.tell(party, "agreement-signed", days_on(on, 1), party=party, signed_on=days_on(on, 1).isoformat())


def lived(made: Made) -> None:
    """Places are asked for and offered, the parties meet twice a year, the numbers grow."""
    chance, telling = made.telling.chance, made.telling
    for months in range(1, 24, 3):
        on = working_from(days_on(months_on(made.year.begins, months), chance.randrange(10)))
        ask, number = telling.new_id(), chance.randint(1, 4)
        who = chance.choice(made.network.senders)
        asked: dict[str, Any] = {
            "ask": ask,
            "number": number,
            "place_kind": "internship",
            "profile": chance.choice(texts.PROFILES),
        }
        telling.tell(who, "place-asked", on, **asked)
        offered: dict[str, Any] = {
            "ask": ask,
            "number": chance.randint(0, number),
            "limits": chance.choice(texts.LIMITS),
        }
        telling.tell(made.host, "place-answered", working_from(days_on(on, chance.randint(1, 9))), **offered)
    for months in (5, 11, 17, 23):
        _met(made, months)
    grown = [{"place_kind": kind, "number": number + 3} for kind, number in PLACES]
    amended = working_from(months_on(made.year.begins, 6))
    telling.tell(made.host, "agreement-amended", amended, places=grown)
    _signed_by_all(made, amended)
    _not_agreed(made)


def _not_agreed(made: Made) -> None:
    """To meet every month is too often for the senders; every two months, the host thinks better of it."""
    for months, cadence, by, how in ((8, 1, made.network.senders[-1], "declined"), (9, 2, made.host, "withdrawn")):
        on = working_from(months_on(made.year.begins, months))
        change = made.telling.tell(made.host, "agreement-amended", on, cadence_months=cadence)
        made.telling.tell(by, f"agreement-change-{how}", working_from(days_on(on, 2)), change=change)


def joined(made: Made, joining: str) -> None:
    telling = made.telling
    on = working_from(months_on(made.year.begins, 4))
    telling.tell(made.host, "agreement-amended", on, joining=[joining])
    telling.tell(joining, "agreement-signed", working_from(days_on(on, 6)), party=joining)
    _signed_by_all(made, on)


def over(made: Made) -> None:
    """Renewed first, ended before its time, with notice."""
    renewed, ended = (working_from(months_on(made.year.begins, months)) for months in (7, 10))
    until: dict[str, Any] = {"valid_until": months_on(made.year.begins, 36).isoformat()}
    made.telling.tell(made.host, "agreement-renewed", renewed, **until)
    _signed_by_all(made, renewed)
    last = months_on(ended, 3).isoformat()
    made.telling.tell(made.host, "agreement-ended", ended, ended=last, reason_class="agreed")


def _signed_by_all(made: Made, on: date) -> None:
    """A change is in force once every party has signed it."""
    for party in made.network.senders:
        made.telling.tell(party, "agreement-signed", working_from(days_on(on, 3)), party=party)


def _met(made: Made, months: int) -> None:
    on, telling = working_from(months_on(made.year.begins, months)), made.telling
    meeting: dict[str, Any] = {"meeting": telling.new_id(), "meeting_kind": "agreement", "organisations": made.parties}
    telling.tell(made.host, "meeting-convened", working_from(days_on(on, -15)), **meeting, day=on.isoformat())
    telling.tell(made.host, "meeting-held", on, **meeting, outcome=telling.chance.choice(texts.OUTCOMES))
    spoke: dict[str, Any] = {"channel": "e-mail", "with_whom": "organisation", "with_organisation": made.host}
    telling.tell(made.centre, "contact-made", working_from(days_on(on, 20)), **spoke)
