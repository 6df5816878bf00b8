"""A parent and a SENCO look for a place at the command line, among the sample offers that come with the program."""

import json
from typing import Any

from tests.journeys.programs import Apnav


def found(apnav: Apnav, *words: str) -> Any:
    done = apnav.run("offers", "search", *words, "--json")
    assert done.status == 0, done.complained
    return json.loads(done.said)["results"]


def test_parent_asks_in_one_sentence_and_sees_why_each_place_was_found(apnav: Apnav) -> None:
    said = apnav.run("offers", "search", "somewhere for my anxious Year 9 near LS8").said
    assert "Searched for: near LS8 (Leeds), up to 50 miles; Year 9; anxiety." in said
    first = said.split("\n2. ")[0]
    assert "1. Tumblewick Yard" in first
    assert "SAMPLE DATA" in first
    assert "takes Year 9; for anxiety" in first
    assert "Who may ask for a place: A school or the council" in first
    assert "Questions you may ask" in said
    assert "[1]" in said


def test_senco_asks_with_options_and_nothing_contradicts_them(apnav: Apnav) -> None:
    wishes = "--near LS8 --within 12 --age 14 --need ASD --hours part-time --day monday"
    results = found(apnav, *wishes.split())
    assert results["read_as"] == ["within 12 miles of LS8 (Leeds)", "age 14", "autism", "part time", "open on Monday"]
    names = [match["offer"]["name"] for match in results["matches"]]
    assert {"Juniper Barn", "Bramblegate Farm"} <= set(names)
    assert all(match["miles"] <= 12 for match in results["matches"])
    registered = found(apnav, "--near", "LS8", "--registered")
    assert {match["offer"]["registration"] for match in registered["matches"]} == {"registered"}


def test_parent_looks_at_one_place_and_sees_what_is_not_published(apnav: Apnav) -> None:
    (match,) = found(apnav, "Cloudbank", "--kind", "pupil-referral-unit", "--near", "LS12", "--within", "2")["matches"]
    said = apnav.run("offers", "show", match["offer"]["id"]).said
    assert said.startswith("Cloudbank Pupil Referral Unit")
    assert "Price: Not published" in said
    assert "Needs: Not published" in said
    assert "Sources" in said


def test_parent_learns_that_nothing_fits(apnav: Apnav) -> None:
    done = apnav.run("offers", "search", "--near", "TR1", "--within", "5")
    assert done.status == 0
    assert "No offer that we have fits" in done.said
