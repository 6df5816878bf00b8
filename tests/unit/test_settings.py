"""Settings of Slack: a wrong one is named with what it may be, and no secret is ever shown."""

import logging
from pathlib import Path

import pytest

from bots.errors import BadSetting
from bots.logs import start_logging
from bots.settings import Settings, read_settings

SECRETS = {
    "APNAV_SLACK_BOT_TOKEN": "xoxb-12345-abcdef",
    "APNAV_SLACK_APP_TOKEN": "xapp-1-A0-12345-abcdef",
    "APNAV_SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
    "APNAV_SLACK_CLIENT_SECRET": "shh-shh-shh",
}


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine counts."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"APNAV_{name.upper()}", raising=False)


def test_without_any_setting_slack_is_off_and_speaks_to_the_real_one() -> None:
    settings = read_settings()
    assert settings.slack_bot_token is None
    assert settings.slack_signing_secret is None
    assert settings.slack_api_url == "https://slack.com/api/"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APNAV_SLACK_BOT_TOKEN", "xapp-1-A0-12345"),
        ("APNAV_SLACK_BOT_TOKEN", "xoxp-12345"),
        ("APNAV_SLACK_APP_TOKEN", "xoxb-12345"),
        ("APNAV_SLACK_APP_TOKEN", "xapp-1 2"),
        ("APNAV_SLACK_SIGNING_SECRET", "my secret"),
        ("APNAV_SLACK_CLIENT_ID", "not an id"),
        ("APNAV_SLACK_ADVICE_CHANNEL", "#advice"),
        ("APNAV_SLACK_AUDIENCE", "everybody"),
        ("APNAV_SLACK_MENTIONS", "yes"),
        ("APNAV_SLACK_WORKERS", "0"),
        ("APNAV_SLACK_API_URL", "http://slack.example.org/api/"),
        ("APNAV_SLACK_API_URL", "https://me:secret@slack.com/api/"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_may_be(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=f"{name} .*must be") as refused:
        read_settings()
    if "TOKEN" in name or "SECRET" in name or "URL" in name:
        assert value not in str(refused.value)


def test_an_address_of_this_machine_does_for_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APNAV_SLACK_API_URL", "http://127.0.0.1:9000/api")
    assert read_settings().slack_api_url == "http://127.0.0.1:9000/api/"


@pytest.mark.parametrize("name", SECRETS)
def test_an_empty_secret_is_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, " ")
    assert getattr(read_settings(), name.removeprefix("APNAV_").lower()) is None


def test_no_secret_is_shown_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert not [value for value in SECRETS.values() if value in shown]


@pytest.mark.parametrize("token", ["xoxb-12345-abc", "xapp-1-A0-123-abc", "xoxp-1-2", "xoxe.xoxb-1-abc", "xoxe-1-abc"])
def test_a_token_that_a_library_logs_is_taken_out(token: str, capfd: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    start_logging("json", level="info")
    try:
        logging.getLogger("slack_sdk.web").warning("Refused: %s", token)
        logging.getLogger("slack_sdk.web").warning("Refused", extra={"header": f"Bearer {token}"})
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    said = capfd.readouterr().err
    assert said.count("Refused") == 2
    assert token not in said
    assert "abc" not in said
