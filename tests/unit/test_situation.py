"""What a message says about the child: settings, stages, needs, numbers and dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.date_places import find_dates, impossible_dates
from assistant.model import Situation, Turn
from assistant.situation import law_date_of, read_situation
from assistant.wording import Glossary
from tests.fakes import TERMS, TODAY

GLOSSARY = Glossary(TERMS)


def read(text: str, *earlier: str) -> Situation:
    """The situation in `text`, asked after the user's `earlier` messages."""
    return read_situation(text, history=[Turn(role="user", content=turn) for turn in earlier], today=TODAY)


class TestKindOfSchool:
    @pytest.mark.parametrize(
        ("message", "settings"),
        [
            ("My son's academy has suspended him for 3 days", {"academy"}),
            ("the multi-academy trust won't answer", {"academy"}),
            ("our free school sent him home again", {"academy"}),
            ("it's a community school", {"maintained"}),
            ("a voluntary aided Catholic school", {"maintained"}),
            ("the council-run school up the road", {"maintained"}),
            ("She's at a PRU", {"pru"}),
            ("he's in an AP academy", {"ap-academy"}),
            ("the private school expelled her", {"independent"}),
            ("some unregistered provider", {"unregistered"}),
            ("she goes to a further education college", {"fe"}),
            ("is it different for an academy or a maintained school?", {"academy", "maintained"}),
            ("it's not an academy, it's a maintained school", {"maintained"}),
            ("the school sent him home", set()),
        ],
    )
    def test_the_kind_of_school_is_read_from_the_words_families_use(self, message: str, settings: set[str]) -> None:
        assert read(message).settings == settings

    def test_a_follow_up_about_an_academy_replaces_the_maintained_school_asked_about_before(self) -> None:
        assert read("and what about an academy?", "who can suspend in a maintained school").settings == {"academy"}

    def test_a_follow_up_that_names_no_school_keeps_the_one_named_before(self) -> None:
        assert read("and how long for?", "my son's academy suspended him").settings == {"academy"}

    def test_what_the_assistant_wrote_is_not_taken_for_the_familys_story(self) -> None:
        history = [Turn(role="assistant", content="In an academy the EHCP ... suspended")]
        assert read_situation("who decides?", history=history, today=TODAY) == Situation()


class TestStage:
    @pytest.mark.parametrize(
        ("message", "stages"),
        [
            ("It happened Friday and he got permanently excluded", {"permanently-excluded"}),
            ("PEXed over vaping", {"permanently-excluded"}),
            ("expelled for good", {"permanently-excluded"}),
            ("they've chucked my lad out of school", {"permanently-excluded", "no-school"}),
            ("head threw my youngest son out on Friday", {"permanently-excluded"}),
            ("he got slung out, can they do that", {"permanently-excluded"}),
            ("so that's her out of school for good", {"permanently-excluded", "no-school"}),
            ("thrown out of the classroom again", set()),
            ("the teacher chucked my son out of his lesson", set()),
            ("his dad threw him out of the house", set()),
            ("another fixed term exclusion", {"suspended"}),
            ("she was excluded for 3 days", {"suspended"}),
            ("excluded for a week", {"suspended"}),
            ("permanently excluded for a fight at lunch", {"permanently-excluded"}),
            ("head says one more incident and that's it", {"warned"}),
            ("school rang me to collect him, he needed a cooling off day", {"sent-home"}),
            ("they sent my daughter home at 11", {"sent-home"}),
            ("the GDC is on Tuesday", {"governors-meeting"}),
            ("governors upheld it last night", {"governors-decided", "governors-meeting"}),
            ("the governors have said no", {"governors-decided", "governors-meeting"}),
            ("governers turned us down", {"governors-decided", "governors-meeting"}),
            ("governors wouldn't reinstate him", {"governors-decided", "governors-meeting"}),
            ("I want an independent review panel", {"review-panel"}),
            ("panel quashed the decision", {"after-review"}),
            ("they have directed him off-site", {"in-ap"}),
            ("he's been sat at home for six weeks", {"no-school"}),
            ("she has no school place", {"no-school"}),
            ("how do I choose a school?", set()),
        ],
    )
    def test_where_the_family_stands_is_read_from_their_own_words(self, message: str, stages: set[str]) -> None:
        assert read(message).stages == stages

    def test_a_new_stage_replaces_the_one_before(self) -> None:
        assert read("now he's been permanently excluded", "he was suspended last week").stages == {
            "permanently-excluded"
        }

    def test_a_question_about_the_same_stage_keeps_it(self) -> None:
        assert read("must they set work?", "he was suspended").stages == {"suspended"}


class TestNeeds:
    @pytest.mark.parametrize(
        ("message", "needs"),
        [
            ("his EHCP names the school", {"ehc-plan"}),
            ("we've applied for an EHC assessment", {"ehc-requested"}),
            ("applied for an EHC assessment though he has an EHCP from before", {"ehc-requested", "ehc-plan"}),
            ("she is on SEN support", {"sen-support"}),
            ("SEND team won't reply", {"sen-support"}),
            ("autism and ADHD", {"disability"}),
            ("a looked after child with a social worker", {"in-care", "social-worker"}),
            ("she misses her mocks", {"exam"}),
            ("he's in Y11", {"year-11"}),
            ("police are involved", {"police"}),
            ("punished harder because he is black", {"race"}),
            ("her anxiety is worse", {"mental-health"}),
            ("he only gets two hours a day", {"part-time"}),
            ("they want me to home educate", {"home-education"}),
            ("our home LA is another borough", {"cross-border"}),
            ("what alternative provision is there near us", {"wants-provision"}),
            ("when is the last day? The letter came on 3 November 2026", {"counting"}),
            ("can they send him home every day", set()),
            ("can the school send work home", set()),
        ],
    )
    def test_what_the_child_needs_is_read_from_the_words_families_use(self, message: str, needs: set[str]) -> None:
        assert read(message).needs == needs

    @pytest.mark.parametrize(
        ("message", "need"),
        [
            ("he has no EHCP", "ehc-plan"),
            ("without an EHC plan", "ehc-plan"),
            ("he doesn't have an EHCP", "ehc-plan"),
            ("we don't have an EHCP yet", "ehc-plan"),
            ("she hasn't got an EHCP", "ehc-plan"),
            ("he does not have an EHC plan", "ehc-plan"),
            ("hes not on an EHCP", "ehc-plan"),
            ("never been in care", "in-care"),
            ("he isn't autistic", "disability"),
            ("she has no social worker", "social-worker"),
        ],
    )
    def test_what_a_parent_says_the_child_lacks_is_ruled_out(self, message: str, need: str) -> None:
        for text in (message, GLOSSARY.expand(message)):
            situation = read(text)
            assert need in situation.ruled_out
            assert need not in situation.needs

    @pytest.mark.parametrize(
        "message",
        [
            "the school isn't following his EHCP",
            "they never read the EHCP",
            "it is not right that his EHCP is ignored",
            "his EHCP is not being followed",
        ],
    )
    def test_a_complaint_about_a_plan_still_says_that_there_is_one(self, message: str) -> None:
        assert "ehc-plan" in read(message).needs

    def test_the_newest_word_about_a_plan_wins(self) -> None:
        assert "ehc-plan" in read("the EHCP came through today", "he has no EHCP").needs
        assert "ehc-plan" in read("and with no EHCP?", "he has an EHCP").ruled_out

    def test_a_need_named_earlier_in_the_conversation_still_counts(self) -> None:
        assert "ehc-plan" in read("can they exclude him?", "my son has an EHCP").needs

    def test_nothing_is_guessed_from_silence(self) -> None:
        assert read("thank you") == Situation()


class TestNumbers:
    @pytest.mark.parametrize(
        ("message", "days"),
        [
            ("suspended for 3 days", 3),
            ("a two day suspension", 2),
            ("suspended for five school days", 5),
            ("twelve days so far", 12),
            ("forty-five days in a year", 45),
            ("forty five days in a year", 45),
            ("first 3 days then 7 more, so 10 days", 10),
            ("given 15 days notice", None),
            ("that was 6 days ago", None),
            ("nobody said how long", None),
        ],
    )
    def test_the_number_of_days_is_read_in_figures_or_words(self, message: str, days: int | None) -> None:
        assert read(message).days == days

    @pytest.mark.parametrize(
        ("message", "long", "very_long"),
        [
            ("suspended for 5 days", False, False),
            ("suspended for 5.5 days", True, False),
            ("suspended for 6 days", True, False),
            ("suspended for 15 days", True, False),
            ("suspended for 16 days", True, True),
            ("permanently excluded, 16 days without school", False, False),
        ],
    )
    def test_a_suspension_counts_as_long_only_above_five_and_above_fifteen_days(
        self, message: str, long: bool, very_long: bool
    ) -> None:
        needs = read(message).needs
        assert ("exclusion-over-5-days" in needs, "exclusion-over-15-days" in needs) == (long, very_long)

    @pytest.mark.parametrize(
        ("message", "age", "year_group"),
        [
            ("he is 14 years old and in year 9", 14, 9),
            ("my 9yo", 9, None),
            ("aged 16, yr 11", 16, 11),
            ("a 40 year old building", None, None),
            ("Y6", None, 6),
            ("in year 2026", None, None),
        ],
    )
    def test_age_and_year_group_are_read_when_they_can_be_a_pupils(
        self, message: str, age: int | None, year_group: int | None
    ) -> None:
        situation = read(message)
        assert (situation.age, situation.year_group) == (age, year_group)

    def test_the_newest_child_named_is_the_one_asked_about(self) -> None:
        assert read("what about my 9 year old?", "my 14 year old was suspended").age == 9

    @pytest.mark.parametrize(
        ("message", "postcode"),
        [
            ("we live at sw1a 2aa", "SW1A 2AA"),
            ("Y9 pupil living in M1 1AE", "M1 1AE"),
            ("postcode LS61AN", "LS61AN"),
            ("somewhere in LS6", None),
            ("under s19 he gets nothing", None),
        ],
    )
    def test_a_whole_postcode_is_found_and_nothing_else_is_taken_for_one(
        self, message: str, postcode: str | None
    ) -> None:
        assert read(message).postcode == postcode


class TestDates:
    @given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["{0:%-d %B %Y}", "{0:%Y-%m-%d}", "{0:%-d/%-m/%Y}"]))
    def test_any_date_in_the_calendar_is_read_back_as_it_was_written(self, day: date, form: str) -> None:
        text = f"He was excluded on {form.format(day)}, is that legal?"
        assert list(find_dates(text)) == [day]
        assert list(impossible_dates(text)) == []

    @pytest.mark.parametrize(
        "written",
        ["3rd of March 2026", "3rd March, 2026", "3 mar 2026", "03/03/2026", "3.3.26", "3/3/26", "2026-03-03"],
    )
    def test_the_ways_people_write_a_date_are_all_read_day_first(self, written: str) -> None:
        assert list(find_dates(f"letter dated {written}")) == [date(2026, 3, 3)]

    @pytest.mark.parametrize(
        "written",
        [
            "31/02/2026",
            "30 february 2026",
            "2026-02-30",
            "29 february 2025",
            "12/25/2025",
            "31st of june 2026",
            "0/1/26",
        ],
    )
    def test_a_date_no_calendar_has_is_named_as_it_was_written(self, written: str) -> None:
        text = f"he was excluded on {written} and again"
        assert list(impossible_dates(text)) == [written]
        assert list(find_dates(text)) == []

    @given(st.text())
    def test_no_text_breaks_the_reading_of_a_situation(self, text: str) -> None:
        situation = read(text, text)
        assert situation.needs.isdisjoint(situation.ruled_out)

    def test_several_dates_come_back_in_calendar_order_each_once(self) -> None:
        dates = read("met 12/11/2026 after 3 November 2026, again 2026-11-03").dates
        assert dates == (date(2026, 11, 3), date(2026, 11, 12))


class TestDayOfTheLaw:
    @pytest.mark.parametrize(
        ("message", "day"),
        [
            pytest.param("he was excluded in May 2025", date(2025, 5, 15), id="a month: its middle"),
            pytest.param("he was excluded on 20 May 2025", date(2025, 5, 20), id="a day"),
            pytest.param("he was excluded on the 2nd of May, 2025", date(2025, 5, 2), id="a day, another way"),
            pytest.param("suspended at the end of May 2025", date(2025, 5, 15), id="the end of a month"),
            pytest.param("pexed 03/11/2025, meeting on 2025-12-01", date(2025, 11, 3), id="the earliest of several"),
            pytest.param("the meeting is on 4 December 2026 about the exclusion", None, id="a day to come"),
            pytest.param("excluded on 21 November 2026", None, id="today is today"),
            pytest.param("does the July 2022 guidance let them exclude", None, id="a month that names guidance"),
            pytest.param("excluded under the Education Act of March 2002", None, id="a month that names an Act"),
            pytest.param("KCSIE September 2025 and the exclusion", None, id="a month that names an edition"),
            pytest.param("suspended under the policy of 1 September 2024", None, id="a date that names a policy"),
            pytest.param("DOB 14/03/2014, excluded 3/11/2025", date(2025, 11, 3), id="a birthday beside it"),
            pytest.param("born in March 2014, excluded in May 2025", date(2025, 5, 15), id="a month of birth"),
            pytest.param("14/03/2014 (dob), excluded 3/11/2025", date(2025, 11, 3), id="a birthday said afterwards"),
            pytest.param("D.O.B: 14.3.2014. Excluded 3/11/2025", date(2025, 11, 3), id="a birthday with full stops"),
            pytest.param("he was born on 3 May 2013", None, id="nothing of ours happened"),
            pytest.param("excluded in May 1996", None, id="too long ago to be the story"),
            pytest.param("what did the law say in 2023", None, id="a year alone"),
        ],
    )
    def test_the_law_asked_about_is_that_of_the_day_it_happened(self, message: str, day: date | None) -> None:
        assert read(message).law_date == day

    @given(st.dates(min_value=TODAY - timedelta(days=7000), max_value=TODAY + timedelta(days=7000)))
    def test_the_day_of_the_law_is_never_in_the_future(self, day: date) -> None:
        expected = day if day < TODAY else None
        assert law_date_of(f"my son was suspended on {day:%-d %B %Y}", today=TODAY) == expected


class TestWhatIsAskedFor:
    @pytest.mark.parametrize(
        ("message", "reform", "history", "statistics"),
        [
            ("what will the white paper do to exclusions", True, False, False),
            ("how many pupils are excluded each year", False, False, True),
            ("what did the old guidance say", False, True, False),
            ("is the 2023 guidance what counts", False, True, False),
            ("can they exclude him", False, False, False),
        ],
    )
    def test_proposals_past_law_and_figures_are_noticed_only_when_asked_for(
        self, message: str, reform: bool, history: bool, statistics: bool
    ) -> None:
        situation = read(message)
        assert (situation.asks_reform, situation.asks_history, situation.asks_statistics) == (
            reform,
            history,
            statistics,
        )
