"""What went wrong while answering, in words for whoever asked; what nobody foresaw is logged under a reference."""

import logging
import secrets
import traceback

from assistant.conversations import StoreUnavailable
from assistant.errors import EmbeddingModelError, IndexUnavailable, QuestionError
from assistant.offer_errors import OfferError, PlaceError, UnknownPlace
from bots.slack.showing import messages
from bots.slack.working.finding_offers import NoOffers
from bots.slack.working.slack_errors import SlackRefused

_log = logging.getLogger(__name__)


def explain(error: Exception, *, failed: str = messages.FAILED) -> str:
    """One or two sentences that say what to do next; `failed` where nothing more can be said."""
    match error:
        case QuestionError():
            return str(error)
        case OfferError() | NoOffers():
            return _without_offers(error)
        case IndexUnavailable() | EmbeddingModelError():
            _log.warning("Not ready: %s", error)  # it names folders of the server: those are not for readers
            return messages.NOT_READY
        case StoreUnavailable():
            _log.warning("Not kept: %s", error)
            return failed
        case SlackRefused():
            _log.warning("Not done: %s", error)
            return failed
        case _:
            return f"{failed} (Reference {log_unexpected(error)}.)"


def _without_offers(error: OfferError | NoOffers) -> str:
    if isinstance(error, PlaceError):
        return f"{error} {messages.PLACE_AGAIN}" if isinstance(error, UnknownPlace) else str(error)
    if isinstance(error, NoOffers):
        return messages.NO_OFFERS
    _log.warning("Not searched: %s", error)  # it names folders of the server
    return messages.OFFERS_AWAY


def log_unexpected(error: BaseException) -> str:
    """Logs the kind of error and where it arose, never its words: they may quote what somebody wrote. The reference."""
    reference = secrets.token_hex(4)
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("Unexpected %s, reference %s\n%s", type(error).__name__, reference, frames)
    return reference
