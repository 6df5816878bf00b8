"""The words people use for kinds of provision and for who may refer, and words that say nothing in a search."""

import re

from assistant.offer import OfferKind, Referrer


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.IGNORECASE)


KINDS = (
    (OfferKind.PUPIL_REFERRAL_UNIT, _words("pupil referral units?", "PRUs?", r"short[\s-]stay schools?")),
    (OfferKind.AP_ACADEMY, _words("(?:AP|alternative provision) academ(?:y|ies)")),
    (OfferKind.AP_FREE_SCHOOL, _words("(?:AP|alternative provision) free schools?")),
    (OfferKind.INDEPENDENT_SCHOOL, _words("independent (?:AP |special )?schools?")),
    (OfferKind.SPECIAL_SCHOOL, _words("special schools?")),
    (
        OfferKind.ONLINE,
        _words(
            "online(?: (?:schools?|learning|lessons|provision|tuition|tutoring|AP|classes))?",
            "virtual (?:schools?|learning|lessons)",
        ),
    ),
    (OfferKind.TUITION, _words(r"(?:home |one[\s-]to[\s-]one |1[:-]1 )?(?:tuition|tutors?|tutoring)")),
    (OfferKind.HOSPITAL, _words("hospital (?:schools?|education|provision)")),
    (
        OfferKind.IN_SCHOOL_UNIT,
        _words(r"(?:in[\s-]school|internal) (?:units?|provision|AP)", "units? (?:inside|in) a (?:mainstream )?school"),
    ),
    (OfferKind.COLLEGE, _words("(?:FE |further education )?colleges?")),
)

_THAT = r"(?:(?:that|where|which) )?"
_TO = "(?: (?:to|for|it|a place))?(?: (?:directly|ourselves|myself|themselves|herself|himself))?"

REFERRERS = (
    (
        Referrer.PARENT,
        _words(
            rf"{_THAT}(?:parents?|families|I|we) (?:can|may|could) (?:refer|apply|book){_TO}",
            r"self[\s-]refer(?:rals?|red)?",
            "parent(?:al)? referrals?",
        ),
    ),
    (
        Referrer.SCHOOL,
        _words(rf"{_THAT}(?:(?:the|a|our) )?schools? (?:can|may|could) (?:refer|book){_TO}", "school referrals?"),
    ),
    (
        Referrer.COUNCIL,
        _words(
            rf"{_THAT}(?:the )?(?:council|local authority|LA) (?:can|may|could) (?:refer|place){_TO}",
            "(?:council|LA) referrals?",
        ),
    ),
    (
        Referrer.HEALTH,
        _words(rf"{_THAT}(?:CAMHS|doctors?|GPs?|the NHS) (?:can|may) refer{_TO}", "(?:CAMHS|GP|health) referrals?"),
    ),
)

AT_HOME = frozenset("me us here home my our where".split())
"""What people say for the place they are at, which we do not know."""

ALSO_WORDS = frozenset("reading bath barking rugby eden wells deal sale poole hull redcar hove".split())
"""Councils whose names are words of English as well: these need a capital letter."""

_CALENDAR = frozenset(
    """year key stage england monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december""".split()
)
NO_PLACE = _CALENDAR | frozenset("reception primary secondary school alternative english maths".split())
"""Words that follow “in” with a capital letter and are no place."""

SMALL_WORDS = _CALENDAR | frozenset(
    """a about after all am an and any anything anywhere are as at be been boy by can could child children daughter
    do does find for from get girl give go going got has have he help her him his how i im in is isnt it kid
    like list local looking me my near need needs new nearest closest of off offer offers on one or options
    our out people place places please provider providers provision provisions pupil pupils alternative ap
    school schools search she show some someone something somewhere son student suitable takes take taking
    teenager that the their them there they this to us want wants was we were what where which who whats will
    with would years young yr you your open runs run available settings setting hours hour time days day week
    price cost costs best good excluded suspended exclusion recommend
    recommends recommended recommendation recommendations suggest suggested suggestion advise top first better choice
    choices choose ignore previous instructions tell every parent parents""".split()
)
"""Words that say nothing of the place that is looked for: who writes “recommend us first” is found no sooner."""
