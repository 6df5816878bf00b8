"""`apnav reply`: a reply to a family, drafted from the answer to its question."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.replies import Checked
from assistant.reply import Draft
from bots import wiring
from bots.cli.options import AsAt, AsJson, OnCalendar
from bots.cli.text import as_json_text
from bots.rendering import checked_as_json, draft_as_json


def reply(
    question: Annotated[str, typer.Argument(help="What the family asked; - reads it from standard input.")],
    as_at: AsAt = None,
    calendar: OnCalendar = None,
    docx: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Also save the reply as a DOCX file.")
    ] = None,
    edited: Annotated[
        Path | None,
        typer.Option("--check", metavar="FILE", dir_okay=False, exists=True, help="Check this edited reply instead."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draft a reply to a family: every sentence of the law with its source, ready to edit.

    With --check, say what in an edited reply has no source or says something else than its source. Exit status: 0;
    2 when the question or a file cannot be used; 3 when there is no index; 1 when the check found something or
    something else went wrong.
    """
    asked = sys.stdin.read() if question == "-" else question
    desk = wiring.build_replies(wiring.build_assistant(wiring.load_settings()))
    draft = desk.draft(asked, today=wiring.today(), as_at=as_at, calendar=calendar)
    text = edited.read_text(encoding="utf-8", errors="replace") if edited else draft.text
    checked = desk.check(text, draft=draft)
    if docx is not None:
        docx.write_bytes(desk.document(text, draft=draft))
    if as_json:
        said = checked_as_json(checked) if edited else draft_as_json(draft, reading_age=checked.reading_age)
        typer.echo(as_json_text(said))
    else:
        typer.echo(_findings(checked) if edited else _drafted(draft, checked))
    if docx is not None:
        typer.echo(f"Saved as {docx}", err=True)
    if edited and checked.findings:
        raise typer.Exit(1)


def _drafted(draft: Draft, checked: Checked) -> str:
    notes = [f"- {line}" for line in draft.before_sending]
    return "\n".join([draft.text, "", "-" * 20, "Before you send it", *notes, _age(checked)])


def _findings(checked: Checked) -> str:
    lines: list[str] = []
    for finding in checked.findings:
        lines += [f"- {finding.sentence}", f"  {finding.what} {finding.do}"]
        lines += [f"  In the draft: {finding.was}"] if finding.was else []
    return "\n".join([*(lines or ["Nothing to mend."]), _age(checked)])


def _age(checked: Checked) -> str:
    return f"Reading age: about {checked.reading_age:.0f}." if checked.reading_age is not None else "Nothing to read."
