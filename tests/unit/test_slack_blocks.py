"""What people see in Slack: an answer they can read, check and act on, and forms they can fill in."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from assistant.compose import ACADEMY_OR_MAINTAINED, WHAT_HAPPENED
from assistant.model import (
    Answer,
    Audience,
    Citation,
    Deadline,
    Force,
    Help,
    NearMiss,
    Role,
    Statement,
    Status,
)
from assistant.offer import OfferMatch
from assistant.sources import Tier, Verification
from bots.rendering import answer_as_json
from bots.slack.keeping.handover import Handover, HandoverState
from bots.slack.keeping.people import ChannelSettings, Defaults, Preferences, RecentQuestion
from bots.slack.showing import actions, blocks, limits, messages
from bots.slack.showing.limits import Message, Part, split
from tests.local_offers import full_offer, provenance
from tests.slack_shown import buttons, calls, is_sound, is_sound_view, links, words

JOB = "T0123ABCD:C0123ABCD:1764000000.000100"
TODAY = date(2026, 11, 22)
HOSTILE = "<!channel> <@U0123ABCD> <https://evil.example|you> [a](https://evil.example) *b* `c` :fire: @here\n> d | e"


def a_citation(n: int = 1, **changes: Any) -> Citation:
    plain = Citation(
        n=n,
        passage_id=f"exc-{n:03}",
        title="Education Act 2002",
        provision=f"s.51A({n})",
        edition=None,
        tier=Tier.ACT,
        url=f"https://www.legislation.gov.uk/ukpga/2002/32/section/51A#{n}",
        quote=f"The headteacher must do thing number {n}.",
        in_force_from=date(2012, 9, 1),
        in_force_to=None,
        checked_on=date(2026, 11, 21),
        verified=Verification.PRIMARY,
    )
    return replace(plain, **changes)


def a_statement(n: int = 1, **changes: Any) -> Statement:
    plain = Statement(
        text=f"The headteacher must do thing number {n}.", force=Force.MUST, duty_on="headteacher", citations=(n,)
    )
    return replace(plain, **changes)


def a_hostile_match() -> OfferMatch:
    offer = full_offer(name=HOSTILE, text=HOSTILE, alert=HOSTILE, provenances=(provenance(source_name=HOSTILE),))
    return OfferMatch(offer=offer, reasons=(HOSTILE,), unknowns=(HOSTILE,), out_of_date=HOSTILE)


def a_deadline(**changes: Any) -> Deadline:
    plain = Deadline(
        label="Apply for a review panel",
        date=date(2027, 1, 6),
        working="15 school days after Monday 30 November 2026 ends on Wednesday 6 January 2027.",
        citations=(2,),
        who_must="parent",
        what="apply in writing",
        aim_for=date(2027, 1, 4),
        aim_because="The post takes two days.",
        others=("Thursday 7 January 2027, if the letter came later.",),
        calendar="Leeds 2026-27",
        caveat="Typical days.",
    )
    return replace(plain, **changes)


def an_answer(**changes: Any) -> Answer:
    """Two direct statements, a duty and a route, each with its source."""
    plain = Answer(
        status=Status.ANSWERED,
        as_at=TODAY,
        audience=Audience.PARENT,
        text="The headteacher must do thing number 1. [1]",
        statements=(
            a_statement(1, role=Role.DIRECT),
            a_statement(2, role=Role.DUTY, force=Force.SHOULD, duty_on="governing board"),
            a_statement(3, role=Role.DUTY, force=Force.INFO, duty_on=None),
            a_statement(4, role=Role.ROUTE, force=Force.MAY, duty_on="parent"),
        ),
        citations=tuple(a_citation(n) for n in (1, 2, 3, 4)),
        next_steps=("The headteacher must do thing number 4.", "Ask for the letter."),
        help=(
            Help(name="Coram", what="Advice on exclusion.", url="https://childlawadvice.org.uk", phone="0300 330 5485"),
            Help(name="IPSEA", what="Advice on SEND.", phone="01799 582030", phone_checked=False),
        ),
        notices=("Changed on 26 July 2026: what [2] says applies from that day.",),
    )
    return replace(plain, **changes)


def shown(answer: Answer, **said: Any) -> list[Message]:
    """The messages of an answer, each of which Slack would take."""
    given: dict[str, Any] = {"audience": answer.audience, "job_id": JOB, "public": False, **said}
    made = blocks.answer_messages(answer, **given)
    assert all(is_sound(message) for message in made)
    return made


def every_block(made: Sequence[Message]) -> list[dict[str, Any]]:
    return [block for message in made for block in message.blocks]


class TestAnAnswer:
    def test_what_was_asked_for_is_read_first(self) -> None:
        [message] = shown(an_answer())
        assert message.blocks[0]["text"] == "**Must** (headteacher): The headteacher must do thing number 1. [1]"

    def test_each_duty_says_how_strong_it_is_and_who_owes_it(self) -> None:
        said = words(every_block(shown(an_answer())))
        assert "- **Should** (governing board): The headteacher must do thing number 2. [2]" in said
        assert "- The headteacher must do thing number 3. [3]" in said
        assert "- **May** (parent): The headteacher must do thing number 4. [4]" in said

    def test_duties_and_routes_stand_under_their_headings(self) -> None:
        said = words(every_block(shown(an_answer())))
        assert said.index("**What must happen, and who must do it**") < said.index("number 2")
        assert said.index("number 3") < said.index("**What you can do**") < said.index("number 4")

    def test_who_knows_nothing_but_the_notification_learns_the_direct_answer(self) -> None:
        [message] = shown(an_answer())
        assert message.text.startswith("Must (headteacher): The headteacher must do thing number 1. [1]")
        assert "**" not in message.text

    def test_a_screen_reader_says_all_that_the_message_says(self) -> None:
        [message] = shown(an_answer())
        for said in ("thing number 4. [4]", "Coram: 0300 330 5485", "[4] Education Act 2002, s.51A(4)", "not legal"):
            assert said in message.text

    def test_each_source_can_be_opened_and_checked(self) -> None:
        [message] = shown(an_answer())
        [drawer] = [block for block in message.blocks if block["type"] == "container"]
        assert (drawer["is_collapsible"], drawer["default_collapsed"]) == (True, True)
        assert drawer["title"]["text"] == "Sources [1] to [4]"
        assert words([drawer["child_blocks"][1]]) == (
            "*[2] Education Act 2002, s.51A(2)*\n"
            "> The headteacher must do thing number 2.\n"
            "Act of Parliament; in force from 1 September 2012; checked 21 November 2026, read in the source itself.\n"
            "Read the official text of [2]"
        )
        assert links([drawer]) == [citation.url for citation in an_answer().citations]

    def test_the_edition_the_note_and_other_places_of_a_source_are_told(self) -> None:
        citation = a_citation(edition="July 2026", note="Read closely.", also=("School discipline guide, para 3",))
        said = words(every_block(shown(an_answer(citations=(citation, *an_answer().citations[1:])))))
        assert "Act of Parliament; July 2026; in force from" in said
        assert "Note: Read closely." in said
        assert "Also in: School discipline guide, para 3." in said

    def test_what_was_not_checked_says_so_where_it_is_said(self) -> None:
        unchecked = a_citation(verified=Verification.MEMORY, url=None)
        said = words(every_block(shown(an_answer(citations=(unchecked, *an_answer().citations[1:])))))
        assert "thing number 1. [1] (not yet checked against its source)" in said
        assert "not checked against its source yet." in said

    def test_an_adviser_reads_the_provision_beside_the_words(self) -> None:
        [message] = shown(an_answer(audience=Audience.ADVISER))
        assert message.blocks[0]["text"].endswith("thing number 1. [1] (Education Act 2002, s.51A(1))")

    def test_a_wrong_belief_is_corrected_before_anything_else(self) -> None:
        correction = a_statement(2, role=Role.CORRECTION, force=Force.INFO)
        answer = an_answer(statements=(correction, a_statement(1, role=Role.DIRECT)))
        first = shown(answer)[0].blocks[0]["text"].splitlines()[0]
        assert first == (
            "- **First, a point that is often misunderstood:** The headteacher must do thing number 2. [2]"
        )

    def test_helpers_are_named_with_their_numbers_and_a_doubtful_number_says_so(self) -> None:
        said = words(every_block(shown(an_answer())))
        assert "- **Coram**: **0300 330 5485**. Advice on exclusion." in said
        assert "**IPSEA**: **01799 582030**. Advice on SEND. We have not checked this number" in said
        assert "https://childlawadvice.org.uk" in links(every_block(shown(an_answer())))

    def test_notices_name_their_sources_and_told_steps_are_not_told_twice(self) -> None:
        said = words(every_block(shown(an_answer())))
        assert "Changed on 26 July 2026: what [2] says applies from that day." in said
        assert "- Ask for the letter." in said
        assert said.count("thing number 4. [4]") == 1
        assert "- The headteacher must do thing number 4.\n" not in said

    def test_it_says_whose_law_it_is_and_that_it_is_no_legal_advice(self) -> None:
        said = words(every_block(shown(an_answer())))
        assert "The law in England as at 22 November 2026, worded for a parent or carer." in said
        assert "Information, not legal advice. This answer was made by software" in said

    def test_it_can_be_asked_again_for_others_or_another_day(self) -> None:
        found = buttons(every_block(shown(an_answer())))
        assert [actions.audience_asked(each) for each in found if each.startswith(actions.ASK_AS)] == [
            Audience.SCHOOL,
            Audience.ADVISER,
        ]
        assert {actions.AS_AT, actions.HUMAN, actions.SHARE} <= found.keys()
        assert {each["value"] for each in found.values()} == {JOB}

    def test_somebody_can_say_whether_it_helped(self) -> None:
        [feedback] = every_block(shown(an_answer()))[-1]["elements"]
        assert feedback["action_id"] == actions.FEEDBACK
        assert actions.read_feedback(feedback["positive_button"]["value"]) == (True, JOB)
        assert actions.read_feedback(feedback["negative_button"]["value"]) == (False, JOB)

    def test_only_a_private_answer_can_be_shared_and_whoever_shares_is_warned(self) -> None:
        private, public = (buttons(every_block(shown(an_answer(), public=each))) for each in (False, True))
        assert "Everybody in this channel will see this" in private[actions.SHARE]["confirm"]["text"]["text"]
        assert actions.SHARE not in public

    def test_whoever_asks_for_a_human_is_told_first_what_is_passed_on(self) -> None:
        ask = buttons(every_block(shown(an_answer())))[actions.HUMAN]
        assert "will see that you asked" in ask["confirm"]["text"]["text"]

    def test_nobody_is_promised_a_human_where_there_is_none(self) -> None:
        assert actions.HUMAN not in buttons(every_block(shown(an_answer(), human=False)))


class TestDates:
    answer = an_answer(deadlines=(a_deadline(), a_deadline(label="Panel must meet", citations=(1, 3), others=())))

    def test_the_day_asked_for_is_the_first_thing_said(self) -> None:
        first = shown(self.answer)[0]
        assert first.blocks[0]["text"].startswith(
            "**Apply for a review panel: Wednesday 6 January 2027.** This is the last day. Who must act: parent. "
            "Aim for Monday 4 January 2027. [2]\n\n**Panel must meet"
        )
        assert first.text.startswith("Apply for a review panel: Wednesday 6 January 2027. This is the last day.")

    def test_a_table_shows_each_date_with_its_working_and_sources(self) -> None:
        [table] = [block for block in every_block(shown(self.answer)) if block["type"] == "table"]
        heads, first, second = ([cell["text"] for cell in row] for row in table["rows"])
        assert tuple(heads) == messages.DATE_COLUMNS
        assert first[0] == "Apply for a review panel"
        assert first[1].startswith("Wednesday 6 January 2027 (the last day). Aim for Monday 4 January 2027.")
        assert first[2] == "parent (apply in writing)"
        assert first[3].startswith("15 school days after Monday 30 November 2026 ends on")
        assert "Another reading: Thursday 7 January 2027" in first[3].replace("\u2060", "")
        assert "Leeds 2026-27" in first[3]
        assert (first[4], second[4]) == ("[2]", "[1][3]")

    def test_a_screen_reader_says_how_each_date_is_counted(self) -> None:
        heard = " ".join(message.text for message in shown(self.answer))
        assert "how they are counted: Apply for a review panel: Wednesday 6 January 2027 (the last day)." in heard
        assert "15 school days after Monday 30 November 2026" in heard

    def test_the_dates_can_be_put_into_a_calendar(self) -> None:
        assert buttons(every_block(shown(self.answer)))[actions.CALENDAR_FILE]["value"] == JOB

    def test_many_long_dates_come_in_tables_of_one_for_each_message(self) -> None:
        many = an_answer(deadlines=tuple(a_deadline(label=f"Date {n}", working="Counted. " * 160) for n in range(30)))
        made = shown(many)
        assert len(made) > 2
        said = words(every_block(made))
        assert all(f"\nDate {n}\n" in said for n in range(30))

    def test_an_answer_of_dates_alone_is_read_as_well(self) -> None:
        made = shown(an_answer(statements=(), deadlines=(a_deadline(who_must="", what=""),)))
        assert "Not stated" in words(every_block(made))


class TestOtherAnswers:
    urgent = an_answer(
        status=Status.URGENT,
        text="**Get help now**",
        statements=(a_statement(1, role=Role.HELP), a_statement(2, role=Role.DIRECT), a_statement(3, role=Role.DUTY)),
        deadlines=(a_deadline(),),
    )

    def test_in_danger_whom_to_call_comes_before_anything(self) -> None:
        first = shown(self.urgent)[0]
        assert first.blocks[0]["text"].startswith("- **[Coram](https://childlawadvice.org.uk)**: **0300 330 5485**.")
        assert first.text.startswith("Coram: 0300 330 5485.")
        assert blocks.direct_answer(self.urgent).startswith("- **[Coram]")

    def test_what_else_was_asked_follows_under_its_own_heading(self) -> None:
        said = words(every_block(shown(self.urgent)))
        assert said.index("number 1") < said.index(messages.IF_NO_DANGER) < said.index("number 2")
        assert said.count("**Coram**") == 1
        assert said.index(messages.IF_NO_DANGER) < said.index("Apply for a review panel: Wednesday")

    def test_in_danger_nothing_invites_to_share_or_to_ask_again(self) -> None:
        found = buttons(every_block(shown(self.urgent)))
        assert found.keys() == {actions.CALENDAR_FILE, actions.HUMAN}

    def test_what_was_not_found_is_said_with_the_nearest_things_and_helpers(self) -> None:
        answer = Answer(
            status=Status.NOT_FOUND,
            as_at=TODAY,
            audience=Audience.SCHOOL,
            text="I could not find an answer to that in the law and guidance I hold, so I will not guess.",
            near_misses=(NearMiss(passage_id="exc-1", statement="Exams may be sat.", title="Exam guide"),),
            help=an_answer().help,
        )
        [message] = shown(answer)
        assert message.text.startswith("I could not find an answer to that")
        said = words(message.blocks)
        assert said.startswith("I could not find an answer to that")
        assert "- Exams may be sat. (Exam guide)" in said
        assert "Coram" in said

    def test_a_question_back_comes_with_its_ready_replies(self) -> None:
        answer = Answer(
            status=Status.CLARIFY,
            as_at=TODAY,
            audience=Audience.PARENT,
            text=WHAT_HAPPENED,
            question_back=WHAT_HAPPENED,
        )
        [message] = shown(answer)
        assert words(message.blocks).count("what has happened") == 1
        chosen = [actions.choice_made(each) for each in buttons(message.blocks)]
        replies = [found.reply for each in chosen if each and (found := blocks.choice_of(each))]
        assert len(replies) == 6
        assert all(replies)

    def test_the_kind_of_school_can_be_told_with_a_button(self) -> None:
        made = shown(an_answer(question_back=ACADEMY_OR_MAINTAINED))
        assert "**A question back to you**\n\nIs the school an academy" in words(every_block(made))
        found = buttons(every_block(made))
        added = {found[each]["text"]["text"]: blocks.choice_of(actions.choice_made(each) or "") for each in found}
        assert {text: choice.add for text, choice in added.items() if choice} == {
            "It is an academy": "academy",
            "The council maintains it": "maintained",
        }

    def test_any_other_question_back_is_answered_in_words(self) -> None:
        said = words(every_block(shown(an_answer(question_back="When did the letter in [1] come?"))))
        assert "When did the letter in [1] come?" in said
        assert "Reply here in your own words." in said

    def test_a_shared_answer_says_who_shared_it_and_cannot_be_shared_again(self) -> None:
        made = blocks.share_messages(an_answer(), job_id=JOB, shared_by="U0123ABCD")
        assert all(is_sound(message) for message in made)
        assert "<@U0123ABCD> shared this answer." in words(every_block(made))
        assert actions.SHARE not in buttons(every_block(made))
        assert "shared" not in words(every_block(blocks.share_messages(an_answer(), job_id=JOB, shared_by="<!here>")))

    def test_a_shared_answer_gives_others_no_button_that_would_use_its_askers_question(self) -> None:
        asked_back = an_answer(deadlines=(a_deadline(),), question_back="Is the school an academy?")
        made = every_block(blocks.share_messages(asked_back, job_id=JOB, shared_by="U0123ABCD"))
        assert buttons(made) == {}
        assert made[-1]["elements"][0]["action_id"] == actions.FEEDBACK

    def test_a_sentence_of_ours_is_a_message_too(self) -> None:
        for text in vars(messages).values():
            if isinstance(text, str) and text and not text.startswith(("__", "bots.")) and "{" not in text:
                assert is_sound(blocks.notice(text))


class TestLongAnswers:
    def long(self, count: int, length: int) -> Answer:
        text = ("The governing board must meet and must say why. " * (length // 48 + 1))[:length].strip()
        return an_answer(
            statements=tuple(
                a_statement(n, role=Role.DIRECT if n == 1 else Role.DUTY, text=f"Rule {n}: {text}")
                for n in range(1, count + 1)
            ),
            citations=tuple(a_citation(n, quote=f"Rule {n}: {text}") for n in range(1, count + 1)),
        )

    @pytest.mark.parametrize(("count", "length"), [(8, 300), (25, 400), (60, 900), (3, 9000), (120, 60), (2, 30000)])
    def test_it_comes_in_several_messages_with_every_citation_whole(self, count: int, length: int) -> None:
        answer = self.long(count, length)
        made = shown(answer)
        for message in made:
            assert broken_citations(message) == []
        said = words(every_block(made))
        for n in range(1, count + 1):
            assert f"Rule {n}:" in said
            assert re.search(rf"\S \[{n}\](\n|$)", said)
            assert f"*[{n}] Education Act 2002" in said
        assert len(links(every_block(made))) == count + 1  # and the helper's

    @pytest.mark.parametrize(("count", "length"), [(8, 300), (25, 400), (3, 3500), (12, 850)])
    def test_under_a_stream_the_rest_fits_with_what_was_streamed(self, count: int, length: int) -> None:
        answer = self.long(count, length)
        pieces = [blocks.direct_answer(answer), *blocks.statement_markdown(answer)]
        assert all(len(piece) <= limits.MARKDOWN_TEXT and piece.endswith("\n") for piece in pieces)
        first, *others = blocks.closing_messages(answer, audience=answer.audience, job_id=JOB, public=False)
        streamed = {"type": "markdown", "text": "".join(pieces)}
        if first.blocks:
            assert limits.weight([streamed, *first.blocks]) <= limits.MESSAGE_WEIGHT
        assert all(is_sound(message) for message in others)
        both = words([streamed, *first.blocks, *every_block(others)])
        assert all(f"[{n}]" in "".join(pieces) and f"*[{n}] Education Act" in both for n in range(1, count + 1))

    def test_a_stream_says_the_same_as_a_message(self) -> None:
        answer = an_answer(deadlines=(a_deadline(),))
        streamed = blocks.direct_answer(answer) + "".join(blocks.statement_markdown(answer))
        closing = blocks.closing_messages(answer, audience=answer.audience, job_id=JOB, public=False)
        flat = words([{"type": "markdown", "text": streamed}, *every_block(closing)])
        assert "".join(flat.split()) == "".join(words(every_block(shown(answer))).split())

    def test_its_first_message_holds_the_beginning_and_a_notification_is_short(self) -> None:
        first, *_ = shown(self.long(60, 900))
        assert len(first.text) <= limits.MESSAGE_TEXT
        assert first.text.startswith("Must (headteacher): Rule 1:")


def broken_citations(message: Message) -> list[str]:
    """Signs of a citation in a block of which the other half is missing."""
    texts = [block["text"] for block in message.blocks if block["type"] == "markdown"]
    return [text for text in texts if re.search(r"(?<!\\)\[\d*$|^\d*\]|^\s*\[\d+\]", text)]


class TestHostileText:
    @pytest.fixture
    def answer(self) -> Answer:
        """An answer in which everything that comes from elsewhere tries to be markup."""
        citation = a_citation(
            title=HOSTILE, provision=HOSTILE, edition=HOSTILE, quote=HOSTILE, note=HOSTILE, also=(HOSTILE,), url=HOSTILE
        )
        return an_answer(
            text=HOSTILE,
            audience=Audience.ADVISER,
            statements=(
                a_statement(text=HOSTILE, duty_on=HOSTILE),
                a_statement(text=HOSTILE, duty_on=HOSTILE, role=Role.DUTY),
            ),
            citations=(citation,),
            deadlines=(
                a_deadline(
                    label=HOSTILE,
                    working=HOSTILE,
                    who_must=HOSTILE,
                    what=HOSTILE,
                    aim_because=HOSTILE,
                    others=(HOSTILE,),
                    calendar=HOSTILE,
                    caveat=HOSTILE,
                ),
            ),
            offers=(a_hostile_match(),),
            next_steps=(HOSTILE + "!",),
            help=(Help(name=HOSTILE, what=HOSTILE, url=HOSTILE, phone=HOSTILE),),
            near_misses=(NearMiss(passage_id="x", statement=HOSTILE, title=HOSTILE),),
            notices=(HOSTILE,),
            question_back=HOSTILE,
        )

    def test_nothing_in_an_answer_calls_anybody_or_links(self, answer: Answer) -> None:
        made = shown(answer)
        assert links(every_block(made)) == []
        assert calls(every_block(made)) == []
        assert all(calls([{"type": "mrkdwn", "text": message.text}]) == [] for message in made)

    @pytest.mark.parametrize("status", [Status.OUT_OF_SCOPE, Status.URGENT, Status.NOT_FOUND, Status.CLARIFY])
    def test_nor_in_an_answer_of_another_kind(self, answer: Answer, status: Status) -> None:
        made = shown(replace(answer, status=status, statements=()))
        assert links(every_block(made)) == []
        assert calls(every_block(made)) == []

    def test_nor_in_what_is_streamed(self, answer: Answer) -> None:
        text = blocks.direct_answer(answer) + "".join(blocks.statement_markdown(answer))
        streamed: list[dict[str, Any]] = [{"type": "markdown", "text": text}]
        assert links(streamed) == []
        assert calls(streamed) == []

    def test_nor_in_a_request_for_a_human(self, answer: Answer) -> None:
        asked = replace(a_handover(), question=HOSTILE * 30, answer=json.dumps(answer_as_json(answer)))
        message = blocks.handover_message(asked)
        assert is_sound(message)
        assert links(message.blocks) == []
        assert calls(message.blocks) == ["<@U0123ABCD>"]
        assert calls([{"type": "mrkdwn", "text": message.text}]) == ["<@U0123ABCD>"]

    def test_nor_at_home_or_in_a_form(self) -> None:
        recents = [RecentQuestion(id=JOB, text=HOSTILE, asked=datetime(2026, 11, 22, tzinfo=UTC))]
        home = blocks.home_view(Preferences(council=HOSTILE), recents, defaults=Defaults(), kept_hours=24)
        settings = ChannelSettings(allowed_user_groups=("S0123ABCD",), advice_channel=HOSTILE)
        form = blocks.channel_settings_modal(
            settings, channel=HOSTILE, defaults=Defaults(), groups={"S0123ABCD": HOSTILE}
        )
        for view in (home, form):
            assert is_sound_view(view)
            assert links(view["blocks"]) == []
            for typed in view["blocks"]:  # a box to type in shows what was typed as it is
                typed.get("element", {}).pop("initial_value", None)
            assert calls(view["blocks"]) == []


def a_handover(**changes: Any) -> Handover:
    plain = Handover(
        id="handover-1",
        job_id=JOB,
        team="T0123ABCD",
        asked_by="U0123ABCD",
        advice_channel="C0999ADVI",
        question="[name] was suspended. What now?",
        answer=json.dumps(answer_as_json(an_answer())),
        at=datetime(2026, 11, 22, 9, tzinfo=UTC),
    )
    return replace(plain, **changes)


class TestAHuman:
    def test_the_advice_channel_sees_question_answer_and_sources(self) -> None:
        message = blocks.handover_message(a_handover())
        assert is_sound(message)
        said = words(message.blocks)
        assert "[name] was suspended. What now?" in said
        assert "The headteacher must do thing number 1. [1]" in said
        assert "*[1] Education Act 2002, s.51A(1)*" in said
        assert "Asked by <@U0123ABCD>. Waiting for somebody to take it" in said

    def test_the_advice_channel_sees_the_whole_answer_with_its_dates(self) -> None:
        answer = an_answer(statements=tuple(a_statement(n) for n in (1, 2, 3)), deadlines=(a_deadline(),))
        message = blocks.handover_message(a_handover(answer=json.dumps(answer_as_json(answer))))
        assert is_sound(message)
        said = words(message.blocks)
        assert "thing number 3" in said
        assert a_deadline().label in said
        assert messages.HANDOVER_GOES_ON not in said
        assert blocks.handover_rest(a_handover(answer=json.dumps(answer_as_json(answer)))) == []

    @pytest.mark.parametrize("state", HandoverState)
    def test_what_of_an_answer_has_no_room_there_goes_on_in_the_thread(self, state: HandoverState) -> None:
        answer = an_answer(statements=tuple(a_statement(n, text=f"Thing {n}. " * 60) for n in range(1, 60)))
        handover = a_handover(answer=json.dumps(answer_as_json(answer)))
        message = blocks.handover_message(replace(handover, state=state, taken_by="W0HELPER1"))
        rest = blocks.handover_rest(handover)
        assert is_sound(message)
        assert rest
        assert all(is_sound(each) for each in rest)
        assert messages.HANDOVER_GOES_ON in words(message.blocks)
        shown = [words(message.blocks), *(words(each.blocks) for each in rest)]
        for n in range(1, 60):
            assert sum(said.count(f"Thing {n}. ") for said in shown) >= 60, f"thing {n} is left out"

    def test_somebody_can_take_it_then_settle_it(self) -> None:
        ids = {
            state: list(buttons(blocks.handover_message(a_handover(state=state, taken_by="W0HELPER1")).blocks))
            for state in HandoverState
        }
        assert ids == {
            HandoverState.OPEN: [actions.HUMAN_CLAIM, actions.HUMAN_DONE],
            HandoverState.CLAIMED: [actions.HUMAN_DONE],
            HandoverState.DONE: [],
        }

    @pytest.mark.parametrize(
        ("state", "said"),
        [
            (HandoverState.CLAIMED, "Asked by <@U0123ABCD>. Taken by <@W0HELPER1>"),
            (HandoverState.DONE, "Asked by <@U0123ABCD>. Done by <@W0HELPER1>"),
        ],
    )
    def test_everybody_sees_who_took_it(self, state: HandoverState, said: str) -> None:
        assert said in words(blocks.handover_message(a_handover(state=state, taken_by="W0HELPER1")).blocks)

    def test_a_long_question_and_a_forgotten_answer_are_shown_as_far_as_they_go(self) -> None:
        message = blocks.handover_message(a_handover(question="He was sent home. " * 500, answer="{}"))
        assert is_sound(message)
        assert "The answer is not kept any more." in words(message.blocks)

    def test_an_answer_is_read_back_as_it_was_kept(self) -> None:
        answer = an_answer(deadlines=(a_deadline(),))
        assert blocks.answer_of(json.dumps(answer_as_json(answer))) == answer
        assert blocks.answer_of("not json") is None
        assert blocks.answer_of(None) is None


class TestHome:
    def home(self, preferences: Preferences | None = None, *recents: str) -> dict[str, Any]:
        at = datetime(2026, 11, 22, tzinfo=UTC)
        asked = [RecentQuestion(id=f"job-{n}", text=text, asked=at) for n, text in enumerate(recents)]
        view = blocks.home_view(preferences or Preferences(), asked, defaults=Defaults(), kept_hours=24)
        assert is_sound_view(view)
        return view

    def test_somebody_new_learns_what_it_is_for_and_what_is_kept(self) -> None:
        said = words(self.home()["blocks"])
        assert "exclusion, suspension and alternative provision" in said
        assert "kept for 24 hours" in said
        assert "There are none at the moment." in said
        assert "not legal advice" in said

    def test_own_questions_can_be_asked_again(self) -> None:
        view = self.home(None, "Was that allowed?", "long " * 500)
        again = [b["accessory"] for b in view["blocks"] if b.get("accessory")]
        assert [(each["action_id"], each["value"]) for each in again] == [
            (actions.HOME_ASK_AGAIN, "job-0"),
            (actions.HOME_ASK_AGAIN, "job-1"),
        ]
        assert "Was that allowed?" in words(view["blocks"])

    def test_own_choices_are_shown_as_they_were_made(self) -> None:
        chosen = Preferences(
            audience=Audience.PARENT, council="Leeds", setting=frozenset({"pru", "ehc-plan", "in-care"})
        )
        fields = {b["block_id"]: b["element"] for b in self.home(chosen)["blocks"] if b["type"] == "input"}
        assert fields[actions.FIELD_HOME_AUDIENCE.block]["initial_option"]["value"] == "parent"
        assert fields[actions.FIELD_HOME_COUNCIL.block]["initial_value"] == "Leeds"
        assert fields[actions.FIELD_HOME_SCHOOL.block]["initial_option"]["value"] == "pru"
        ticked = fields[actions.FIELD_HOME_CHILDREN.block]["initial_options"]
        assert {each["value"] for each in ticked} == {"ehc-plan", "in-care"}

    def test_nothing_is_deleted_without_asking_twice(self) -> None:
        delete = buttons(self.home()["blocks"])[actions.DELETE_MY_DATA]
        assert delete["style"] == "danger"
        assert delete["confirm"]["style"] == "danger"
        assert "for good" in delete["confirm"]["text"]["text"]


class TestForms:
    def test_a_channel_is_set_up_in_one_form(self) -> None:
        settings = ChannelSettings(
            audience=Audience.ADVISER,
            answer_in_public=False,
            allowed_user_groups=("S0OLDGONE", "S0123ABCD"),
            advice_channel="C0999ADVI",
        )
        view = blocks.channel_settings_modal(
            settings, channel="C0123ABCD", defaults=Defaults(), groups={"S0123ABCD": "SENCOs", "S0456EFGH": "Heads"}
        )
        assert is_sound_view(view)
        assert view["private_metadata"] == "C0123ABCD"
        fields = {b["block_id"]: b["element"] for b in view["blocks"] if b["type"] == "input"}
        assert fields[actions.FIELD_CHANNEL_AUDIENCE.block]["initial_option"]["value"] == "adviser"
        assert fields[actions.FIELD_CHANNEL_PUBLIC.block]["initial_option"]["value"] == "private"
        groups = fields[actions.FIELD_CHANNEL_GROUPS.block]
        assert [each["value"] for each in groups["initial_options"]] == ["S0OLDGONE", "S0123ABCD"]
        assert [each["text"]["text"] for each in groups["options"]] == ["S0OLDGONE", "SENCOs", "Heads"]
        assert fields[actions.FIELD_CHANNEL_ADVICE.block]["initial_conversation"] == "C0999ADVI"

    def test_a_channel_that_was_never_set_up_shows_what_holds(self) -> None:
        view = blocks.channel_settings_modal(ChannelSettings(), channel="C0123ABCD", defaults=Defaults(), groups={})
        assert is_sound_view(view)
        said = words(view["blocks"])
        assert "As usual here (someone who works in a school)" in said
        assert "everybody in the channel may ask" in said

    def test_a_workspace_with_hundreds_of_groups_still_opens_the_form(self) -> None:
        groups = {f"S{n:08}": f"Group {n}" for n in range(400)}
        allowed = tuple(f"X{n:08}" for n in range(20))
        settings = ChannelSettings(allowed_user_groups=allowed)
        view = blocks.channel_settings_modal(settings, channel="C0123ABCD", defaults=Defaults(), groups=groups)
        assert is_sound_view(view)

    def test_whoever_was_not_helped_says_why(self) -> None:
        view = blocks.feedback_modal(JOB)
        assert is_sound_view(view)
        assert view["private_metadata"] == JOB
        assert "It does not fit what happened" in words(view["blocks"])

    def test_another_day_is_picked_from_a_calendar(self) -> None:
        view = blocks.as_at_modal(JOB, today=TODAY)
        assert is_sound_view(view)
        assert view["blocks"][0]["element"]["initial_date"] == "2026-11-22"

    @pytest.mark.parametrize("audience", list(Audience))
    def test_whoever_needs_a_start_is_offered_one(self, audience: Audience) -> None:
        prompts = blocks.suggested_prompts(audience)
        assert 0 < len(prompts) <= limits.SUGGESTED_PROMPTS
        assert all(set(each) == {"title", "message"} and all(each.values()) for each in prompts)


class TestIds:
    def test_an_unknown_id_means_nothing(self) -> None:
        for other in ("", "ap_ask_as_king", "ap_choice_", "ap_ask_as_parent_2", "ap_feedback"):
            assert actions.audience_asked(other) is None
            assert actions.choice_made(other) is None
        for other in ("", "yes", "yes:", "maybe:job", ":job"):
            assert actions.read_feedback(other) is None
        assert blocks.choice_of("king") is None


class TestSplitting:
    def test_parts_that_belong_together_stay_together(self) -> None:
        heavy = Part(blocks=tuple({"type": "markdown", "text": "x" * 2_500} for _ in range(3)))
        assert [len(group) for group in split([heavy, heavy])] == [1, 1]

    def test_a_part_too_heavy_for_any_message_is_torn_at_its_blocks(self) -> None:
        heavy = Part(blocks=tuple({"type": "markdown", "text": "x" * 2_500} for _ in range(9)), spoken="once")
        groups = split([heavy])
        assert sum(len(part.blocks) for group in groups for part in group) == 9
        assert [part.spoken for group in groups for part in group if part.spoken] == ["once"]

    def test_more_than_fifty_blocks_become_more_than_one_message(self) -> None:
        many = [Part(blocks=({"type": "divider"},)) for _ in range(120)]
        assert [len(group) for group in split(many)] == [50, 50, 20]

    def test_a_message_full_of_streamed_words_leaves_its_blocks_to_the_next(self) -> None:
        part = Part(blocks=({"type": "markdown", "text": "x" * 2_500},))
        assert [len(group) for group in split([part], used=11_000)] == [0, 1]

    @pytest.mark.parametrize(
        "message",
        [
            Message(text="", blocks=[{"type": "divider"}]),
            Message(text="x" * 4_001, blocks=[{"type": "divider"}]),
            Message(text="x", blocks=[]),
            Message(text="x", blocks=[{"type": "divider"}] * 51),
            Message(text="x", blocks=[{"type": "markdown", "text": "x" * 12_001}]),
            Message(text="x", blocks=[{"type": "alert", "text": {"type": "plain_text", "text": "x"}}]),
            Message(text="x", blocks=[{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]),
            Message(text="x", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}]),
            Message(text="x", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": ""}}]),
            Message(text="x", blocks=[{"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}]),
            Message(text="x", blocks=[{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2),
            Message(text="x", blocks=[{"type": "actions", "elements": []}]),
            Message(
                text="x",
                blocks=[
                    {
                        "type": "container",
                        "title": {"type": "plain_text", "text": "x"},
                        "child_blocks": [{"type": "markdown", "text": "x"}],
                    }
                ],
            ),
        ],
    )
    def test_what_slack_would_refuse_is_found_before_it_is_sent(self, message: Message) -> None:
        assert limits.faults(message)
