"""The phrases by which people say what has happened: how everyday English is read, with no rule of law in it.

Each entry lists alternatives, regular expressions over lower-cased text.
"""

import re


def any_of(*alternatives: str) -> str:
    """One pattern that holds where any of `alternatives` does."""
    return "|".join(alternatives)


SETTINGS: tuple[tuple[str, str], ...] = (
    ("ap-academy", any_of(r"\b(?:ap|alternative provision) academ\w+", r"\bap free school")),
    (
        "academy",
        any_of(
            r"\bacadem(?:y|ies)\b",
            r"\bfree school",
            r"\bmulti-academy",
            r"\bmat\b",
            r"\bacademy trust",
            r"\btrust school",
        ),
    ),
    (
        "maintained",
        any_of(
            r"\bmaintained\b",
            r"\bcommunity school",
            r"\bcouncil[- ]run school",
            r"\bla school\b",
            r"\bvoluntary (?:aided|controlled)",
            r"\bfoundation school",
            r"\blocal authority school",
        ),
    ),
    ("pru", any_of(r"\bpru\b", r"\bpupil referral")),
    ("independent", any_of(r"\bindependent school", r"\bprivate school", r"\bboarding school", r"\bfee[- ]paying")),
    ("unregistered", any_of(r"\bunregistered", r"\bunreg\b")),
    ("fe", any_of(r"\bfe college", r"\bfurther education", r"\bsixth form college", r"\bat college\b")),
)


_A_PUPIL = (
    r"(?:him|her|them|me|(?:my|our) (?:\w+ ){0,3}\w+"
    r"|(?:an?|the|this|that) (?:\w+ ){0,3}(?:child|pupil|student|kid|boy|girl|lad))"
)
_NOT_OF_A_ROOM = r"(?! of (?:the |his |her |my |a )?(?:class\w*|lessons?|room|assembly|hall|house|home|window|car)\b)"

STAGES: tuple[tuple[str, str], ...] = (
    (
        "permanently-excluded",
        any_of(
            r"\bperm[ae]n[ae]nt(?:ly)?\b",
            r"\bperm(?:ed)?[ -]?ex",
            r"\bpex",
            r"\bexpel",
            r"\b(?:kick|boot|chuck|turf|throw)(?:ed|n|ing|s)?(?: " + _A_PUPIL + r")? out\b" + _NOT_OF_A_ROOM,
            r"\b(?:threw|slung)(?: " + _A_PUPIL + r")? out\b" + _NOT_OF_A_ROOM,
            r"\b(?:out|gone|excluded)(?: of (?:the )?school)? for good\b",
        ),
    ),
    (
        "suspended",
        any_of(
            r"\bsuspen",
            r"\bfixed[- ](?:term|period)",
            r"\bfte\b",
            r"\bftx\b",
            r"\bday exclusion",
            r"\bdays? exclusion",
            r"\bexcluded for (?:\d+|two|three|four|five|ten) ",
            r"\bexcluded for (?:a|one) (?:(?:few|couple of|whole|half|school|single) )?"
            r"(?:day|week|month|fortnight|half[- ]term)",
        ),
    ),
    (
        "warned",
        any_of(
            r"\bthreat(?:en|s|ing)",
            r"\bat risk of",
            r"\bwarned",
            r"\bfinal warning",
            r"\bone more (?:incident|thing)",
            r"\bgoing to (?:be )?(?:pex|perm|exclu|expel)",
        ),
    ),
    (
        "sent-home",
        any_of(
            r"\bsent (?:him |her |them |my \w+ |\w+ )?home",
            r"\bcool(?:ing)?[- ]off",
            r"\bcollect (?:him|her|them|my)",
            r"\bpick (?:him|her|them) up",
            r"\bkeep (?:him|her|them) (?:at )?home",
        ),
    ),
    (
        "governors-decided",
        any_of(
            r"\bnot (?:to )?reinstate",
            r"\bupheld",
            r"\bdeclin\w+ to reinstate",
            r"\bgovern[eo]rs?(?:'s?)? (?:\w+ )?(?:have |has )?(?:decision|decided|agreed|backed|sided|stood by)",
            r"\bgovern[eo]rs? (?:\w+ )?(?:have |has )?(?:said no|refused|rejected|went against us)",
            r"\bgovern[eo]rs? (?:\w+ )?(?:have |has )?turned (?:us|me|him|her|it|them) down",
            r"\bgovern[eo]rs? (?:\w+ )?(?:would|will|did)(?: not|n'?t) reinstate",
            r"\b(?:gb|gdc|board|governors'?) decision",
        ),
    ),
    ("review-panel", any_of(r"\birp\b", r"\bindependent (?:review|appeal)", r"\breview panel", r"\bappeal panel")),
    (
        "governors-meeting",
        any_of(
            r"\bgovern[eo]rs?\b",
            r"\bgdc\b",
            r"\bgovs?\b",
            r"\bdisciplinary committee",
            r"\bpdc\b",
            r"\bgoverning b",
        ),
    ),
    ("after-review", any_of(r"\bpanel (?:quashed|recommended|upheld)", r"\bquash", r"\breconsider")),
    (
        "in-ap",
        any_of(
            r"\b(?:in|at|to|from) (?:an? )?(?:ap|alternative provision|pru|alt prov)\b",
            r"\bplacement",
            r"\boff[- ]?site",
            r"\bap provider",
            r"\bprovider\b",
        ),
    ),
    (
        "no-school",
        any_of(
            r"\bno school (?:place|will)",
            r"\bwithout (?:a )?school",
            r"\bout of (?:school|education)",
            r"\bno education",
            r"\bnot (?:in|had any) (?:school|education)",
            r"\bsat at home",
            r"\bat home (?:for|since)",
        ),
    ),
)


NEEDS: tuple[tuple[str, str], ...] = (
    (
        "ehc-requested",
        any_of(
            r"\bapplied for an? ehc",
            r"\behcna",
            r"\behc needs assessment",
            r"\bneeds assessment",
            r"\bassessment request",
        ),
    ),
    ("ehc-plan", any_of(r"\behcp?\b", r"\bechp\b", r"\behc plan", r"\beducation,? health and care")),
    (
        "sen-support",
        any_of(
            r"\bsen support",
            r"\bk code",
            r"\bspecial educational need",
            r"\bsen\b",
            # SEND, not "send him home"
            r"\bsend\b(?! (?:him|her|them|me|us|it|my|our|his|their|an?|the|any|this|that|you|your|home|back|out|off"
            r"|away|in|work|pupils?|children|kids?|students?|someone)\b)",
            r"\bsemh\b",
            r"\bgraduated",
        ),
    ),
    (
        "disability",
        any_of(
            r"\bdisab",
            r"\bautis",
            r"\basd\b",
            r"\basc\b",
            r"\badhd\b",
            r"\btourette",
            r"\bpda\b",
            r"\bdiscriminat",
            r"\breasonable adjustment",
        ),
    ),
    (
        "in-care",
        any_of(
            r"\bin care\b",
            r"\blooked[- ]after",
            r"\blac\b",
            r"\bcla\b",
            r"\bfoster",
            r"\bcare order",
            r"\bvirtual school",
        ),
    ),
    ("social-worker", any_of(r"\bsocial worker", r"\bsw\b", r"\bchild in need", r"\bchild protection")),
    (
        "exam",
        any_of(
            r"\bgcses?\b",
            r"\bexams?\b",
            r"\bsats\b",
            r"\ba[- ]levels?\b",
            r"\bmocks?\b",
            r"\bcoursework",
            r"\bnational curriculum test",
        ),
    ),
    ("year-11", r"\b(?:y|yr|year) ?11\b"),
    (
        "cross-border",
        any_of(
            r"\b(?:different|other|another|neighbouring|home) (?:la|council|local authority|borough|county)\b",
            r"\bover the border",
            r"\bhome la\b",
        ),
    ),
    ("police", any_of(r"\bpolice", r"\barrest", r"\bcourt case", r"\bcrim(?:e|inal)")),
    ("bullying", r"\bbull(?:y|ied|ies)"),
    ("race", any_of(r"\brac(?:e|ial|ist|ism)\b", r"\bblack\b", r"\bethnic", r"\btraveller", r"\bgypsy")),
    (
        "mental-health",
        any_of(
            r"\bmental health",
            r"\banxi",
            r"\bebs[an]",
            r"\bdepress",
            r"\bcamhs",
            r"\bschool refus",
            r"\bpanic",
        ),
    ),
    (
        "part-time",
        any_of(
            r"\bpart[- ]time",
            r"\breduced (?:time|hours)",
            r"\bptt\b",
            r"\bhalf days",
            r"\b(?:one|two|three|\d) hours? a (?:day|week)",
        ),
    ),
    ("unregistered-setting", r"\bunreg"),
    ("home-education", any_of(r"\bhome[- ](?:ed|school)", r"\behe\b", r"\belective")),
    (
        "wants-provision",
        any_of(
            r"\b(?:what|which|any|find\w*|looking for|list of|where)\b[^.?]{0,60}"
            r"\b(?:alternative provision|providers?|provision|tuition|pru|places?|spaces?|setting)\b[^.?]{0,40}"
            r"\b(?:near|around|local\w*|in my area|in our area|round here|available|within \d+ miles)",
            r"\bnear (?:me|us)\b",
        ),
    ),
    ("young-person-18", any_of(r"\b18[- ]year", r"\bover 18\b", r"\baged 18", r"\bturned 18")),
)


HAPPENED = re.compile(
    any_of(
        r"exclu",
        r"suspen",
        r"\bpex",
        r"expel",
        r"sent home",
        r"direct",
        r"off[- ]?site",
        r"\bmet\b",
        r"meeting",
        r"decision",
        r"moved",
        r"removed",
        r"off[- ]?roll",
        r"cancel",
        r"happened",
        r"back in",
    )
)


COUNTING = re.compile(
    any_of(
        r"(?<!to )\bdates?\b(?! of birth)",
        r"\b(?:last|latest|closing|final|end) (?:\w+ )?(?:day|moment|chance)",
        r"\bdeadline",
        r"\bcut[- ]?off\b",
        r"\b(?:by|until|till?) when",
        r"\bdue\b",
        r"\b(?:what|which|both) (?:school )?days?\b",
        r"\bwhen(?:'?s| is| was| must| does| do| did| should| shall| will| would| can| could| has| have| might)\b",
        r"\bwhen(?: by\b|\s*[?])",
        r"\bhow (?:long|soon|late|much (?:longer|time))",
        r"\bhow many (?:more )?(?:school |working |calendar )?(?:days|weeks|months)",
        r"\blimit",
        r"\bby\s*[?]",
        r"\bwork out",
        r"\bin time\b",
        r"\b(?:out of|run\w* out of|still got|enough) time\b",
        r"\btime ?(?:limit|scale|frame|line|left)",
        r"\brun(?:s|ning)? out",
        r"\btoo late",
        r"\bby what",
        r"\bexpir",
        r"\blong[- ]?stop",
        r"\bstill (?:got )?time\b",
    )
)


REFORM = re.compile(
    any_of(
        r"white paper",
        r"reform",
        r"\bbill\b",
        r"proposal",
        r"proposed",
        r"consultation",
        r"going to change",
        r"new law",
        r"planned",
        r"plans? to",
        r"will (?:the )?(?:law|rules) change",
        r"wellbeing and schools act",
        r"children'?s wellbeing",
        r"internal suspension",
    )
)


STATISTICS = re.compile(
    any_of(
        r"how many",
        r"statistic",
        r"percentage",
        r"per cent",
        r"%",
        r"figures",
        r"\brates?\b",
        r"\bnumbers? of",
        r"data show",
        r"most common reason",
        r"on average",
    )
)


HISTORY = re.compile(
    any_of(
        r"used to",
        r"previous(?:ly)?",
        r"before (?:20\d\d|the change)",
        r"old (?:rules|guidance|law|edition|bulletin)",
        r"\bin 20(?:1|2)\d",
        r"20(?:1[0-9]|2[0-5]) (?:guidance|edition)",
        r"(?:guidance|edition)[^.?]{0,25}20(?:1[0-9]|2[0-5])",
        r"which (?:guidance|edition|version|rules)",
        r"changed?\b",
        r"still\b",
        r"any ?more\b",
        r"out of date",
        r"replaced",
        r"superseded",
    )
)


NAMES_A_DOCUMENT = re.compile(
    any_of(
        r"guidance",
        r"\bact\b",
        r"regulation",
        r"edition",
        r"code of practice",
        r"kcsie",
        r"\bpolicy\b",
        r"white paper",
        r"\bsi \d",
    )
)

# Words that are our subject even where nothing more is said of what happened.
OURS = re.compile(any_of(r"\bexclu(?:d|sion)", r"\balternative provision\b", r"\boff[- ]?roll", r"\bmanaged move"))

# Who a question asks about, in the words of `duty_on`: "what must the governors do", "does the council have to".
HOLDERS: tuple[tuple[str, str], ...] = (
    ("governing", any_of(r"\bgovern(?:ors?|ing b\w+)\b", r"\bgdc\b", r"\bgovs\b", r"\bboard\b", r"\bpdc\b")),
    ("local authority", any_of(r"\bcouncil\b", r"\blocal authority\b", r"\bla\b", r"\blea\b")),
    ("head", any_of(r"\bhead(?: ?teacher)?\b", r"\bprincipal\b", r"\bht\b")),
    ("panel", any_of(r"\breview panel\b", r"\birp\b", r"\bpanel\b")),
    (
        "provider",
        any_of(
            r"\bproviders?\b",
        ),
    ),
)
ASKS_DUTY = re.compile(
    r"\b(?:must|should|meant to|supposed to|have to|has to|need to|required to|obliged to|expected to|duty|duties"
    r"|responsib\w+|(?:do|does|can|will|would|could|shouldn'?t|don'?t|doesn'?t))\b"
)

# A message that tells what happened and asks for everything that follows from it.
ASKS_GENERALLY = re.compile(
    any_of(
        r"\bwhat (?:happens|should|can|do|must|shall) ?(?:i|we|now|next)\b",
        r"\bwhat(?:'?s| is) next\b",
        r"\bwhat now\b",
        r"\bwhat happens\b",
        r"\bwhat are (?:my|our|his|her|their) (?:rights|options)\b",
        r"\bwhere do (?:i|we) stand\b",
        r"\b(?:any|need|some|looking for) (?:advice|help)\b",
        r"\bhelp\b$",
        r"\bwhat (?:to do|can be done)\b",
        r"\bis (?:this|that|it) (?:legal|allowed|right|ok|okay|a thing|lawful)\b",
        r"\bcan they do (?:this|that)\b",
        r"\bwhat do (?:i|we) need to know\b",
    )
)
