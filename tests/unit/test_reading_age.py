"""The fixed words of every page can be read by somebody of about twelve."""

import re
from html import unescape
from pathlib import Path

import pytest

from assistant.adapters.reading_age import FleschKincaid
from assistant.explained import WHAT_CHANGES_IT

TEMPLATES = Path(__file__).parents[2] / "bots" / "web" / "templates"
# Read by people who write programs or draft replies for a living.
NOT_FOR_PARENTS = {"docs.html"}
FOR_PARENTS = sorted(
    file.name for file in TEMPLATES.glob("*.html") if file.name not in NOT_FOR_PARENTS and "reply" not in file.name
)
OLDEST = 12  # years
FEW_WORDS = 30  # a formula made for prose says nothing about fewer
_BLOCK = re.compile(
    r"</?(?:p|li|ul|ol|h\d|dt|dd|div|label|legend|summary|option|button|title|th|td|caption|a(?= class=\"skip))\b[^>]*>"
)


def fixed_words(template: str) -> str:
    """What a template says whatever is put into it, one block a line."""
    without_variables = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", template, flags=re.DOTALL)
    in_one_line = " ".join(without_variables.split())
    return unescape(re.sub(r"<[^>]+>", "", _BLOCK.sub("\n", in_one_line)))


@pytest.mark.parametrize("name", FOR_PARENTS)
def test_a_reader_of_twelve_can_read_the_fixed_words_of_a_page(name: str) -> None:
    words = fixed_words((TEMPLATES / name).read_text(encoding="utf-8"))
    if len(words.split()) < FEW_WORDS:
        pytest.skip("hardly any words of its own")

    age = FleschKincaid().of(words)

    assert age is not None
    assert age <= OLDEST


def test_a_reader_of_twelve_can_read_the_whole_of_the_standing_pages_paragraph_by_paragraph_on_average() -> None:
    paragraphs = [
        line.strip()
        for name in ("about.html", "privacy.html", "accessibility.html", "accuracy.html")
        for line in fixed_words((TEMPLATES / name).read_text(encoding="utf-8")).splitlines()
        if len(line.split()) >= 12
    ]

    ages = [age for age in map(FleschKincaid().of, paragraphs) if age is not None]

    assert sum(ages) / len(ages) <= OLDEST


def test_the_words_about_typical_term_dates_are_plain() -> None:
    age = FleschKincaid().of(WHAT_CHANGES_IT)

    assert age is not None
    assert age <= OLDEST


def test_the_measure_tells_hard_words_from_easy_ones() -> None:
    hard = FleschKincaid().of(
        "Notwithstanding regulatory provisions, procedural irregularities necessitate adjudication."
    )

    assert hard is not None
    assert hard > OLDEST
