"""Dates that anyone can check with a calendar on the wall: each was counted by hand, never by the code under test."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from assistant.deadlines import Calculator, Happened, Reckoning
from assistant.errors import BankHolidaysTooShort, CalendarTooShort, RuleNotInForce
from assistant.school_days import BankHolidays, SchoolCalendar, Term
from assistant.suspensions import Suspension, totals
from corpus.time_limits import read_time_limits

GOLDEN = Path(__file__).parents[1] / "golden" / "calendars.yaml"
LIMITS = read_time_limits()

BANK_HOLIDAYS = """
New Year's Day         | Thu 1 Jan 2026  | Fri 1 Jan 2027  | Mon 3 Jan 2028
Good Friday            | Fri 3 Apr 2026  | Fri 26 Mar 2027 | Fri 14 Apr 2028
Easter Monday          | Mon 6 Apr 2026  | Mon 29 Mar 2027 | Mon 17 Apr 2028
Early May bank holiday | Mon 4 May 2026  | Mon 3 May 2027  | Mon 1 May 2028
Spring bank holiday    | Mon 25 May 2026 | Mon 31 May 2027 | Mon 29 May 2028
Summer bank holiday    | Mon 31 Aug 2026 | Mon 30 Aug 2027 | Mon 28 Aug 2028
Christmas Day          | Fri 25 Dec 2026 | Mon 27 Dec 2027 | Mon 25 Dec 2028
Boxing Day             | Mon 28 Dec 2026 | Tue 28 Dec 2027 | Tue 26 Dec 2028
"""

# Terms and the days inside them on which pupils stay away. "usual" and "two-week October" are those of the golden set.
TERMS = {
    "Easter 2026": """
        Mon 5 Jan 2026 to Fri 13 Feb 2026, Mon 23 Feb 2026 to Fri 27 Mar 2026,
        Mon 13 Apr 2026 to Fri 22 May 2026, Mon 1 Jun 2026 to Tue 21 Jul 2026""",
    "term into Easter": """
        Mon 4 Jan 2027 to Fri 12 Feb 2027, Mon 22 Feb 2027 to Thu 1 Apr 2027,
        Mon 19 Apr 2027 to Fri 28 May 2027, Mon 7 Jun 2027 to Wed 21 Jul 2027""",
    "late half terms": """
        Thu 3 Sep 2026 to Fri 30 Oct 2026, Mon 9 Nov 2026 to Tue 22 Dec 2026,
        Wed 6 Jan 2027 to Fri 19 Feb 2027, Mon 1 Mar 2027 to Thu 1 Apr 2027,
        Mon 19 Apr 2027 to Fri 4 Jun 2027, Mon 14 Jun 2027 to Fri 23 Jul 2027""",
    "leap year": """
        Wed 1 Sep 2027 to Fri 22 Oct 2027, Mon 1 Nov 2027 to Fri 17 Dec 2027,
        Tue 4 Jan 2028 to Fri 11 Feb 2028, Mon 21 Feb 2028 to Fri 31 Mar 2028,
        Tue 18 Apr 2028 to Fri 26 May 2028, Mon 5 Jun 2028 to Fri 21 Jul 2028""",
    "late Easter 2028": """
        Tue 4 Jan 2028 to Fri 18 Feb 2028, Mon 28 Feb 2028 to Thu 13 Apr 2028,
        Tue 2 May 2028 to Fri 26 May 2028, Mon 5 Jun 2028 to Fri 21 Jul 2028""",
}
SNOW = ("Mon 18 Jan 2027", "Tue 19 Jan 2027")

# rule | the day that starts it | calendar | how | the date | why
TABLE = """
# Easter: Good Friday 3 April 2026, 26 March 2027, 14 April 2028
gdc-15 | Mon 16 Mar 2026 | Easter 2026 | | Mon 20 Apr 2026 | nine days to Fri 27 Mar, then six from Mon 13 Apr
pex-day-six | Wed 25 Mar 2026 | Easter 2026 | | Wed 15 Apr 2026 | 25, 26, 27 March; then 13, 14, 15 April
irp-apply-after-claim | Fri 5 Mar 2027 | usual | | Mon 12 Apr 2027 | 14 days to Thu 25 March, and the first day back
irp-apply-after-claim | Fri 5 Mar 2027 | term into Easter | | Tue 30 Mar 2027 | in term: only 26, 29 March are out
pex-day-six | Tue 23 Mar 2027 | term into Easter | | Thu 1 Apr 2027 | 23, 24, 25, 30, 31 March, 1 April
gdc-reconsider | Wed 24 Mar 2027 | term into Easter | | Mon 26 Apr 2027 | 25, 30, 31 Mar, 1 Apr; 19-23 Apr; 26 Apr
gdc-15 | Fri 24 Mar 2028 | leap year | | Tue 2 May 2028 | five days to 31 Mar, nine 18-28 Apr, not Mon 1 May
irp-hold | Wed 12 Apr 2028 | late Easter 2028 | | Fri 19 May 2028 | Thu 13 Apr, then fourteen from Tue 2 May
pex-day-six | Tue 11 Apr 2028 | late Easter 2028 | | Thu 4 May 2028 | 11, 12, 13 April; 2, 3, 4 May
mediation-deemed-cert | Thu 25 Mar 2027 | usual | | Thu 1 Apr 2027 | working days 30, 31 March and 1 April
notice-posted | Thu 25 Mar 2027 | usual | | Wed 31 Mar 2027 | the first working day after Easter is Tue 30 Mar
notice-posted | Thu 13 Apr 2028 | usual | | Wed 19 Apr 2028 | the first working day after Easter is Tue 18 Apr
excl-pn-28 | Fri 17 Mar 2028 | usual | | Fri 14 Apr 2028 | four weeks on is Good Friday and it stays there
# half terms: late, and of two weeks
pex-day-six | Tue 6 Oct 2026 | usual | | Tue 13 Oct 2026 | a week on, no holiday between
pex-day-six | Tue 6 Oct 2026 | two-week October | | Tue 27 Oct 2026 | 6-9 October are four days; 26, 27 October
gdc-reconsider | Thu 8 Oct 2026 | two-week October | | Thu 5 Nov 2026 | Fri 9 Oct; 26-30 Oct make six; 2-5 Nov make ten
gdc-50 | Mon 9 Nov 2026 | two-week October | | Tue 2 Feb 2027 | 29 to 18 Dec, 19 from 5 to 29 Jan, 1, 2 Feb
gdc-15 | Thu 22 Oct 2026 | late half terms | | Thu 19 Nov 2026 | 23, 26-30 Oct make six; 9-13, 16-19 Nov make nine
pex-day-six | Tue 27 Oct 2026 | late half terms | | Tue 10 Nov 2026 | 27-30 October; 9, 10 November
irp-apply | Thu 27 May 2027 | late half terms | | Fri 25 Jun 2027 | 28 May, 1-4 June (not 31 May), 14-18, 21-25 June
irp-apply | Thu 27 May 2027 | usual | | Thu 24 Jun 2027 | 28 May; 7-11, 14-18 June make eleven; 21-24 June
gdc-papers | Mon 8 Mar 2027 | late half terms | | Mon 1 Mar 2027 | back 5, 4, 3, 2, 1 March
gdc-papers | Wed 24 Feb 2027 | usual | | Wed 10 Feb 2027 | back 23, 22 February; 12, 11, 10 February
susp-day-six | Tue 9 Feb 2027 | usual | | Tue 23 Feb 2027 | 9-12 February; 22, 23 February
# INSET days and snow
pex-day-six | Tue 24 Nov 2026 | usual | | Wed 2 Dec 2026 | 24, 25, 26, not INSET 27; 30 Nov, 1, 2 Dec
pex-day-six | Tue 24 Nov 2026 | no INSET | | Tue 1 Dec 2026 | 24, 25, 26, 27, 30 November, 1 December
pex-day-six | Thu 14 Jan 2027 | usual | | Thu 21 Jan 2027 | 14, 15, 18, 19, 20, 21 January
pex-day-six | Thu 14 Jan 2027 | snow | | Mon 25 Jan 2027 | closed on 18 and 19 January: two days later
gdc-15 | Fri 8 Jan 2027 | snow | | Tue 2 Feb 2027 | 11-15, 20-22, 25-29 January make 13; 1, 2 February
offsite-notice | Wed 20 Jan 2027 | usual | | Mon 18 Jan 2027 | back 19, 18 January
offsite-notice | Wed 20 Jan 2027 | snow | | Thu 14 Jan 2027 | back past 19 and 18: 15, 14 January
susp-day-six | Mon 14 Dec 2026 | usual | | Tue 5 Jan 2027 | five days to Fri 18 Dec; Mon 4 Jan is INSET
fap-20 | Fri 16 Jul 2027 | usual | | Fri 24 Sep 2027 | 19, 20, 21 July; 2, 3 Sept (1 Sept INSET); 15 more to 24
# year ends
irp-apply | Tue 1 Dec 2026 | usual | | Wed 6 Jan 2027 | 2-4, 7-11, 14-18 December make 13; 5, 6 January
educational-record | Tue 1 Dec 2026 | two-week October | | Wed 6 Jan 2027 | 13 days to 18 December; 5, 6 January
gdc-50 | Mon 9 Nov 2026 | usual | | Wed 3 Feb 2027 | 28 to 18 Dec (27 Nov out), 19 from 5 to 29 Jan, 1-3 Feb
roll-after-exclusion | Thu 17 Dec 2026 | late half terms | | Thu 21 Jan 2027 | 18, 21, 22 Dec; 6-8, 11-15, 18-21 Jan
move-old-la | Mon 14 Dec 2026 | usual | | Wed 6 Jan 2027 | 14-18, 21-24 make nine; 29-31 Dec; 4-6 Jan
move-old-la | Sun 13 Dec 2026 | usual | | Wed 6 Jan 2027 | a Sunday cannot be day one, so Monday is
mediation-cert-decline | Tue 22 Dec 2026 | usual | | Tue 29 Dec 2026 | 23, 24, 29 December; 25 and 28 are bank holidays
mediation-cert-decline | Thu 23 Dec 2027 | usual | | Thu 30 Dec 2027 | 24, 29, 30 December; 27 and 28 are bank holidays
travel-appeal | Fri 11 Dec 2026 | usual | | Wed 13 Jan 2027 | 14-18, 21-24, 29-31 make 12; 4-8, 11-13 Jan
ehc-decide-assess | Fri 13 Nov 2026 | usual | | Fri 25 Dec 2026 | six weeks are six weeks, even to Christmas Day
ehc-final-plan | Mon 7 Sep 2026 | usual | | Mon 25 Jan 2027 | 20 weeks are 140 days: the same weekday
# first-class post: the second working day, then the count
irp-apply | Thu 10 Dec 2026 | usual | posted | Tue 19 Jan 2027 | given Mon 14 Dec; 15-18 Dec make four; 11 from 5 Jan
irp-apply | Wed 23 Dec 2026 | usual | posted | Mon 25 Jan 2027 | given Tue 29 Dec; 15 from 5 January
irp-apply | Wed 24 Mar 2027 | usual | posted | Fri 30 Apr 2027 | given Tue 30 Mar (25, then 30); 15 from 12 April
irp-apply | Fri 30 Apr 2027 | usual | posted | Wed 26 May 2027 | given Wed 5 May (3 May is out); 6 to 26 May
irp-hold | Thu 31 Dec 2026 | usual | posted | Tue 26 Jan 2027 | made Tue 5 Jan; 6-8, 11-15, 18-22, 25, 26 January
notice-posted | Thu 24 Dec 2026 | usual | | Wed 30 Dec 2026 | working days 29, 30 December
irp-application-posted | Fri 18 Dec 2026 | usual | | Tue 22 Dec 2026 | working days, not school days: 21, 22 December
irp-application-posted | Sat 2 Jan 2027 | usual | | Tue 5 Jan 2027 | posted at a weekend: 4, 5 January
irp-application-posted | Fri 31 Dec 2027 | usual | | Wed 5 Jan 2028 | Mon 3 Jan 2028 is the bank holiday: 4, 5 January
notice-posted | Thu 23 Dec 2027 | usual | | Wed 29 Dec 2027 | 24, then past the weekend and two bank holidays: 29
# half days: excluded in the afternoon, the day itself is not one of the five
excl-public-place | Thu 17 Dec 2026 | usual | | Thu 7 Jan 2027 | 17, 18 December; 5, 6, 7 January
excl-public-place | Thu 17 Dec 2026 | usual | afternoon | Fri 8 Jan 2027 | 18 December; 5, 6, 7, 8 January
excl-public-place | Thu 26 Nov 2026 | usual | afternoon | Fri 4 Dec 2026 | 27 Nov is INSET, so 30 November is day one
excl-public-place | Fri 23 Oct 2026 | usual | afternoon | Fri 6 Nov 2026 | day one is the Monday after half term, 2 Nov
work-set | Thu 17 Dec 2026 | usual | | Thu 7 Jan 2027 | 17, 18 December; 5, 6, 7 January
# counted back: "at least"
offsite-notice | Thu 14 Jan 2027 | usual | | Tue 12 Jan 2027 | back 13, 12 January
offsite-notice | Wed 6 Jan 2027 | usual | | Fri 18 Dec 2026 | back 5 January (4 is INSET), 18 December
gdc-papers | Wed 9 Sep 2026 | usual | | Wed 2 Sep 2026 | back 8, 7, 4, 3, 2 September, the first day of term
gdc-papers | Thu 7 Jan 2027 | usual | | Wed 16 Dec 2026 | back 6, 5 January; 18, 17, 16 December
ar-meeting-notice | Mon 4 Jan 2027 | usual | | Mon 21 Dec 2026 | two weeks before, holidays or not
offsite-review-invite | Fri 3 Mar 2028 | usual | | Sat 26 Feb 2028 | 2, 1 March, 29, 28, 27, 26 February
tribunal-bundle | Mon 11 Jan 2027 | usual | | Fri 18 Dec 2026 | back 8-4 Jan make five; 24-21 Dec make nine; 18 Dec
tribunal-bundle | Wed 8 Sep 2027 | usual | | Mon 26 Jul 2027 | back 7, 6, 3, 2, 1 September; all August out; 30-26 July
phase-5-months | Wed 1 Sep 2027 | usual | | Thu 1 Apr 2027 | the same day five months before
phase-5-months | Mon 31 Jul 2028 | usual | | Tue 29 Feb 2028 | February 2028 has no 31st: its last day
# weeks
ehc-refuse-plan | Tue 24 Nov 2026 | usual | | Tue 16 Mar 2027 | 16 weeks: the same weekday
ehc-final-plan | Mon 18 Oct 2027 | usual | | Mon 6 Mar 2028 | 20 weeks over 29 February
ar-decision | Thu 5 Nov 2026 | usual | | Thu 3 Dec 2026 | four weeks
ar-final-12 | Wed 15 Dec 2027 | usual | | Wed 8 Mar 2028 | 12 weeks over 29 February
offsite-review-request | Fri 24 Dec 2027 | usual | | Fri 3 Mar 2028 | ten weeks over 29 February
# months and leap years
mediation-contact | Thu 31 Dec 2026 | usual | | Sun 28 Feb 2027 | February 2027 has no 31st
mediation-contact | Fri 31 Dec 2027 | usual | | Tue 29 Feb 2028 | nor has February 2028, which ends on the 29th
jr-longstop | Tue 30 Nov 2027 | usual | | Tue 29 Feb 2028 | no 30 February
sar-extended | Tue 30 Nov 2027 | usual | | Tue 29 Feb 2028 | no 30 February
sar | Mon 31 Jan 2028 | usual | | Tue 29 Feb 2028 | no 31 February, and a Tuesday needs no moving
# "beginning with": the day before the same day
ehc-annual-review | Mon 1 Mar 2027 | usual | | Tue 29 Feb 2028 | the day before 1 March 2028
twice-excluded-end | Tue 24 Nov 2026 | usual | | Thu 23 Nov 2028 | the day before, two years on
twice-excluded-end | Sun 1 Mar 2026 | usual | | Tue 29 Feb 2028 | the day before 1 March 2028
disability-claim | Thu 10 Sep 2026 | usual | | Tue 9 Mar 2027 | the day before 10 March
disability-claim | Wed 1 Sep 2027 | usual | | Tue 29 Feb 2028 | the day before 1 March 2028
disability-claim | Tue 31 Aug 2027 | usual | | Mon 28 Feb 2028 | no 31 February, so the day before the 29th
disability-claim | Wed 10 Feb 2027 | usual | | Mon 9 Aug 2027 | August is not left out of a disability claim
county-court-claim | Thu 30 Sep 2027 | usual | | Wed 29 Mar 2028 | the day before 30 March
ombudsman | Mon 16 Mar 2026 | usual | | Mon 15 Mar 2027 | the day before the anniversary
ombudsman | Mon 1 Mar 2027 | usual | | Tue 29 Feb 2028 | the day before 1 March 2028
# days of the year
phase-15-feb | Wed 1 Sep 2027 | usual | | Sun 14 Feb 2027 | before 15 February of that year, even a Sunday
phase-15-feb | Fri 1 Sep 2028 | usual | | Mon 14 Feb 2028 | before 15 February of that year
phase-31-mar | Wed 1 Sep 2027 | usual | | Tue 30 Mar 2027 | before 31 March of that year
phase-31-mar | Fri 1 Sep 2028 | usual | | Thu 30 Mar 2028 | before 31 March of that year
# moved on to a working day
sar | Sun 31 Jan 2027 | usual | | Mon 1 Mar 2027 | 28 February 2027 is a Sunday
sar | Wed 25 Nov 2026 | usual | | Tue 29 Dec 2026 | Christmas Day, a weekend and a bank holiday
sar | Fri 26 Feb 2027 | usual | | Tue 30 Mar 2027 | Good Friday to Easter Monday
sar-extended | Sat 31 Oct 2026 | usual | | Mon 1 Feb 2027 | 31 January 2027 is a Sunday
tribunal-ut-permission | Sat 28 Nov 2026 | usual | | Tue 29 Dec 2026 | 28 days on is Sat 26 Dec; not Mon 28
tribunal-ut-permission | Mon 5 Jul 2027 | usual | | Mon 2 Aug 2027 | no roll out of August here
# the tribunal's August and Christmas
sen-appeal-2m | Wed 24 Jun 2026 | usual | | Tue 1 Sep 2026 | 24 August moves on past the whole month
sen-appeal-2m | Tue 1 Jun 2027 | usual | | Wed 1 Sep 2027 | Sun 1 August is already in the break
sen-appeal-2m | Fri 30 Jul 2027 | usual | | Thu 30 Sep 2027 | August in the middle adds nothing
sen-appeal-1m | Sun 29 Nov 2026 | usual | | Mon 4 Jan 2027 | 29 December moves past 1 January and a weekend
sen-appeal-2m | Mon 1 Nov 2027 | usual | | Tue 4 Jan 2028 | 1, 2 January, then Mon 3 January is a bank holiday
sen-appeal-1m | Fri 26 Feb 2027 | usual | | Tue 30 Mar 2027 | Good Friday to Easter Monday
tribunal-la-response | Tue 24 Nov 2026 | usual | | Wed 13 Jan 2027 | 22 days to 24 December; 4-8, 11-13 January
tribunal-la-response | Mon 19 Jul 2027 | usual | | Wed 29 Sep 2027 | nine days to 30 July; 21 from 1 September
# calendar days
ehc-draft-comments | Thu 17 Dec 2026 | usual | | Thu 31 Dec 2026 | the 17th is day one
ehc-draft-comments | Tue 15 Feb 2028 | usual | | Tue 29 Feb 2028 | the 15th is day one
data-complaint-reply | Sun 30 Jan 2028 | usual | | Tue 29 Feb 2028 | 31 January and 29 days of February
excl-pn-21 | Fri 4 Dec 2026 | usual | | Fri 25 Dec 2026 | three weeks on, and nothing moves it
"""

# rule | the day that starts it | how | the date | aim for | words of the reason
WISER = """
sen-appeal-2m | Wed 24 Jun 2026 | | Tue 1 Sep 2026 | Mon 24 Aug 2026 | Monday 24 August 2026 ... tribunal's break
sen-appeal-2m | Tue 1 Jun 2027 | | Wed 1 Sep 2027 | Fri 30 Jul 2027 | Sunday 1 August 2027 ... tribunal's break
sen-appeal-1m | Sun 29 Nov 2026 | | Mon 4 Jan 2027 | Tue 29 Dec 2026 | Tuesday 29 December 2026 ... tribunal's break
sen-appeal-2m | Mon 1 Nov 2027 | | Tue 4 Jan 2028 | Fri 31 Dec 2027 | Saturday 1 January 2028 ... tribunal's break
sen-appeal-1m | Fri 26 Feb 2027 | | Tue 30 Mar 2027 | Thu 25 Mar 2027 | Friday 26 March 2027 ... non-working day
sen-appeal-2m | Fri 24 Jul 2026 | | Thu 24 Sep 2026 | none | a Thursday in term
disability-claim | Mon 31 Aug 2026 | | Sat 27 Feb 2027 | Fri 26 Feb 2027 | nothing moves the limit
disability-claim | Tue 1 Sep 2026 | | Sun 28 Feb 2027 | Fri 26 Feb 2027 | nothing moves the limit
disability-claim | Fri 26 Jun 2026 | | Fri 25 Dec 2026 | Thu 24 Dec 2026 | nothing moves the limit
disability-claim | Wed 30 Sep 2026 | | Mon 29 Mar 2027 | Thu 25 Mar 2027 | nothing moves the limit
mediation-contact | Tue 24 Nov 2026 | | Sun 24 Jan 2027 | Fri 22 Jan 2027 | nothing moves the limit
jr-longstop | Fri 9 Oct 2026 | | Sat 9 Jan 2027 | Fri 8 Jan 2027 | nothing moves the limit
irp-apply | Thu 10 Dec 2026 | posted | Tue 19 Jan 2027 | Fri 15 Jan 2027 | the day of posting, Thursday 10 December 2026
irp-apply | Fri 30 Apr 2027 | posted | Wed 26 May 2027 | Mon 24 May 2027 | the day of posting, Friday 30 April 2027
irp-apply | Wed 23 Dec 2026 | posted | Mon 25 Jan 2027 | none | no school day lies between posting and delivery
irp-apply | Tue 1 Dec 2026 | | Wed 6 Jan 2027 | none | a school day is a working day
"""

# rule | the day that starts it | calendar | the date | the date on the other reading | words of its reason
OTHER_READINGS = """
pex-day-six | Tue 24 Nov 2026 | usual | Wed 2 Dec 2026 | Thu 3 Dec 2026 | after the exclusion is day one
pex-day-six | Fri 11 Dec 2026 | usual | Fri 18 Dec 2026 | Tue 5 Jan 2027 | after the exclusion is day one
susp-day-six | Mon 30 Nov 2026 | usual | Mon 7 Dec 2026 | Tue 8 Dec 2026 | after the exclusion is day one
susp-day-six | Tue 6 Oct 2026 | two-week October | Tue 27 Oct 2026 | Wed 28 Oct 2026 | after the exclusion is day one
offsite-notice | Thu 14 Jan 2027 | usual | Tue 12 Jan 2027 | Mon 11 Jan 2027 | two clear school days
offsite-notice | Wed 6 Jan 2027 | usual | Fri 18 Dec 2026 | Thu 17 Dec 2026 | two clear school days
ehc-annual-review | Tue 24 Nov 2026 | usual | Tue 23 Nov 2027 | Wed 24 Nov 2027 | the anniversary itself
"""

# suspensions (first day, days) | calendar | run starts | run ends | day six
JOINED = """
Mon 30 Nov 2026 x 5, Mon 7 Dec 2026 x 1 | usual | Mon 30 Nov 2026 | Mon 7 Dec 2026 | Mon 7 Dec 2026
Mon 14 Dec 2026 x 3, Thu 17 Dec 2026 x 4 | usual | Mon 14 Dec 2026 | Wed 6 Jan 2027 | Tue 5 Jan 2027
Wed 25 Nov 2026 x 2, Mon 30 Nov 2026 x 4 | usual | Wed 25 Nov 2026 | Thu 3 Dec 2026 | Thu 3 Dec 2026
Wed 21 Oct 2026 x 3, Mon 2 Nov 2026 x 2.5 | usual | Wed 21 Oct 2026 | Wed 4 Nov 2026 | Wed 4 Nov 2026
Wed 7 Oct 2026 x 3, Mon 26 Oct 2026 x 3 | two-week October | Wed 7 Oct 2026 | Wed 28 Oct 2026 | Wed 28 Oct 2026
Thu 14 Jan 2027 x 2, Wed 20 Jan 2027 x 4 | snow | Thu 14 Jan 2027 | Mon 25 Jan 2027 | Mon 25 Jan 2027
Mon 30 Nov 2026 x 5 | usual | Mon 30 Nov 2026 | Fri 4 Dec 2026 | none
Tue 1 Dec 2026 x 4.5 | usual | Tue 1 Dec 2026 | Mon 7 Dec 2026 | none
"""


def day(written: str) -> date:
    """The day that is written, whose weekday must be the true one."""
    weekday, number, month, year = written.split()
    found = date(int(year), "JanFebMarAprMayJunJulAugSepOctNovDec".index(month) // 3 + 1, int(number))
    assert weekday == f"{found:%a}", f"{written} is a {found:%A}"
    return found


def rows(table: str) -> list[tuple[str, ...]]:
    lines = (line for line in table.splitlines() if line and not line.startswith("#"))
    return [tuple(cell.strip() for cell in line.split("|")) for line in lines]


def _bank_holidays() -> BankHolidays:
    names = {day(each): name for name, *days in rows(BANK_HOLIDAYS) for each in days}
    return BankHolidays(names=names, first=date(2026, 1, 1), last=date(2028, 12, 31))


HOLIDAYS = _bank_holidays()


def a_calendar(
    name: str, terms: list[tuple[date, date]], *shut: date, closures: tuple[date, ...] = ()
) -> SchoolCalendar:
    return SchoolCalendar(
        id=name.lower().replace(" ", "-"),
        name=name,
        terms=tuple(Term(first=first, last=last) for first, last in terms),
        bank_holidays=HOLIDAYS,
        inset=frozenset(shut),
        closures=frozenset(closures),
    )


def _golden(golden_id: str, name: str, closures: tuple[date, ...] = ()) -> SchoolCalendar:
    told = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))[golden_id]
    return a_calendar(name, [(first, last) for first, last in told["terms"]], *told["inset"], closures=closures)


def _written(name: str, *shut: date) -> SchoolCalendar:
    spans = [span.split(" to ") for span in " ".join(TERMS[name].split()).split(", ")]
    return a_calendar(name, [(day(first), day(last)) for first, last in spans], *shut)


CALENDARS = {
    "usual": _golden("typical-2026-27", "usual"),
    "no INSET": _golden("typical-2026-27-no-november-inset", "no INSET"),
    "two-week October": _golden("two-week-october-2026-27", "two-week October"),
    "snow": _golden("typical-2026-27", "snow", tuple(day(each) for each in SNOW)),
    "Easter 2026": _written("Easter 2026", day("Mon 5 Jan 2026")),
    "term into Easter": _written("term into Easter"),
    "late half terms": _written("late half terms"),
    "leap year": _written("leap year", day("Wed 1 Sep 2027"), day("Tue 4 Jan 2028")),
    "late Easter 2028": _written("late Easter 2028"),
}


def a_calculator(calendar: str = "usual") -> Calculator:
    return Calculator(LIMITS, calendar=CALENDARS[calendar], bank_holidays=HOLIDAYS)


def found(rule_id: str, starts: str, calendar: str = "usual", how: str = "", **others: str) -> Reckoning:
    """What the calculator finds for the event of a rule, and for `others` by event."""
    calculator = a_calculator(calendar)
    events = {
        calculator.rules[rule_id].event: starts,
        **{name.replace("_", "-"): told for name, told in others.items()},
    }
    happened = {
        event: Happened(day=day(told), posted=how == "posted", afternoon=how == "afternoon")
        for event, told in events.items()
    }
    return calculator.date_for(rule_id, happened)


def said(each: date | None) -> str:
    return f"{each:%a} {each.day} {each:%b %Y}" if each else "none"


# The tables ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rule_id", "starts", "calendar", "how", "expected", "why"), rows(TABLE))
def test_family_learns_the_date_that_counting_by_hand_gives(
    rule_id: str, starts: str, calendar: str, how: str, expected: str, why: str
) -> None:
    assert said(found(rule_id, starts, calendar, how).day) == expected, why


def test_the_table_has_the_weekday_of_every_date_right() -> None:
    dates = [cell for row in rows(TABLE) for cell in (row[1], row[4])]
    assert [said(day(each)) for each in dates] == dates
    assert len(rows(TABLE)) >= 75


@pytest.mark.parametrize(("rule_id", "starts", "how", "expected", "aim", "words"), rows(WISER))
def test_parent_learns_the_wiser_day_to_act_by_and_why(
    rule_id: str, starts: str, how: str, expected: str, aim: str, words: str
) -> None:
    reckoned = found(rule_id, starts, how=how)
    assert (said(reckoned.day), said(reckoned.aim_for)) == (expected, aim)
    if aim == "none":
        assert reckoned.aim_because is None
    else:
        assert all(part.strip() in (reckoned.aim_because or "") for part in words.split("..."))


@pytest.mark.parametrize(("rule_id", "starts", "calendar", "expected", "other", "words"), rows(OTHER_READINGS))
def test_adviser_sees_the_other_way_to_count_beside_the_date(
    rule_id: str, starts: str, calendar: str, expected: str, other: str, words: str
) -> None:
    reckoned = found(rule_id, starts, calendar)
    (reading,) = reckoned.others
    assert (said(reckoned.day), said(reading.day)) == (expected, other)
    assert words in reading.because


def test_no_other_reading_is_shown_where_it_comes_to_the_same_day() -> None:
    assert found("pex-day-six", "Sat 28 Nov 2026").others == ()  # Monday 30 November is day one either way
    assert found("irp-apply", "Tue 1 Dec 2026").others == ()


@pytest.mark.parametrize(("suspended", "calendar", "first", "last", "day_six"), rows(JOINED))
def test_back_to_back_suspensions_are_counted_from_the_first_day_of_the_first(
    suspended: str, calendar: str, first: str, last: str, day_six: str
) -> None:
    told = [each.split(" x ") for each in suspended.split(", ")]
    (run,) = totals(
        [Suspension(first=day(starts), days=float(days)) for starts, days in told],
        calendar=CALENDARS[calendar],
        thresholds=LIMITS.thresholds,
        calculator=a_calculator(calendar),
    ).runs
    assert (said(run.first), said(run.last)) == (first, last)
    assert said(run.day_six.day if run.day_six else None) == day_six


def test_suspensions_with_a_day_at_school_between_them_are_not_joined() -> None:
    apart = [Suspension(first=day("Mon 30 Nov 2026"), days=4), Suspension(first=day("Mon 7 Dec 2026"), days=4)]
    runs = totals(
        apart, calendar=CALENDARS["usual"], thresholds=LIMITS.thresholds, calculator=a_calculator()
    ).runs  # at school on Fri 4 Dec
    assert [(said(run.first), run.day_six) for run in runs] == [("Mon 30 Nov 2026", None), ("Mon 7 Dec 2026", None)]


# The later, or the sooner, of two -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "certificate", "expected", "aim"),
    rows("""
Thu 1 Oct 2026 | Sun 29 Nov 2026 | Mon 4 Jan 2027 | Tue 29 Dec 2026
Tue 24 Nov 2026 | Tue 1 Dec 2026 | Mon 25 Jan 2027 | Fri 22 Jan 2027
Mon 1 Jun 2026 | Mon 29 Jun 2026 | Tue 1 Sep 2026 | Fri 31 Jul 2026
Tue 1 Jun 2027 | Wed 30 Jun 2027 | Wed 1 Sep 2027 | Fri 30 Jul 2027
Fri 31 Dec 2027 | Sat 29 Jan 2028 | Tue 29 Feb 2028 | none
"""),
)
def test_parent_may_appeal_until_the_later_of_the_two_limits(
    decision: str, certificate: str, expected: str, aim: str
) -> None:
    happened = {
        "council-decision-sent": Happened(day=day(decision)),
        "mediation-certificate-issued": Happened(day=day(certificate)),
    }
    reckoned = a_calculator().date_for("sen-appeal", happened)
    assert (said(reckoned.day), said(reckoned.aim_for)) == (expected, aim)
    assert reckoned.rule.id == "sen-appeal"
    assert reckoned.working.startswith("The later of: ")


def test_parent_without_a_certificate_gets_the_limit_from_the_decision_and_is_told_it_may_be_later() -> None:
    reckoned = a_calculator().date_for("sen-appeal", {"council-decision-sent": Happened(day=day("Tue 24 Nov 2026"))})
    assert said(reckoned.plain) == "Sun 24 Jan 2027"
    assert said(reckoned.day) == "Mon 25 Jan 2027"
    assert "may make it later" in reckoned.working


@pytest.mark.parametrize(
    ("told", "exam", "expected", "aim"),
    rows("""
Mon 26 Apr 2027 | Thu 13 May 2027 | Tue 18 May 2027 | Wed 12 May 2027
Mon 26 Apr 2027 | Tue 4 May 2027 | Tue 18 May 2027 | Fri 30 Apr 2027
Mon 26 Apr 2027 | Tue 18 May 2027 | Tue 18 May 2027 | Mon 17 May 2027
Mon 26 Apr 2027 | Wed 19 May 2027 | Tue 18 May 2027 | none
Mon 26 Apr 2027 | Mon 26 Apr 2027 | Tue 18 May 2027 | none
"""),
)
def test_governors_are_asked_to_meet_before_an_exam_that_comes_first(
    told: str, exam: str, expected: str, aim: str
) -> None:
    reckoned = found("gdc-15", told, public_exam=exam)
    assert (said(reckoned.day), said(reckoned.aim_for)) == (expected, aim)
    assert (reckoned.aim_because is None) == (aim == "none")


def test_governors_told_in_the_holidays_are_not_asked_to_meet_before_they_were_told() -> None:
    reckoned = found("gdc-15", "Tue 6 Apr 2027", public_exam="Mon 12 Apr 2027")  # the last school day was Thu 25 March
    assert reckoned.aim_for is not None
    assert day("Tue 6 Apr 2027") <= reckoned.aim_for < day("Mon 12 Apr 2027")


# The working --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule_id", "starts", "calendar", "how", "words"),
    rows("""
irp-apply | Tue 1 Dec 2026 | usual | | 15 school days from Wednesday 2 December 2026 to Wednesday 6 January 2027
irp-apply | Tue 1 Dec 2026 | usual | | the day itself, Tuesday 1 December 2026, is not counted
irp-apply | Tue 1 Dec 2026 | usual | | weekends
irp-apply | Tue 1 Dec 2026 | usual | | school holiday 19 December to 3 January
irp-apply | Tue 1 Dec 2026 | usual | | INSET on 4 January
pex-day-six | Tue 24 Nov 2026 | usual | | that day is day one
pex-day-six | Tue 24 Nov 2026 | usual | | INSET on 27 November
pex-day-six | Thu 14 Jan 2027 | snow | | school closed 18 January to 19 January
pex-day-six | Tue 23 Mar 2027 | term into Easter | | bank holiday on 26 March and bank holiday on 29 March
excl-public-place | Thu 17 Dec 2026 | usual | afternoon | began in the afternoon session, so that day is not counted
irp-apply | Thu 10 Dec 2026 | usual | posted | given on Monday 14 December 2026 (2nd working day after posting)
offsite-notice | Wed 6 Jan 2027 | usual | | counted back from Wednesday 6 January 2027, which is not counted itself
offsite-notice | Wed 6 Jan 2027 | usual | | INSET on 4 January
tribunal-la-response | Tue 24 Nov 2026 | usual | | tribunal's break
disability-claim | Thu 10 Sep 2026 | usual | | beginning with Thursday 10 September 2026 ends on Tuesday 9 March 2027
mediation-contact | Tue 24 Nov 2026 | usual | | 2 months after Tuesday 24 November 2026 ends on Sunday 24 January 2027
ehc-final-plan | Mon 7 Sep 2026 | usual | | Every day counts: weekends, bank holidays and school holidays too
sar | Sun 31 Jan 2027 | usual | | moves to Monday 1 March 2027
phase-15-feb | Wed 1 Sep 2027 | usual | | last day before 15 February 2027
"""),
)
def test_working_says_what_was_counted_and_what_was_left_out(
    rule_id: str, starts: str, calendar: str, how: str, words: str
) -> None:
    assert words in found(rule_id, starts, calendar, how).working


def test_every_counted_day_of_a_review_limit_can_be_ticked_off() -> None:
    numbers = [*(f"{n} Dec" for n in (2, 3, 4, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18)), "5 Jan", "6 Jan"]
    assert [f"{each.day} {each:%b}" for each in found("irp-apply", "Tue 1 Dec 2026").counted] == numbers


def test_days_counted_back_are_listed_in_order_of_time() -> None:
    counted = found("gdc-papers", "Thu 7 Jan 2027").counted
    assert [f"{each.day} {each:%b}" for each in counted] == ["16 Dec", "17 Dec", "18 Dec", "5 Jan", "6 Jan"]


def test_a_limit_in_months_lists_no_days() -> None:
    assert list(found("disability-claim", "Thu 10 Sep 2026").counted) == []


def test_reader_is_told_that_school_days_are_not_calendar_days() -> None:
    assert found("irp-apply", "Tue 1 Dec 2026").not_this == "Not 15 calendar days: school days are counted."
    assert found("move-old-la", "Mon 14 Dec 2026").not_this == "Not 15 calendar days: working days are counted."


@pytest.mark.parametrize(
    ("rule_id", "starts"),
    [
        ("excl-s104-notice", "Tue 24 Nov 2026"),  # one day
        ("excl-s104-notice", "Sat 28 Nov 2026"),  # one day, the next Monday
        ("notice-posted", "Tue 1 Dec 2026"),  # Thu 3 Dec either way
        ("excl-public-place", "Mon 30 Nov 2026"),  # Fri 4 Dec either way
        ("excl-pn-21", "Tue 1 Dec 2026"),  # calendar days they are
        ("sar", "Tue 1 Dec 2026"),
    ],
)
def test_nothing_is_denied_where_calendar_days_come_to_the_same(rule_id: str, starts: str) -> None:
    assert found(rule_id, starts).not_this is None


# What is refused ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("starts", ["Mon 1 Jun 2020", "Thu 24 Mar 2022"])
def test_no_date_is_given_for_the_time_of_the_coronavirus_rules(starts: str) -> None:
    with pytest.raises(RuleNotInForce, match="get advice"):
        found("gdc-15", starts)


def test_no_date_is_given_beyond_the_last_term_told() -> None:
    with pytest.raises(CalendarTooShort) as refused:
        found("irp-apply", "Fri 8 Oct 2027")  # ten school days to Fri 22 October, the last day told
    assert refused.value.needed == day("Sat 23 Oct 2027")
    assert said(found("gdc-reconsider", "Fri 8 Oct 2027").day) == "Fri 22 Oct 2027"


def test_no_date_is_given_before_the_first_term_told() -> None:
    with pytest.raises(CalendarTooShort) as refused:
        found("gdc-papers", "Tue 8 Sep 2026")  # 7, 4, 3, 2 September and no fifth
    assert refused.value.needed == day("Tue 1 Sep 2026")


def test_no_working_day_is_guessed_beyond_the_bank_holidays_known() -> None:
    with pytest.raises(BankHolidaysTooShort):
        found("notice-posted", "Thu 28 Dec 2028")  # 29 December, then a year that is not known
    assert said(found("notice-posted", "Wed 27 Dec 2028").day) == "Fri 29 Dec 2028"


def test_the_calendars_here_are_in_order() -> None:
    for calendar in CALENDARS.values():
        days = [each for term in calendar.terms for each in (term.first, term.last)]
        assert days == sorted(days)
        assert all(term.last - term.first < timedelta(weeks=16) for term in calendar.terms)
