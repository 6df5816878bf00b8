"""A neighbouring council takes our offers over, from our feed into its own copy of the program."""

import json
import shutil
from pathlib import Path

import httpx2

from tests.journeys.programs import Apnav, Site


def test_a_neighbour_takes_every_offer_over_from_our_feed(site: Site, shipped: Path, tmp_path: Path) -> None:
    neighbour = Apnav(data=shutil.copytree(shipped, tmp_path / "data"))
    assert neighbour.run("offers", "remove-sample").status == 0
    ours = httpx2.get(f"{site.address}/api/offers", params={"limit": 50}).json()

    taken = neighbour.run("offers", "import", f"{site.address}/oruk", "--id", "neighbour")

    assert taken.status == 0, taken.complained
    theirs = json.loads(neighbour.run("offers", "search", "--limit", "50", "--json").said)["results"]
    assert theirs["total"] == ours["total"] > 40
    assert [_published(m) for m in _in_order(theirs)] == [_published(m) for m in _in_order(ours)]
    assert all(p["sample"] for m in theirs["matches"] for p in m["offer"]["provenances"])


def _in_order(results: dict) -> list[dict]:
    return sorted(
        results["matches"], key=lambda match: (match["offer"]["name"], match["offer"]["place"]["postcode"] or "")
    )


def _published(match: dict) -> dict:
    """What is said of the offer itself, without its id, its sources and what only several sources together show."""
    apart = {"id", "provenances", "disagreements"}
    return {name: value for name, value in match["offer"].items() if name not in apart}
