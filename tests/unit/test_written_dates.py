"""Where dates stand in a message and what is worked out for them; today is Saturday 21 November 2026."""

import statistics
from datetime import date, timedelta
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.date_places import impossible_dates
from assistant.written_dates import WrittenDate, find_written_dates
from tests.fakes import TODAY, FakeDateReader


def read(text: str, *, today: date = TODAY) -> tuple[WrittenDate, ...]:
    return find_written_dates(text, today=today, reader=FakeDateReader())


def days(text: str, *, today: date = TODAY) -> list[str]:
    """Every day read, with its weekday: "Tue 2026-11-03"."""
    return [f"{each.day:%a %Y-%m-%d}" for each in read(text, today=today)]


def the_date(text: str) -> WrittenDate:
    (only,) = read(text)
    return only


class TestPlaces:
    @pytest.mark.parametrize(
        ("message", "written"),
        [
            ("excluded Thurs 17 Dec 2026 at 2.15pm", ["Thurs 17 Dec 2026"]),
            ("a letter dated the 10th of November, 2026.", ["the 10th of November, 2026"]),
            ("term ends fri 18, back 5 jan (4th is inset)", ["fri 18", "5 jan", "4th"]),
            ("term ends 18/12, pupils back Tue 5/1/27", ["18/12", "Tue 5/1/27"]),
            ("it was 3 November 2026 (Tuesday).", ["3 November 2026 (Tuesday)"]),
            ("He went home on Monday 9 Nov. They rang on 10 Nov.", ["Monday 9 Nov", "10 Nov"]),
            ("İİ excluded 3/11/2026", ["3/11/2026"]),
            ("excluded on\u00a03\u00a0November\u00a02026", ["3\u00a0November\u00a02026"]),
        ],
    )
    def test_the_words_of_each_date_are_found_in_the_message_as_it_was_written(
        self, message: str, written: list[str]
    ) -> None:
        found = read(message)
        assert [message[each.start : each.end] for each in found] == [each.text for each in found]
        assert [each.text.removeprefix("the ") for each in found] == [words.removeprefix("the ") for words in written]

    @pytest.mark.parametrize(
        "message",
        [
            "1/2 a day",
            "he gets 3/4 of a lesson",
            "he is there 24/7",
            "9 to 12.30",
            "8.30-12",
            "s.103(7)",
            "reg 5 and section 19",
            "s.51A(1) and paragraph 12",
            "Year 9",
            "Y10 set 3",
            "Year 9 may appeal",
            "year 3/4 and KS3/4",
            "45 days or 2 hours",
            "15 school days",
            "within 3 days, 10 to 12 weeks",
            "the 15th school day",
            "the 6th day in the 6th form",
            "his 2nd exclusion this year",
            "the 1st is that nobody rang, the 2nd is that nobody wrote",
            "fined £60/£120",
            "it cost £3.50",
            "a 1:1 for 50/50 of the time",
            "10/12 pupils",
            "ring 01632 960000 or 020 7946 0018",
            "0300 222 5999",
            "we live in LS6 1AN near SW1A 1AA",
            "SI 2012/1033",
            "in 2024 and 2026/27",
            "they may exclude him",
            "12 may be too young",
            "he sat in the sun",
            "I sat an exam last month",
            "a march through town, march 5 pupils out",
            "wait a second, a second time",
            "every Friday",
            "Fridays and Mondays",
            "Monday to Friday",
            "mon-fri 9 to 3",
            "he is sent home on a Friday",
            "the shop is shut on Good Friday",
            "a school for ages 3-11",
            "version 1.2.14",
            "the last week of term",
            "what must the governors do",
            "December 2026",
            "31/02/2026",
            "",
        ],
    )
    def test_what_only_looks_like_a_date_is_left_alone(self, message: str) -> None:
        assert days(message) == []

    @given(st.text(alphabet="bcefghjklpqvxz ,.?!'é\n"))
    def test_a_message_without_a_number_or_a_word_of_time_holds_no_date(self, text: str) -> None:
        assert read(text) == ()

    @given(
        st.lists(
            st.sampled_from("3/11 5 jan may mon 12 the th - . the last week ago on by ( ) 2026 Tue a / 31 feb".split())
        )
    )
    def test_no_jumble_of_the_words_of_dates_breaks_the_reading(self, words: list[str]) -> None:
        text = " ".join(words)
        found = read(text)
        assert [each.text for each in found] == [text[each.start : each.end] for each in found]
        assert all(one.end <= other.start for one, other in pairwise(found))

    @given(st.text())
    def test_no_text_breaks_the_reading_of_dates(self, text: str) -> None:
        read(text)
        list(impossible_dates(text))

    @pytest.mark.parametrize("today", [date.min, date.max])
    def test_no_today_breaks_the_reading_either(self, today: date) -> None:
        assert isinstance(read("the 12th, 3/11, fri 31", today=today), tuple)
        with_relatives = "last week on Tuesday, Friday next week, a week on Monday, 29 feb"
        assert isinstance(read(with_relatives, today=today), tuple)


class TestYearNobodyWrote:
    @pytest.mark.parametrize(
        ("message", "read_as"),
        [
            pytest.param("he was excluded on 3/11", ["Tue 2026-11-03"], id="told in the past: the one gone"),
            pytest.param("she was excluded on 10 December", ["Wed 2025-12-10"], id="in the past, so last year's"),
            pytest.param("the meeting is on 10 December", ["Thu 2026-12-10"], id="to come"),
            pytest.param("the meeting will be held on 3 February", ["Wed 2027-02-03"], id="to come, next year"),
            pytest.param("on 12 October they will meet", ["Tue 2027-10-12"], id="told of afterwards"),
            pytest.param("they must answer by 5 January", ["Tue 2027-01-05"], id="a limit"),
            pytest.param("he was suspended until 18 November", ["Wed 2026-11-18"], id="until, told in the past"),
            pytest.param("26 Mar", ["Fri 2027-03-26"], id="nothing said: the nearest"),
            pytest.param("10 November", ["Tue 2026-11-10"], id="nothing said: the nearest, gone"),
            pytest.param("29 feb", ["Tue 2028-02-29"], id="a leap day: the nearest there is"),
            pytest.param("Thurs 17 Dec", ["Thu 2026-12-17"], id="the weekday fits this year"),
            pytest.param("Tuesday 11 November", ["Wed 2026-11-11"], id="a slip of the weekday, and not a year ago"),
            pytest.param("Wed 21 April", ["Wed 2027-04-21"], id="the weekday fits next year"),
            pytest.param("I knew they were not going to on 3 march", ["Tue 2026-03-03"], id="what was going to be"),
            pytest.param("sent for judicial review on monday 16 nov", ["Mon 2026-11-16"], id="just gone by"),
            pytest.param("likely to PEX on Mon 30 Nov", ["Mon 2026-11-30"], id="soon"),
            pytest.param(
                "excluded 3/11 and the meeting is on 4/12", ["Tue 2026-11-03", "Fri 2026-12-04"], id="gone and to come"
            ),
            pytest.param(
                "term ends 18/12, pupils back Tue 5/1/27",
                ["Fri 2026-12-18", "Tue 2027-01-05"],
                id="a full one after it",
            ),
            pytest.param(
                "He was excluded on 5 Mar 2027. Easter break from 26 Mar, back 12 April",
                ["Fri 2027-03-05", "Fri 2027-03-26", "Mon 2027-04-12"],
                id="a full one before them",
            ),
            pytest.param(
                "told on 3 Nov 2026, meeting 10 January", ["Tue 2026-11-03", "Sun 2027-01-10"], id="past the new year"
            ),
            pytest.param(
                "PEX Mon 26 Apr 2027; GCSE Thu 13 May 2027. Bank hol 3 May. By when should the board meet?",
                ["Mon 2027-04-26", "Thu 2027-05-13", "Mon 2027-05-03"],
                id="a little before a full one",
            ),
            pytest.param(
                "on 2, 1 March, 29, 28 and 27 February", ["Mon 2027-03-01", "Sat 2027-02-27"], id="a list of days"
            ),
            pytest.param("excluded 10 nov 26.", ["Tue 2026-11-10"], id="a year of two figures"),
            pytest.param("excluded 3 Dec 2025, heard 5 Jan", ["Wed 2025-12-03", "Mon 2026-01-05"], id="an old story"),
            pytest.param(
                "born 3 May 2013, excluded 5 Nov", ["Fri 2013-05-03", "Thu 2026-11-05"], id="a birthday is no clue"
            ),
            pytest.param(
                "autumn 2 Sept 2026 - 18 Dec, spring 5 Jan - 26 Mar, summer 12 April - 20 July",
                [
                    "Wed 2026-09-02",
                    "Fri 2026-12-18",
                    "Tue 2027-01-05",
                    "Fri 2027-03-26",
                    "Mon 2027-04-12",
                    "Tue 2027-07-20",
                ],
                id="term dates run on",
            ),
        ],
    )
    def test_the_year_is_that_of_the_story(self, message: str, read_as: list[str]) -> None:
        assert days(message) == read_as

    def test_reader_is_told_which_year_was_taken(self) -> None:
        when = the_date("excluded 10th November")
        assert not when.exact
        assert "the year is taken as 2026" in (when.ambiguous or "")

    def test_a_date_with_its_year_is_exact_and_needs_no_remark(self) -> None:
        when = the_date("excluded on Tuesday 10 November 2026")
        assert when.exact
        assert when.clash is None
        assert when.ambiguous is None


class TestMonthNobodyWrote:
    @pytest.mark.parametrize(
        ("message", "read_as"),
        [
            ("a letter dated the 12th", ["Thu 2026-11-12"]),
            ("we got the letter on the 2nd", ["Mon 2026-11-02"]),
            ("the meeting is on the 4th", ["Fri 2026-12-04"]),
            ("4th is inset", ["Fri 2026-12-04"]),
            ("excluded fri 13", ["Fri 2026-11-13"]),
            ("term ends fri 18", ["Fri 2026-12-18"]),
            ("excluded Thurs 17 Dec 2026. term ends fri 18", ["Thu 2026-12-17", "Fri 2026-12-18"]),
            ("excluded 3 Nov 2026, they met on the 17th", ["Tue 2026-11-03", "Tue 2026-11-17"]),
            ("the meeting is on 28 Jan 2027, papers due by the 2nd", ["Thu 2027-01-28", "Tue 2027-02-02"]),
            ("back 5 jan (4th is inset)", ["Tue 2027-01-05", "Mon 2027-01-04"]),
            ("from the 9th to the 12th of December 2026", ["Wed 2026-12-09", "Sat 2026-12-12"]),
        ],
    )
    def test_the_month_follows_the_date_before_it_or_today(self, message: str, read_as: list[str]) -> None:
        assert days(message) == read_as
        assert not read(message)[-1].exact or "12th of" in message

    def test_a_numbered_weekday_that_fits_no_month_nearby_is_told_of(self) -> None:
        when = the_date("the meeting is on fri 31")
        assert (when.day, when.day.strftime("%A")) == (date(2026, 12, 31), "Thursday")
        assert when.clash == ("Friday 31 December 2026 is a Thursday, so Thursday 31 December 2026 is used")


class TestWeekdays:
    @pytest.mark.parametrize(
        ("today", "message", "read_as"),
        [
            pytest.param("Sat 2026-11-21", "excluded last Tuesday", "Tue 2026-11-17", id="last"),
            pytest.param("Tue 2026-11-17", "excluded last Tuesday", "Tue 2026-11-10", id="last, on a Tuesday"),
            pytest.param("Sat 2026-11-21", "Tuesday last week", "Tue 2026-11-10", id="last week"),
            pytest.param(
                "Mon 2026-11-23", "last week on Friday", "Fri 2026-11-20", id="last week, the other way round"
            ),
            pytest.param("Sat 2026-11-21", "he was excluded this Tuesday", "Tue 2026-11-17", id="this, gone"),
            pytest.param("Sat 2026-11-21", "they will meet this Tuesday", "Tue 2026-11-24", id="this, to come"),
            pytest.param("Sat 2026-11-21", "next Monday", "Mon 2026-11-23", id="next"),
            pytest.param("Sat 2026-11-21", "Monday next week", "Mon 2026-11-23", id="next week"),
            pytest.param("Wed 2026-11-18", "a week on Tuesday", "Tue 2026-12-01", id="a week on"),
            pytest.param("Wed 2026-11-18", "Tuesday week", "Tue 2026-12-01", id="Tuesday week"),
            pytest.param("Sat 2026-11-21", "a week last Tuesday", "Tue 2026-11-10", id="a week last"),
            pytest.param("Sat 2026-11-21", "Friday just gone", "Fri 2026-11-20", id="just gone"),
            pytest.param("Sat 2026-11-21", "they excluded him thurs", "Thu 2026-11-19", id="alone, gone"),
            pytest.param("Sat 2026-11-21", "the governors meet on Thursday", "Thu 2026-11-26", id="alone, to come"),
            pytest.param("Sat 2026-11-21", "governors meeting? its on thursday", "Thu 2026-11-26", id="its on"),
            pytest.param("Sat 2026-11-21", "he is excluded, exam monday", "Mon 2026-11-23", id="an exam is to come"),
            pytest.param("Sat 2026-11-21", "we had a meeting Thursday", "Thu 2026-11-19", id="a meeting we had"),
            pytest.param("Sat 2026-11-21", "he was suspended until Friday", "Fri 2026-11-27", id="until"),
        ],
    )
    def test_the_weekday_meant_depends_on_today_and_on_how_it_is_told(
        self, today: str, message: str, read_as: str
    ) -> None:
        assert days(message, today=date.fromisoformat(today.split()[1])) == [read_as]

    @pytest.mark.parametrize(
        ("message", "clash"),
        [
            (
                "excluded Tuesday 11 November 2026",
                "Tuesday 11 November 2026 is a Wednesday, so Wednesday 11 November 2026 is used",
            ),
            ("excluded mon 3/11/26", "Monday 3 November 2026 is a Tuesday, so Tuesday 3 November 2026 is used"),
            ("excluded Wed 3 Nov", "Wednesday 3 November 2026 is a Tuesday, so Tuesday 3 November 2026 is used"),
            (
                "3 November 2026 (Monday)",
                "Monday 3 November 2026 is a Tuesday, so Tuesday 3 November 2026 is used",
            ),
            ("excluded Wednesday 11 November 2026", None),
            ("excluded Tues 10 Nov", None),
            ("excluded last Tuesday", None),
        ],
    )
    def test_a_weekday_that_is_not_the_dates_own_is_told_of(self, message: str, clash: str | None) -> None:
        assert the_date(message).clash == clash

    @pytest.mark.parametrize("message", ["excluded Tuesday", "excluded last week", "excluded two weeks ago"])
    def test_words_that_leave_the_day_open_are_read_aloud(self, message: str) -> None:
        when = the_date(message)
        assert when.ambiguous == f"“{when.text}” is read as {when.day:%A} {when.day.day} {when.day:%B} {when.day.year}"


class TestDayFirst:
    @pytest.mark.parametrize(
        ("message", "remark"),
        [
            ("3/11", "3/11 is read as 3 November; the year is taken as 2026"),
            ("3/11/26", "3/11/26 is read as 3 November 2026"),
            ("5/1/27", "5/1/27 is read as 5 January 2027"),
            ("3.11.2026", "3.11.2026 is read as 3 November 2026"),
            ("11/11/2026", None),
            ("23/11/2026", None),
            ("2026-11-03", None),
            ("3 November 2026", None),
        ],
    )
    def test_figures_that_could_be_the_other_way_round_are_read_aloud(self, message: str, remark: str | None) -> None:
        assert the_date(message).ambiguous == remark

    @pytest.mark.parametrize(
        ("message", "impossible"),
        [
            ("excluded on 31/02/2026", ["31/02/2026"]),
            ("excluded on 30 Feb", ["30 Feb"]),
            ("excluded on 2026-13-01", ["2026-13-01"]),
            ("excluded on the 31st of June", ["31st of June"]),
            ("excluded on June 31, 2026", ["June 31, 2026"]),
            ("29 Feb and 31 Dec", []),
            ("Year 9 may appeal, 45 may not", []),
        ],
    )
    def test_a_date_no_calendar_has_is_named_and_never_read(self, message: str, impossible: list[str]) -> None:
        assert list(impossible_dates(message)) == impossible
        assert not impossible or days(message) == []


class TestTimeOfDay:
    @pytest.mark.parametrize(
        ("message", "afternoon"),
        [
            ("excluded Thurs 17 Dec 2026 at 2.15pm", True),
            ("excluded 3 Nov 2026 at 14:15", True),
            ("excluded 3 Nov 2026 at 2 p.m. by phone", True),
            ("excluded 3 Nov 2026 in the afternoon", True),
            ("excluded 3 Nov 2026 after lunch", True),
            ("excluded 3 Nov 2026 at 12.30", True),
            ("at 2.15pm on 3 November 2026 they rang", True),
            ("on the afternoon of 3 November 2026", True),
            ("excluded yesterday afternoon", True),
            ("sent home last night", True),
            ("excluded 3 Nov 2026 at 9.30", False),
            ("excluded 3 Nov 2026, 10am", False),
            ("excluded on 3 Nov 2026 before lunch", False),
            ("sent home this morning", False),
            ("excluded 3 Nov 2026", None),
            ("excluded 3 Nov 2026. I rang at 2pm", None),
            ("excluded 3 Nov 2026, fined £12.50", None),
        ],
    )
    def test_the_time_said_beside_a_date_tells_morning_from_afternoon(
        self, message: str, afternoon: bool | None
    ) -> None:
        assert the_date(message).afternoon is afternoon

    def test_each_date_has_its_own_time_of_day(self) -> None:
        found = read("out 3 Nov 2026 at 2pm, letter 4 Nov 2026, meeting 5 Nov 2026 at 9am")
        assert [each.afternoon for each in found] == [True, None, False]


class TestPace:
    @pytest.mark.parametrize(
        ("message", "milliseconds"),
        [
            pytest.param("he is 12, in Year 9, and out for 45 days, 24/7, Monday to Friday. " * 60, 20, id="numbers"),
            pytest.param("nobody will say why or for how long he is out of school. " * 4, 0.1, id="no number at all"),
        ],
    )
    def test_a_message_without_dates_is_read_at_once(self, message: str, milliseconds: float) -> None:
        message = message[:4000]
        took = []
        for _ in range(15):
            begun = process_time()
            assert read(message) == ()
            took.append(process_time() - begun)
        assert statistics.median(took) * 1000 < milliseconds


@given(st.dates(min_value=date(1, 2, 1), max_value=date(9999, 11, 1)), st.integers(min_value=0, max_value=28))
def test_days_ago_are_counted_from_the_day_of_the_question(today: date, ago: int) -> None:
    assert [each.day for each in read(f"{ago} days ago", today=today)] == [today - timedelta(days=ago)]


class TestDaySaidTwice:
    @pytest.mark.parametrize(
        "message",
        ["excluded yesterday, 20 November 2026", "excluded yesterday (20 November)", "yesterday - Fri 20 Nov"],
    )
    def test_a_day_told_in_two_ways_is_one_date(self, message: str) -> None:
        found = the_date(message)
        assert (found.day, found.clash) == (date(2026, 11, 20), None)

    def test_a_parent_who_is_wrong_about_yesterday_is_counted_from_the_date_and_told_so(self) -> None:
        found = the_date("He was excluded yesterday, 19 November 2026, from an academy.")
        assert found.day == date(2026, 11, 19)
        assert found.clash == (
            "“yesterday” would be Friday 20 November 2026, so the date written beside it is used: "
            "Thursday 19 November 2026"
        )

    def test_two_days_of_a_story_stay_two(self) -> None:
        assert days("suspended yesterday, and again on 3 November 2026") == ["Fri 2026-11-20", "Tue 2026-11-03"]
