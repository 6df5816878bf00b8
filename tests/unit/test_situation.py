"""What a message says about the child: settings, stages, needs, numbers and dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.model import Situation, Turn
from assistant.situation import find_dates, impossible_dates, law_date_of, read_situation
from assistant.wording import Glossary
from tests.fakes import TODAY
from tests.unit.test_wording import TERMS

GLOSSARY = Glossary(TERMS)


def read(text: str, *earlier: str) -> Situation:
    """The situation in `text`, asked after the user's `earlier` messages."""
    return read_situation(text, history=[Turn(role="user", content=turn) for turn in earlier], today=TODAY)
