"""`raccordo leave`: an organisation leaves cases into which others have brought it."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adapters.cli.app import REFUSED, WRONG_USE, app, fail, run, service_on
from adapters.cli.listing import Names, who
from adapters.cli.options import NOBODY, AsJson, Creds, Data, DryRun, Practitioner
from adapters.cli.screen import Column, err, out, table, write_json
from adapters.cli.talk import credentials, named_organisations, one_ending
from domain.characters import shown as one_line

if TYPE_CHECKING:
    from adapters.upkeep.leaving import Left, Place


@app.command()
def leave(
    cases: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE]…", help="Ids as the list shows them, or their ends.")
    ] = None,
    creds: Creds = None,
    data: Data = Path("data"),
    sender: Annotated[
        str | None, typer.Option(metavar="ID", help="All cases into which this organisation has brought it.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Of the list `leaving`; referrals: of the list `declining`.")] = "other",
    practitioner: Practitioner = NOBODY,
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the cases into which others have brought an organisation; leave some of them, or all of one sender.

    A member, or a host that stands in a placement only, leaves with `member-left`; a referral that still waits for its
    answer is declined. Without cases and without a sender nothing is left: they are listed, with who brought it in.
    Exit code 1 if something was refused.

    Examples:
        raccordo leave --creds coop.creds

        raccordo leave 018f0000-0000-7000-8000-000000000001 --creds coop.creds --reason by-mistake

        raccordo leave eda9220e561e --creds coop.creds

        raccordo leave --sender ocooperativea --creds coop.creds --dry-run

    """
    if cases and sender:
        fail("Say which: cases, or all of a --sender.", WRONG_USE)
    text, running = credentials(creds, data), service_on(data)
    names = named_organisations(creds, data)
    if sender and sender not in names:
        fail(f"No organisation {sender} is on the record. `raccordo leave` lists who has brought it in.", REFUSED)
    stands_in = run(_places(running.nats, text))
    named = {each: one_ending(each, (place.case for place in stands_in)) for each in cases or ()}
    if missing := [each for each, whole in named.items() if whole is None]:
        fail(f"Nobody has brought it into {', '.join(sorted(missing))}. See: raccordo leave", REFUSED)
    found = [each for each in stands_in if (each.case in named.values() if named else sender in (None, each.sender))]
    if not cases and not sender:
        _list(found, names, as_json)
        return
    if not (yes or dry_run) and not typer.confirm(f"{_numbers(found, 'Leave', 'and decline')}?", err=True):
        fail("Nothing was left.", REFUSED)
    _say(run(_leave(running.nats, text, found, reason, practitioner, dry_run)), names, as_json, dry_run=dry_run)


def _numbers(places: "Iterable[Place]", leave: str, decline: str) -> str:
    """How many cases and how many referrals, each after what is done to it."""
    asked = [each.referral is not None for each in places]
    return f"{leave} {_counted(asked.count(False), 'case')}, {decline} {_counted(asked.count(True), 'referral')}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


async def _places(url: str, creds: str) -> "list[Place]":
    from adapters.partner import partner
    from adapters.upkeep.console import CannotError
    from adapters.upkeep.leaving import RefusedQueryError, places

    with err.status("looking through the caseload") as status:
        async with partner(url, creds) as speaks:
            try:
                looked = places(speaks, lambda number: status.update(f"{number} cases looked at"))
                return [each async for each in looked]
            except RefusedQueryError as error:
                raise CannotError(str(error)) from error


async def _leave(
    url: str, creds: str, found: "list[Place]", reason: str, practitioner: str, dry_run: bool
) -> "list[Left]":
    from adapters.partner import partner
    from adapters.upkeep.leaving import leave as leave_one

    done = []
    with err.status("leaving") as status:
        async with partner(url, creds) as speaks:
            for place in found:
                how: dict[str, Any] = {"reason": reason, "practitioner": practitioner, "dry_run": dry_run}
                done.append(await leave_one(speaks, place, **how))
                status.update(f"{len(done)} of {len(found)}")
    return done


def _list(found: "list[Place]", names: Names, as_json: bool) -> None:
    if as_json:
        write_json([each.told() for each in found], indent=2)
        return
    rows = table(
        Column("case", no_wrap=True), "person", "brought in by", Column("its id", no_wrap=True), "with", "since"
    )
    for each in found:
        rows.add_row(each.case, _person(each), who(names, [each.sender]), each.sender, each.because, each.since[:10])
    out.show(rows)
    out.say(f"{len(found)} in all; leave some: raccordo leave CASE…; all of a sender: --sender ID")


def _say(done: "list[Left]", names: Names, as_json: bool, *, dry_run: bool) -> None:
    left = [each for each in done if each.outcome in ("recorded", "known already")]
    refused = len(done) - len(left)
    if as_json:
        found = [{**each.place.told(), "outcome": each.outcome, "sentence": each.sentence} for each in done]
        write_json(found, indent=2)
    else:
        would = "would be " if dry_run else ""
        rows = table(Column("case", no_wrap=True), "person", "brought in by", "what becomes of it")
        for each in done:
            became = f"{would}{'declined' if each.place.referral else 'left'}" if each in left else each.sentence
            rows.add_row(each.place.case, _person(each.place), who(names, [each.place.sender]), became)
        out.show(rows)
        did = ("would leave", "would decline") if dry_run else ("left", "declined")
        out.say(f"{_numbers((each.place for each in left), *did)}, {refused} refused")
    if refused:
        raise typer.Exit(REFUSED)


def _person(place: "Place") -> str:
    return one_line(place.person) or "(no name seen)"
