"""Two lists never take each other's place."""

from pathlib import Path

import pytest

from ingest.offer_sources import SourceRequest, source_id

LONG = "https://data.example.gov.uk/" + "alternative-provision/" * 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://leeds.example/ap-directory.csv", "https://kirklees.example/ap-directory.csv"),
        ("https://feeds.example/services?council=a", "https://feeds.example/services?council=b"),
        (f"{LONG}leeds.csv", f"{LONG}bradford.csv"),
    ],
)
def test_lists_at_two_addresses_have_two_ids(one: str, other: str) -> None:
    downloaded = Path("downloads/ap-directory.csv")
    ids = {source_id(SourceRequest(target=target), downloaded) for target in (one, other)}
    assert len(ids) == 2
    assert all(len(each) <= 60 for each in ids)


def test_list_imported_again_keeps_its_id() -> None:
    request = SourceRequest(target="https://leeds.example/oruk/services")
    assert source_id(request) == source_id(request) == "leeds-example-oruk-services"
    file = SourceRequest(target="AP places 2026.xlsx")
    assert source_id(file, Path("november/AP places 2026.xlsx")) == "ap-places-2026"
