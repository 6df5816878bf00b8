"""`apnav offers import`, `map`, `remove` and `sources`: local offers from files and feeds that others publish."""

import json
import sys
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.offer import Claimant
from bots import wiring, wiring_offers
from bots.cli.errors import complain
from bots.cli.options import day_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assistant.offer import Refusal
    from assistant.ports import SourceOnShelf
    from ingest.offer_mapping import ProposedMapping
    from ingest.offers import ImportReport

_FAILED = 1
_STOPPED = 130  # what shells expect after Ctrl-C
_SHOWN = 10
_KINDS = ("oruk", "gias", "ofsted", "sheet", "page")

Target = Annotated[str, typer.Argument(metavar="FILE|FOLDER|URL", help="A file, a folder of tables, or an address.")]
Kind = Annotated[
    str | None,
    typer.Option("--as", metavar="KIND", help="oruk, gias, ofsted, sheet or page; told from the file when left out."),
]
Saved = Annotated[
    Path | None, typer.Option("--mapping", exists=True, dir_okay=False, help="What the columns mean: apnav offers map.")
]
Id = Annotated[str | None, typer.Option("--id", metavar="ID", help="What to call the source, such as leeds.")]
Name = Annotated[str | None, typer.Option(metavar="NAME", help="The source's name, as people will read it.")]
Says = Annotated[Claimant | None, typer.Option(help="Whose word it is. Default: the council's.")]
Sheet = Annotated[str | None, typer.Option(metavar="NAME", help="The sheet of a workbook; else the first one.")]


def add_to(commands: typer.Typer) -> None:
    """Add these commands to `apnav offers`."""
    commands.command("import")(import_)
    commands.command("map")(map_)
    commands.command()(remove)
    commands.command("remove-sample")(remove_sample)
    commands.command()(sources)


def import_(  # noqa: PLR0913, PLR0917 - one option for each thing that can be said of a source
    target: Target,
    kind: Kind = None,
    mapping: Saved = None,
    source: Id = None,
    name: Name = None,
    says: Says = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="The page where it is published.")] = None,
    licence: Annotated[str | None, typer.Option(metavar="NAME", help="The licence it is published under.")] = None,
    valid_to: Annotated[
        date | None, typer.Option(parser=day_of, metavar="YYYY-MM-DD", help="The last day the whole list holds.")
    ] = None,
    sheet: Sheet = None,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write everything that was refused to this file (JSON lines).")
    ] = None,
) -> None:
    """Import local offers. The offers you had answer until the new ones are complete."""
    if kind is not None and kind not in _KINDS:
        raise typer.BadParameter(f"“{kind}” is no kind of source. Write one of: {', '.join(_KINDS)}.")
    settings = wiring.load_settings()
    asked = wiring_offers.offer_source(
        target=target,
        kind=kind,
        mapping=mapping,
        source=source,
        name=name,
        says=says,
        url=url,
        licence=licence,
        valid_to=valid_to,
        sheet=sheet,
    )
    try:
        with ExitStack() as open_files:
            tell = _writer(report, open_files)
            done = wiring_offers.import_offers(settings, asked, now=wiring.now(), tell=tell, progress=_progress)
    except KeyboardInterrupt as error:
        complain("stopped", "Stopped. The offers you had are still there; to go on, import again.")
        raise typer.Exit(_STOPPED) from error
    typer.echo(report_as_text(done, report_file=report))
    if done.kept_old:
        raise typer.Exit(_FAILED)


def map_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A council's table, CSV or XLSX.")],
    to: Annotated[
        Path | None, typer.Option("--to", dir_okay=False, help="Where to save it. Default: FILE.yaml.")
    ] = None,
    sheet: Sheet = None,
    name: Name = None,
    yes: Annotated[bool, typer.Option("--yes", help="Save it without asking, over a file that is there.")] = False,
) -> None:
    """Propose what the columns of a table mean, show it, and save it to be corrected."""
    proposed = wiring_offers.propose_offer_mapping(file, sheet=sheet, name=name)
    where = to or file.with_suffix(".yaml")
    typer.echo(_mapping_as_text(proposed))
    if not yes and (where.exists() or sys.stdin.isatty()):
        typer.confirm(f"Save this as {where}{', over what is there' if where.exists() else ''}?", abort=True)
    where.write_text(wiring_offers.offer_mapping_as_yaml(proposed), encoding="utf-8")
    typer.echo(f"\nSaved: {where}. Correct it there, then: apnav offers import {file} --mapping {where}")


def remove(source: Annotated[str, typer.Argument(metavar="SOURCE", help="Its id: see apnav offers sources.")]) -> None:
    """Remove all that one source gave."""
    shelf = wiring_offers.offer_shelf(wiring.load_settings())
    if source not in {each.source for each in shelf.sources()}:
        raise typer.BadParameter(f"There is no source “{source}”. To see them: apnav offers sources")
    typer.echo(f"Removed “{source}”: {_count(shelf.remove(source), 'entry', 'entries')}.")


def remove_sample() -> None:
    """Remove the made-up offers that come with the program. They stay away."""
    removed = wiring_offers.remove_sample_offers(wiring.load_settings())
    typer.echo(
        f"Removed the sample data: {_count(removed, 'entry', 'entries')}." if removed else "There is no sample data."
    )


def sources() -> None:
    """Every source of offers: its id, its name, how much it has, and when it was imported."""
    found = wiring_offers.offer_shelf(wiring.load_settings()).sources()
    if not found:
        typer.echo("There are no local offers yet. To get some: apnav offers import FILE")
    for each in found:
        typer.echo(_source_as_text(each))


# As text ------------------------------------------------------------------------------------------------------------


def report_as_text(report: "ImportReport", *, report_file: Path | None = None) -> str:
    """What an import did, as a person reads it."""
    lines = [f"{report.source_name} ({report.source})", *_tally(report), *(f"- {note}" for note in report.notes)]
    shown = [_refusal_as_text(refusal) for refusal in report.refusals[:_SHOWN]]
    more = report.refused + report.fields_refused - len(shown)
    lines += ["", "What could not be read", *shown] if shown else []
    if more > 0:
        where = f"all are in {report_file}" if report_file else "to see all, add: --report FILE"
        lines.append(f"and {more:,} more; {where}")
    return "\n".join(lines)


def _tally(report: "ImportReport") -> "Iterator[str]":
    shelved = report.shelved
    if report.kept_old:
        yield "Nothing could be taken, so nothing was changed."
    else:
        what = f"{shelved.added:,} new, {shelved.changed:,} changed, {shelved.unchanged:,} as before"
        yield f"{_count(report.taken, 'offer', 'offers')} taken: {what}."
    if shelved.gone:
        yield f"- {shelved.gone:,} that the source no longer has: removed"
        if not shelved.changed and not shelved.unchanged:
            yield (
                "- This list has nothing in common with the one it took the place of. If both should be kept, import "
                f"the other again with a name of its own: --id NAME (this one is “{report.source}”)"
            )
    if shelved.merged:
        yield f"- {shelved.merged:,} are one offer with an entry of another source"
    for why, number in sorted(report.left_out.items()):
        yield f"- {number:,} left out: {why}"
    if report.refused:
        yield f"- {_count(report.refused, 'entry', 'entries')} refused"
    if report.fields_refused:
        yield f"- {_count(report.fields_refused, 'field', 'fields')} that could not be read or kept"


def _refusal_as_text(refusal: "Refusal") -> str:
    field = f", {refusal.field.replace('_', ' ')}" if refusal.field else ""
    return f"- {refusal.where}{field}: {refusal.why}"


def _mapping_as_text(proposed: "ProposedMapping") -> str:
    columns = proposed.mapping.columns
    width = max(len(heading) for heading in columns)
    lines = [
        f"{heading:<{width}}  {meaning:<16} {'; '.join(proposed.values.get(heading, ()))[:60]}".rstrip()
        for heading, meaning in columns.items()
    ]
    notes = ["", "Please check", *(f"- {note}" for note in proposed.notes)] if proposed.notes else []
    return "\n".join([*lines, *notes])


def _source_as_text(source: "SourceOnShelf") -> str:
    day = source.imported_at
    sample = ", sample data" if source.sample else ""
    about = [f"{_count(source.entries, 'entry', 'entries')}, imported on {day.day} {day:%B %Y}{sample}"]
    about += [each for each in (source.url, source.licence) if each]
    return "\n".join([f"{source.source}", f"    {source.name}", *(f"    {line}" for line in about)])


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _progress(step: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r{step}: {done:,} of {total:,}", nl=done >= total, err=True)


def _writer(file: Path | None, open_files: ExitStack) -> "Callable[[Refusal], None]":
    if file is None:
        return lambda _: None
    written = open_files.enter_context(file.open("w", encoding="utf-8"))

    def tell(refusal: "Refusal") -> None:
        said = {"where": refusal.where, "field": refusal.field, "why": refusal.why}
        written.write(json.dumps(said, ensure_ascii=False) + "\n")

    return tell
