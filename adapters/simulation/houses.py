"""What the organisations tell of themselves: who works there, and when they are closed."""

from typing import Any

from adapters.simulation.calendar import Year, days_on, working_from
from adapters.simulation.network import HOSTING, Organisation
from adapters.simulation.telling import Telling

ROLES = {
    "centre": "case-manager",
    "coop": "tutor",
    "trainer": "trainer",
    "social": "social-worker",
    "health": "specialist",
}


def named(telling: Telling, house: Organisation, first: int) -> None:
    """On the first day, each by its own house; the opaque ids then stand in every act."""
    role = ROLES.get(house.role, "counsellor")
    for number, practitioner in enumerate(house.practitioners, first):
        person: dict[str, Any] = {"named": practitioner, "name": f"Operatore {number:02d}", "role": role}
        telling.tell(house.short, "practitioner-named", telling.begins, **person)


def moved(telling: Telling, house: Organisation) -> None:
    """A centre opens another desk in the course of the year."""
    if house.role == "centre":
        on = working_from(days_on(telling.begins, 75))
        telling.tell(house.short, "organisation-updated", on, access_points=["sportello-nord", "sportello-sud"])


def closed_in_august(telling: Telling, house: Organisation, year: Year) -> None:
    """Who hosts declares it a month before, or in the first days of the year."""
    for first, last in year.august_closures() if house.role in HOSTING else ():
        declared = max(days_on(first, -38), days_on(year.begins, 2))
        days: dict[str, Any] = {"from_day": first.isoformat(), "until_day": last.isoformat()}
        telling.tell(house.short, "closure-declared", declared, **days)
