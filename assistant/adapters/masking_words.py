"""The words that tell a person's or a school's name from ordinary English: kept lists, and our own few."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

# The languages that families in England most often name their children in, as far as Faker has them in our letters.
_NAME_LISTS = """en en_GB en_US en_IN en_IE en_NG en_PK en_KE en_NZ tw_GH yo_NG ha_NG ig_NG zu_ZA sw ga_IE
pl_PL ro_RO tr_TR es_ES pt_PT fr_FR it_IT lt_LT lv_LV sk_SK cs_CZ hu_HU nl_NL ar_DZ""".split()

# First names that Faker lacks and that these families have. Found by reading, not from the test sentences.
_MORE_FIRST_NAMES = """gurpreet harpreet manpreet jaspreet simran kiran navjot temitope oluwaseun ayomide tobiloba
oluwaseyi olamide damilola chukwuemeka chidera shazia nadia nazia tahmina rukhsana zayn zayd zayaan ayaan rayyan
eesa musa ilyas idris hamza haris umar uthman bilal safiyyah maryam hafsa sumaya khadija nusrat abdul mohammed mohammad
muhammed mohamed yusuf yousef esmae ffion carys nkechi kaiden kayden jaydon jayden jaiden brayden kaydon riley-may
lily-mae
ellie-mae
teejay kacper oliwia szymon wiktoria zuzanna mateusz bartosz filip hakeem kwame kofi ama adwoa abena yaw""".split()

# Names that are also days, months or words a sentence starts with: only a clear sign makes them names.
SHY = frozenset(
    """may april june august summer autumn winter will mark bill art chase hunter faith hope joy grant major dean
    drew rob sue pat frank earnest rich page case reason law wills mercy justice charity trinity chance prince king
    guy christian an so the my in is he she a i sir miss dear hi hello thanks thank day sunday monday friday wednesday
    english england wales british polish roman irish asian muslim jewish sikh hindu gypsy traveller roma deaf""".split()
)

TITLES = frozenset("mr mrs ms miss mx dr prof professor sir lady rev reverend cllr councillor fr".split())

# Words of English that, in messages about children, are nearly always a child.
_MOSTLY_NAMES = frozenset(
    "jack ruby poppy daisy lily mason bailey teddy bobby jasper scarlett ivy holly jake billy tommy ellis".split()
)

# Towns, councils and countries: never a name unless something else says so ("Mr Bradford").
PLACES = frozenset(
    """barking dagenham barnet barnsley bath bedford bexley birmingham blackburn darwen blackpool bolton bournemouth
    bracknell bradford brent brighton hove bristol bromley buckinghamshire bury calderdale cambridge cambridgeshire
    camden cheshire chester chesterfield christchurch cornwall coventry croydon cumberland cumbria darlington derby
    derbyshire devon doncaster dorset dudley durham ealing enfield england essex europe exeter gateshead gloucester
    gloucestershire greenwich grimsby hackney halton hammersmith fulham hampshire haringey harlow harrow hartlepool
    hastings havering hereford herefordshire hertfordshire hillingdon hounslow huddersfield hull ireland islington
    jersey guernsey kensington chelsea kent kingston kirklees knowsley lambeth lancashire lancaster leeds leicester
    leicestershire lewisham lincoln lincolnshire liverpool london luton manchester mansfield medway merton
    middlesbrough midlands milton keynes newcastle newham norfolk northampton northamptonshire northumberland norwich
    nottingham nottinghamshire oldham oxford oxfordshire peterborough plymouth poole portsmouth preston reading
    redbridge redcar cleveland richmond rochdale rotherham rutland salford sandwell scotland scunthorpe sefton sheffield
    shropshire slough solihull somerset southampton southend southwark stafford staffordshire stockport stockton stoke
    suffolk
    sunderland surrey sussex sutton swindon tameside taunton telford thurrock torbay torquay trafford tyneside wakefield
    wales walsall waltham wandsworth warrington warwick warwickshire watford westminster westmorland wigan wight
    wiltshire windsor maidenhead wirral wokingham wolverhampton worcester worcestershire worthing wrekin york yorkshire
    britain france germany poland romania ukraine pakistan india nigeria ghana syria israel georgia america africa
    burnley carlisle crewe gillingham ipswich kettering margate maidstone stevenage barrow ashford
    crawley eastbourne basingstoke guildford woking hemel dartford colchester chelmsford basildon helens albans ives
    forest northern washington perth kinross dumfries galloway belfast cardiff newport swansea bangor wrexham edinburgh
    glasgow stirling aberdeen dundee inverness fife kilbride kirkcaldy gwent norwood derry armagh""".split()
)

# What the sector writes in capitals, and words that open a sentence or a law's title: never part of a name.
SECTOR = frozenset(
    """ofsted dfe ipsea sendiass senco sendco sencos send sen semh adhd asd asc odd pda ocd cahms camhs ehcp ehcps ehc
    ehcna pex pexed pex'd fte lac cla pru prus gdc irp ap la las lea ht dht dsl tac tas ta mat mats gcse gcses sats ks
    nhs gp ep eps ewo eba esfa lgsco lgo ncc kcsie gias upn uln dob tel ref ni iass act acts code part schedule section
    section regulation regulations reg para paragraph chapter article annex order rules scheme policy report review
    guidance council county city borough district unitary metropolitan authority authorities tribunal court judge
    ombudsman department ministry government parliament minister secretary state trust federation diocese church
    school schools academy academies college nursery primary secondary infant infants junior juniors high grammar
    sixth form year reception key stage term half head headteacher teacher governor governors governing board chair
    clerk panel officer worker team service services unit centre home hospital clinic road street lane avenue close
    drive family court children education equality human rights act safeguarding childline samaritans nspcc mencap
    coram contact kooth shelter scope barnardos barnardo's mind ace snap sos!sen youngminds acas autism autistic
    easter christmas eid ramadan diwali whitsun halloween english maths science history geography ict pe re rse covid
    teams zoom whatsapp tiktok snapchat instagram facebook google youtube xbox classcharts arbor sims edulounge
    not only one two all any some no yes ok please help what when where who why how which that this these those there
    they we you he she it his her their our your my me us him them its and or but if so as at by for from in into of off
    on onto out over to up with without under after before since until while because during about is are was were be
    been being am has have had having do does did can could should would must might shall may will let's lets got get
    gets said says told wants want dear hi hello hey sorry thanks thank regards sincerely faithfully cheers best kind
    wishes warm many love mum mums mummy dad dads daddy mother father parent parents carer carers guardian nan nana
    gran grandma grandad grandpa aunt auntie uncle child children kid kids son sons daughter boy girl lad lads pupil
    pupils student students client caller callers male female monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec mon tue tues wed thu thurs fri sat today tomorrow yesterday now then still just also even
    however although though therefore mr mrs ms miss mx dr prof sir lady lord rev cllr draft reply re fao cc north south
    east west first second third new special alternative provision independent maintained mainstream local national
    miles burns nazi isis raf german italian french spanish portuguese oscar hoy vsh sendist alnco milburn tandy
    mckenzie cymru i'm i've i'd i'll he's she's it's they're we're you're that's there's what's who's they've we've
    you've isn't wasn't hasn't can't won't don't doesn't didn't refusing lawyer browne jacobson eqa
    permanent permanently fixed exclusion exclusions excluded suspension suspended attendance behaviour
    tues fpn dsh sic estyn enquire
    return back""".split()
) - {"will", "may", "april", "june", "august"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Lower-case words: people's first names and surnames, and words of ordinary English."""

    first: frozenset[str]
    last: frozenset[str]
    ordinary: frozenset[str]

    def is_ordinary(self, word: str) -> bool:
        """Whether English has the word, also as the plural or a simple form of another."""
        if word in self.ordinary or word in SECTOR:
            return True
        if "-" in word:
            return any(self.is_ordinary(half) for half in word.split("-") if len(half) > 2)
        for prefix in ("un", "non", "mis", "over", "out", "dis"):
            if word.startswith(prefix) and len(word) > 7 and self.is_ordinary(word.removeprefix(prefix)):
                return True
        return any(word.endswith(end) and word.removesuffix(end) + back in self.ordinary for end, back in _ENDINGS)

    def is_first(self, word: str) -> bool:
        """Whether it is given as a first name; a double name counts by a clear first half."""
        return word in self.first or ("-" in word and self.is_clear_first(word.split("-", maxsplit=1)[0]))

    def is_clear_first(self, word: str) -> bool:
        """Whether it is a first name and nothing else, so that it needs no other sign."""
        return len(word) > 2 and self.is_first(word) and not self.is_known(word)

    def is_clear_last(self, word: str) -> bool:
        return len(word) > 3 and word in self.last and not self.is_known(word)

    def is_known(self, word: str) -> bool:
        """Whether it means something else than a person: an ordinary word, a place or a word of the sector."""
        return word in self.ordinary or word in SECTOR or word in PLACES or word in SHY

    def is_strange(self, word: str) -> bool:
        """Whether no list has it: perhaps a name that we never met, perhaps a slip of the thumb."""
        return not (self.is_ordinary(word) or word in PLACES or word in SHY)


_ENDINGS = (
    ("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e"), ("er", ""),
    ("er", "e"), ("est", ""), ("ly", ""), ("ness", ""), ("n't", ""), ("nt", ""), ("'re", ""), ("'ll", ""), ("'ve", ""),
    ("our", "or"), ("ise", "ize"), ("ised", "ize"), ("ising", "ize"), ("isation", "ization"), ("ment", ""),
)  # fmt: skip


@cache
def lexicon() -> Lexicon:
    """The lists, read once (about a third of a second)."""
    first, last = _people()
    return Lexicon(first=first, last=last, ordinary=_english())


def _people() -> tuple[frozenset[str], frozenset[str]]:
    first = set(_MORE_FIRST_NAMES)
    last: set[str] = set()
    for locale in _NAME_LISTS:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        for attribute in dir(provider):
            if attribute.startswith("first_names"):
                first |= _plain(getattr(provider, attribute))
            elif attribute.startswith("last_names"):
                last |= _plain(getattr(provider, attribute))
    return frozenset(first), frozenset(last)


def _plain(names: Iterable[str]) -> set[str]:
    return {name.lower() for name in names if " " not in name}


def _english() -> frozenset[str]:
    # A spelling dictionary writes names with a capital and words without: just the difference that is wanted here.
    spec = find_spec("spylls")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("spylls")
    lines = (Path(spec.origin).parent / "hunspell/data/en/en_US.dic").read_text("utf-8").splitlines()
    stems = (line.split("/")[0].strip() for line in lines[1:])
    return frozenset(stem for stem in stems if stem.islower()) - _MOSTLY_NAMES
