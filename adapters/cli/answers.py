"""`raccordo answers`: what became of what an organisation has dropped."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.cli.app import REFUSED, WRONG_USE, app, fail, run, service_on
from adapters.cli.drop import sentences
from adapters.cli.options import Creds, Data
from adapters.cli.screen import write_json, write_line
from adapters.cli.talk import credentials


@app.command()
def answers(
    creds: Creds = None,
    data: Data = Path("data"),
    since: Annotated[str | None, typer.Option(help="From this day or instant on; default: all that is kept.")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes, until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Each answer as it is, one a line.")] = False,
) -> None:
    """Show the answers to what an organisation has dropped, oldest first. They are kept as long as its feed.

    Looking takes nothing: the organisation's own system finds them on its feed all the same.

    Examples:
        raccordo answers --creds cpi.creds --since 2026-11-22

        raccordo answers --creds cpi.creds --follow --json | jq 'select(.answer.outcome == "refused")'

    """
    from adapters.upkeep.answered import AnswersRefusedError

    text, running = credentials(creds, data), service_on(data)
    from_ = _time(since) if since else None

    async def show() -> None:
        from adapters.upkeep.answered import Answers
        from adapters.upkeep.handing_in import patient_partner

        async with patient_partner(running.nats, text) as speaks:
            async for answer in Answers(speaks, since=from_).each(follow=follow):
                write_json(answer) if as_json else write_line(line(answer))

    try:
        with suppress(KeyboardInterrupt):
            run(show())
    except AnswersRefusedError as error:
        fail(str(error), REFUSED)


def line(told: dict[str, Any]) -> str:
    answer = told["answer"]
    said = f"at {answer['position']}" if answer["outcome"] != "refused" else f"{answer['code']}: {sentences(answer)}"
    about = f"{told['type'] or '?':<28}  {told['record'] or '?'}  {told['act_id'] or '?'}"
    return f"{told['dropped']:>8}  {about}  {answer['outcome']} {said}"


def _time(text: str) -> str:
    from domain.moment import moment
    from domain.refusal import Malformed

    try:
        return moment(text).time.isoformat()
    except Malformed:
        fail(f"{text} is no day and no instant. Write 2026-11-22 or 2026-11-22T12:00:00+01:00", WRONG_USE)
