"""Real answers in Slack: everything that the golden questions are answered with fits, is whole, and calls nobody."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from assistant.adapters.dates import DayFirstReader
from assistant.adapters.patterns import PatternSet
from assistant.asked_dates import Clockwork
from assistant.model import Answer, Audience, Status, Turn
from assistant.service import Assistant
from assistant.sources import Verification
from assistant.working import in_words
from bots.slack.showing import blocks, limits, messages
from bots.slack.showing.choices import choices_for
from bots.slack.showing.limits import Message
from tests.integration.test_deadline_questions import READERS, UNSEEN_TODAY, golden_calendars, read_yaml
from tests.integration.workbench import Bench
from tests.slack_shown import is_sound, links, words

TODAY = date(2026, 11, 21)
TIME_LIMITS = ("deadlines_unseen.yaml", "deadlines_unseen_2.yaml", "deadlines_unseen_3.yaml")
Shown = Mapping[str, tuple[Answer, list[Message]]]
JOB = "T0123ABCD:C0123ABCD:1764000000.000100"
_LIVE = re.compile(r"<[!@#][^<>]*>|(?<![\w/])@\w|:[a-z_]+:(?!//)")


@pytest.fixture(scope="session")
def assistant(whole: Bench) -> Assistant:
    clockwork = Clockwork(calendars=golden_calendars(), reader=DayFirstReader())
    return Assistant(whole.reader(), scanner=PatternSet, clockwork=clockwork)


@pytest.fixture(scope="session")
def answers(assistant: Assistant) -> Mapping[str, Answer]:
    """Every golden question answered: the first set for all readers, those of time limits for whoever asked."""
    asked = {}
    for name in TIME_LIMITS:
        for question in read_yaml(name):
            asked[f"{name} {question['id']}"] = assistant.ask(
                question["question"],
                today=UNSEEN_TODAY,
                audience=READERS[question["persona"]],
                calendar=question.get("calendar"),
            )
    for question in read_yaml("dev.yaml"):
        history = [Turn(role=turn["role"], content=turn["content"]) for turn in question.get("history") or ()]
        for audience in Audience:
            asked[f"{question['id']} for {audience}"] = assistant.ask(
                question["question"],
                today=TODAY,
                history=history,
                as_at=question.get("as_at"),
                audience=audience,
            )
    return asked


def posted(answer: Answer, *, public: bool = False) -> list[Message]:
    return blocks.answer_messages(answer, audience=answer.audience, job_id=JOB, public=public)


@pytest.fixture(scope="session")
def shown(answers: Mapping[str, Answer]) -> Shown:
    """Each answer with the messages that its asker alone gets."""
    return {name: (answer, posted(answer)) for name, answer in answers.items()}


def all_blocks(made: Sequence[Message]) -> list[dict[str, Any]]:
    return [block for message in made for block in message.blocks]


def missing(answer: Answer, shown: Sequence[Mapping[str, Any]]) -> list[str]:
    """What of an answer and its citations cannot be read in the blocks."""
    said = " ".join(words(shown).split())
    wanted = [f"{' '.join(each.text.split())} {marked(each.citations)}" for each in answer.statements]
    wanted += [f"{each.label} " for each in answer.deadlines]
    for citation in answer.citations:
        place = f"{citation.title}, {citation.provision}" if citation.provision else citation.title
        wanted += [f"*[{citation.n}] {' '.join(place.split())}*", f"> {' '.join(citation.quote.split())}"]
    return [each for each in wanted if each not in said]


def marked(citations: Sequence[int]) -> str:
    return "".join(f"[{n}]" for n in citations)


def is_torn(text: str) -> bool:
    """Whether a text begins or ends in the middle of a citation, or with one that lost its words."""
    return bool(re.search(r"(?<!\\)\[\d*$|^\d*\]|^\[\d+\]", text.strip()))


def test_all_kinds_of_answers_are_among_those_tried(answers: Mapping[str, Answer]) -> None:
    assert len(answers) == 3 * len(read_yaml("dev.yaml")) + sum(len(read_yaml(name)) for name in TIME_LIMITS) > 350
    assert {Status.ANSWERED, Status.URGENT, Status.OUT_OF_SCOPE} <= {answer.status for answer in answers.values()}
    assert sum(bool(answer.deadlines) for answer in answers.values()) > 150
    assert any(each.verified is Verification.MEMORY for answer in answers.values() for each in answer.citations)


def test_every_message_is_one_that_slack_takes(shown: Shown) -> None:
    for answer, made in shown.values():
        assert all(is_sound(message) for message in made)
        assert not any(limits.faults(message) for message in posted(answer, public=True))


def test_each_date_stands_in_a_row_of_its_own_with_how_it_is_counted_and_its_sources(shown: Shown) -> None:
    for name, (answer, made) in shown.items():
        tables = [block for block in all_blocks(made) if block["type"] == "table"]
        rows = [[words([cell]) for cell in row] for table in tables for row in table["rows"][1:]]
        assert len(rows) == len(answer.deadlines), name
        for row, deadline in zip(rows, answer.deadlines, strict=True):
            assert row[0] == " ".join(deadline.label.split()), name
            assert row[1].startswith(in_words(deadline.date)), name
            assert " ".join(deadline.working.split()) in row[3], name
            assert row[4] == (marked(deadline.citations) or messages.NOT_STATED), name


def test_no_citation_or_source_is_lost_and_none_is_torn(shown: Shown) -> None:
    for name, (answer, made) in shown.items():
        assert missing(answer, all_blocks(made)) == [], name
        found = links(all_blocks(made))
        assert [each.url for each in answer.citations if each.url and each.url not in found] == [], name
        texts = [block["text"] for block in all_blocks(made) if block["type"] == "markdown"]
        assert not any(is_torn(text) for text in texts), name


def test_a_source_stands_in_one_drawer(shown: Shown) -> None:
    for name, (answer, made) in shown.items():
        drawers = [words([block]) for block in all_blocks(made) if block["type"] == "container"]
        for citation in answer.citations:
            assert sum(f"*[{citation.n}] " in drawer for drawer in drawers) == 1, name


def test_the_direct_answer_is_the_first_thing_read_heard_and_notified(shown: Shown) -> None:
    for name, (answer, made) in shown.items():
        first, expected = made[0], _first_words(answer)
        assert expected in words(first.blocks[:1]).splitlines()[0], name
        assert expected in words([{"type": "mrkdwn", "text": first.text.splitlines()[0]}])[:400], name


def _first_words(answer: Answer) -> str:
    if answer.status is Status.URGENT:
        return answer.help[0].name
    if answer.status is not Status.ANSWERED:
        return answer.text.split("\n\n")[0]
    if answer.deadlines:
        return answer.deadlines[0].label
    return answer.statements[0].text


def test_a_stream_and_what_comes_under_it_hold_the_same_and_fit_together(answers: Mapping[str, Answer]) -> None:
    for name, answer in answers.items():
        text = blocks.direct_answer(answer) + "".join(blocks.statement_markdown(answer))
        first, *others = blocks.closing_messages(answer, audience=answer.audience, job_id=JOB, public=True)
        streamed = Message(text="said", blocks=[{"type": "markdown", "text": text}, *first.blocks])
        assert all(is_sound(message) for message in (streamed, *others)), name
        assert missing(answer, all_blocks([streamed, *others])) == [], name
        assert not any(is_torn(piece) for piece in blocks.statement_markdown(answer)), name


def test_a_shared_answer_fits_as_well(answers: Mapping[str, Answer]) -> None:
    for name, answer in answers.items():
        made = blocks.share_messages(answer, job_id=JOB, shared_by="U0123ABCD")
        assert all(is_sound(message) for message in made), name
        assert missing(answer, all_blocks(made)) == [], name


def test_nothing_in_an_answer_calls_anybody(shown: Shown) -> None:
    for name, (_, made) in shown.items():
        for message in made:
            assert not _LIVE.search(message.text), name
            for block in message.blocks:
                assert not _LIVE.search(str(block)), name


def test_an_answer_is_short_enough_to_be_read(shown: Shown) -> None:
    assert max(len(made) for _, made in shown.values()) <= 3
    assert all(len(message.text) <= limits.MESSAGE_TEXT for _, made in shown.values() for message in made)


@pytest.mark.parametrize("audience", list(Audience))
def test_whatever_slack_suggests_to_ask_is_answered(assistant: Assistant, audience: Audience) -> None:
    for prompt in blocks.suggested_prompts(audience):
        answer = assistant.ask(prompt["message"], today=TODAY, audience=audience)
        assert (answer.status, bool(answer.statements)) == (Status.ANSWERED, True), prompt["title"]


def test_a_ready_reply_to_what_happened_is_answered(assistant: Assistant) -> None:
    back = assistant.ask("help", today=TODAY)
    assert back.status is Status.CLARIFY
    assert messages.PICK_ONE in words(all_blocks(posted(back)))
    choices = choices_for(back.question_back)
    assert choices
    for choice in choices:
        assert assistant.ask(choice.reply, today=TODAY).status is Status.ANSWERED, choice.label
