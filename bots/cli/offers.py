"""`apnav offers`: places that a child could go to, found by need, place and what a child can manage."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from assistant.offer import Attendance, OfferKind, OfferSearch, Price, Referrer
from assistant.offer_errors import UnknownNeed
from assistant.offer_facts import basis_of
from assistant.offers import DAYS_IN_WORDS, NEAR
from bots import wiring, wiring_offers
from bots.cli.offer_text import found_as_text, shown_as_text
from bots.cli.options import AsJson
from bots.cli.text import as_json_text
from bots.rendering import as_plain

commands = typer.Typer(help="Local offers of alternative provision: search them, import them.", rich_markup_mode=None)

_DAYS = [day.lower() for day in DAYS_IN_WORDS]


@commands.callback()
def offers() -> None:
    """Local offers of alternative provision: search them, import them."""


def _hours(text: str) -> Attendance:
    try:
        return Attendance(text.strip().lower().replace("-", "_").replace(" ", "_"))
    except ValueError as error:
        raise typer.BadParameter("Write full-time or part-time.") from error


def _day(text: str) -> int:
    fitting = [number for number, day in enumerate(_DAYS) if len(text) > 1 and day.startswith(text.strip().lower())]
    if len(fitting) != 1:
        raise typer.BadParameter(f"“{text}” is no day. Write Monday, Tuesday and so on.")
    return fitting[0]


def _kind(text: str) -> OfferKind:
    try:
        return OfferKind(text.strip().lower().replace("-", "_").replace(" ", "_"))
    except ValueError as error:
        known = ", ".join(kind.value.replace("_", "-") for kind in OfferKind)
        raise typer.BadParameter(f"“{text}” is no kind of provision. Known are: {known}.") from error


def _price(text: str) -> Price:
    amount, _, basis = text.strip().lstrip("£").replace(",", "").partition("/")
    try:
        pounds = Decimal(amount.strip())
    except InvalidOperation as error:
        raise typer.BadParameter("Write pounds, such as 90 or 90/day.") from error
    if not pounds.is_finite() or pounds < 0 or (basis and basis_of(basis) is None):
        raise typer.BadParameter("Write pounds, such as 90, 90/day, 45/hour or 60/session.")
    return Price(amount=pounds, basis=basis_of(basis))


@commands.command()
def search(  # noqa: PLR0913, PLR0917 - one option for each thing that can be asked
    words: Annotated[str, typer.Argument(help="What you look for, in your own words.")] = "",
    near: Annotated[str | None, typer.Option(metavar="PLACE", help="A postcode, part of one, or a council.")] = None,
    within: Annotated[
        float | None,
        typer.Option(
            min=0.1, max=500, metavar="MILES", help=f"No further away; without it, {NEAR:g} or serving the area."
        ),
    ] = None,
    age: Annotated[float | None, typer.Option(min=0, max=25, help="The child's age in years.")] = None,
    key_stage: Annotated[int | None, typer.Option(min=1, max=5, help="The child's key stage.")] = None,
    need: Annotated[list[str] | None, typer.Option(help="A need that it must meet; may be given again.")] = None,
    hours: Annotated[
        Attendance | None, typer.Option(parser=_hours, metavar="full-time|part-time", help="How much of a week.")
    ] = None,
    day: Annotated[
        list[int] | None, typer.Option(parser=_day, metavar="DAY", help="A day it must be open; may be given again.")
    ] = None,
    registered: Annotated[bool, typer.Option("--registered", help="Only registered schools.")] = False,
    kind: Annotated[
        list[OfferKind] | None, typer.Option(parser=_kind, metavar="KIND", help="Only this kind; may be given again.")
    ] = None,
    referrer: Annotated[Referrer | None, typer.Option(help="Who must be able to refer.", case_sensitive=False)] = None,
    price: Annotated[
        Price | None,
        typer.Option(parser=_price, metavar="POUNDS[/BASIS]", help="At most this, such as 90/day."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many to show.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Find offers. What you ask for is exact; what an offer does not publish is said with it.

    Exit status: 0 also when nothing fits; 2 when a place, need or option cannot be used; 1 when something else failed.
    """
    if within is not None and not near and not words:
        raise typer.BadParameter("--within needs a place to measure from: add --near.")
    settings = wiring.load_settings()
    wanted = OfferSearch(
        text=words.strip(),
        near=wiring_offers.postcodes().find(near) if near and near.strip() else None,
        within_miles=within,
        age=age,
        key_stage=key_stage,
        needs=_needs(need or []),
        attendance=hours,
        days=tuple(sorted(set(day or ()))),
        registered=registered,
        kinds=tuple(dict.fromkeys(kind or ())),
        referrer=referrer,
        price_to=price.amount if price else None,
        price_basis=price.basis if price else None,
    )
    desk = wiring_offers.build_offer_desk(
        settings, corpus=wiring.catalogue
    )  # slow to open: what is wrong was told before
    found = desk.search(wanted, today=wiring.today(), limit=limit)
    typer.echo(as_json_text(as_plain(found)) if as_json else found_as_text(found))


@commands.command()
def show(
    offer_id: Annotated[str, typer.Argument(metavar="ID", help="The id of an offer; `apnav offers search` prints it.")],
    as_json: AsJson = False,
) -> None:
    """One offer: all that is published of it, by whom, and what is not published."""
    desk = wiring_offers.build_offer_desk(wiring.load_settings(), corpus=wiring.catalogue)
    shown = desk.show([offer_id], today=wiring.today())
    typer.echo(as_json_text(as_plain(shown)) if as_json else shown_as_text(shown))


def _needs(said: list[str]) -> tuple[str, ...]:
    """The needs, by id or by any word that people use for them. Raises `UnknownNeed`."""
    known = wiring_offers.offer_needs()
    found = {word: known.read(word) for word in said}
    for word, needs in found.items():
        if not needs:
            raise UnknownNeed(word, known=list(known.by_id))
    return tuple(dict.fromkeys(need for needs in found.values() for need in needs[:1]))
