"""Local offers as the Slack app has them in tests: words are really read, and the rules can be told apart."""

from assistant.asked_offers import offer_search_in
from assistant.model import Catalogue
from assistant.offer import Offer
from assistant.offer_desk import OfferDesk
from corpus.offer_checks import read_offer_rules
from corpus.offer_needs import read_needs
from corpus.school_ages import read_school_ages
from tests.fakes import a_catalogue, a_passage
from tests.local_offers import FakeBook, FakeOffers

REFERRAL, CHECK = "A parent cannot refer a child.", "The school must visit the setting."


def rules_in_force() -> Catalogue:
    """The facts that the project's own rules on offers name, with words that can be told apart."""
    rules = read_offer_rules()
    facts = dict.fromkeys([*rules.referral, *(f for g in rules.groups for f in g.facts)])
    facts |= dict.fromkeys(f for q in rules.questions for f in q.facts)
    said = {rules.referral[0]: REFERRAL, rules.groups[0].facts[0]: CHECK}
    return a_catalogue(*(a_passage(fact, said.get(fact, f"The rule {fact} must be kept.")) for fact in facts))


def a_desk(*offers: Offer, corpus: Catalogue | None = None) -> OfferDesk:
    needs, ages = read_needs(), read_school_ages()
    return OfferDesk(
        FakeOffers(*offers, needs=needs),
        book=FakeBook(),
        needs=needs,
        rules=read_offer_rules(),
        catalogue=lambda: corpus or rules_in_force(),
        read=lambda said: offer_search_in(said, postcodes=FakeBook(), needs=needs, ages=ages),
    )
