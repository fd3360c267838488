"""A small network with a first referral, played over separate partner connections, as partners would."""

import uuid
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.ids import uuid7
from adapters.nats.identity import Installation
from adapters.partner import Partner, partner
from adapters.private_file import private_folder
from adapters.registration import Wanted, add
from adapters.running import Running

Say = Callable[[str], None]

NETWORK = {
    "centre": Wanted(name="Centro per l'impiego di Esempio", kind="employment-centre"),
    "coop": Wanted(name="Cooperativa Esempio", kind="social-cooperative-b"),
    "health": Wanted(name="Servizio di salute mentale di Esempio", kind="mental-health-service"),
    "trainer": Wanted(name="Ente di formazione Esempio", kind="trainer"),
}


@dataclass(frozen=True, slots=True)
class Played:
    """The case that was played, and where each organisation's credentials are."""

    case: str
    partners: Path


async def play(installation: Installation, running: Running, say: Say) -> Played:
    """Register the network and play the referral; every step says what was answered."""
    folder = private_folder(installation.data / "partners")
    ids = {}
    for short, wanted in NETWORK.items():
        ids[short] = await add(installation, running, wanted, folder / f"{short}.creds", folder / f"{short}.token")
        say(f"[bold]{wanted.name}[/bold] is in the network as {ids[short]}")
    async with AsyncExitStack() as stack:
        partners = {}
        for short in NETWORK:
            creds = (folder / f"{short}.creds").read_text("utf-8")
            partners[short] = await stack.enter_async_context(partner(running.nats, creds))
        case = await _referral(_Stage(partners, ids, say))
        position = (await partners["coop"].ask("board"))["position"]
        for short in ("centre", "coop", "health", "trainer"):
            board = await partners[short].ask("board", {"after": position})
            say(f"  {short:>8} sees {len(board['cases'])} case(s) as of position {board['position']}")
    return Played(case, folder)


class _Stage:
    """Who plays, and how a step is told."""

    def __init__(self, partners: Mapping[str, Partner], ids: Mapping[str, str], say: Say) -> None:
        self.ids = ids
        self._partners = partners
        self._say = say
        self._people = {short: str(uuid.uuid4()) for short in partners}

    async def names(self) -> None:
        for short, person in self._people.items():
            await self.tell(
                short,
                "practitioner-named",
                organisation=self.ids[short],
                named=person,
                name=f"Operatore {short.title()}",
            )

    async def tell(self, short: str, type_: str, ago: timedelta = timedelta(), **fields: Any) -> dict[str, Any]:
        when = (datetime.now(UTC) - ago).isoformat(timespec="seconds")
        sent = {"type": type_, "practitioner": self._people[short], "occurred_at": when, **fields}
        answer = await self._partners[short].act(sent)
        position = answer.get("position", answer.get("sentence", ""))
        self._say(f"  {short:>8} tells [cyan]{type_}[/cyan]: {answer['outcome']} at {position}")
        return answer


async def _referral(stage: _Stage) -> str:
    case, referral = str(uuid7()), str(uuid7())
    await stage.names()
    await stage.tell(
        "centre",
        "referral-sent",
        timedelta(hours=3),
        case=case,
        referral=referral,
        to=stage.ids["coop"],
        service="internship",
        need="Mattina, vicino alla linea 12",
        person={"names": ["Persona Esempio"], "born": "1990-01-01"},
        contacts=[{"kind": "phone", "value": "000 000000"}],
        past="all",
    )
    await stage.tell("centre", "case-taken-on", timedelta(hours=2, minutes=50), case=case)
    text = "Serve un accompagnamento il primo giorno?"
    await stage.tell("coop", "information-asked", timedelta(hours=2), case=case, referral=referral, text=text)
    await stage.tell(
        "centre", "information-supplied", timedelta(hours=1), case=case, referral=referral, text="Sì, viene il tutor."
    )
    await stage.tell("coop", "referral-accepted", timedelta(minutes=40), case=case, referral=referral)
    await stage.tell(
        "centre", "member-joined", timedelta(minutes=30), case=case, organisation=stage.ids["health"], role="specialist"
    )
    # Who joins without the past is told who the person is, from now on.
    who = {"names": ["Persona Esempio"], "born": "1990-01-01"}
    await stage.tell("centre", "person-updated", timedelta(minutes=20), case=case, person=who)
    await stage.tell(
        "coop",
        "contact-made",
        timedelta(minutes=10),
        case=case,
        channel="phone",
        with_whom="organisation",
        with_organisation=stage.ids["centre"],
        note="Primo giorno concordato",
    )
    return case
