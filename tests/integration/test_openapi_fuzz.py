"""Programs that send anything at all to the API get an answer in the published shape, and never a server error."""

import time

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bots import wiring
from bots.settings import Settings
from bots.web.app import create_app
from tests.integration.test_web import TODAY, FakeAssistant
from tests.local_offers import bare_offer, full_offer, local_offers

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SECONDS = 25  # for all operations together
FEWEST = 4  # of each, however slow the machine is
OPERATIONS = {
    "GET /api/passages/{passage_id}",
    "GET /api/deadlines",
    "GET /api/calendars",
    "GET /api/needs",
    "GET /api/offers",
    "GET /api/offers/{offer_id}",
    "GET /healthz",
    "GET /readyz",
    "GET /oruk",
    "GET /oruk/services",
    "GET /oruk/services/{service}",
    "GET /oruk/taxonomies",
    "GET /oruk/taxonomies/{wanted}",
    "GET /oruk/taxonomy_terms",
    "GET /oruk/taxonomy_terms/{wanted}",
    "POST /api/ask",
    "POST /api/ask/stream",
    "POST /api/reply",
    "POST /api/reply/check",
    "POST /api/deadlines",
    "POST /api/timeline",
    "POST /api/suspensions",
    "POST /api/deadlines.ics",
    "POST /api/timeline.ics",
}
# What does not fit can only be sent where there is a body.
TRIED = [(each, GenerationMode.POSITIVE) for each in sorted(OPERATIONS)] + [
    (each, GenerationMode.NEGATIVE) for each in sorted(OPERATIONS) if each.startswith("POST")
]


@pytest.fixture(scope="module")
def operations() -> dict[str, APIOperation]:
    """Every operation that the service describes, by method and path."""
    assistant = FakeAssistant()
    app = create_app(
        assistant=assistant,
        desk=wiring.build_desk(Settings()),
        replies=wiring.build_replies(assistant),
        offers=local_offers(full_offer(), bare_offer()),
        today=lambda: TODAY,
    )
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    return {each.ok().label: each.ok() for each in schema.get_all_operations()}


def test_every_operation_that_is_described_is_tried(operations: dict[str, APIOperation]) -> None:
    assert set(operations) == OPERATIONS


@pytest.mark.parametrize(("operation", "mode"), TRIED)
def test_api_answers_whatever_is_sent_as_it_says_it_does(
    operations: dict[str, APIOperation], operation: str, mode: GenerationMode
) -> None:
    until = time.monotonic() + SECONDS / len(TRIED)
    done = 0

    @settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operations[operation].as_strategy(generation_mode=mode))
    def tried(case: schemathesis.Case) -> None:
        nonlocal done
        if done < FEWEST or time.monotonic() < until:
            case.call_and_validate(checks=CHECKS)
            done += 1

    tried()

    assert done
