"""What can go wrong at a doorway, beside the errors of the core.

NavigatorError
├── BadSetting                 a setting has a value we cannot use
├── AddressUnavailable         the web server cannot listen where it was told to
├── CalendarStays              a calendar that comes with the program was to be removed
├── BadManifest                Slack would not take the app as it is described
└── SlackClosed                Slack does not let us in
"""

from collections.abc import Sequence

from assistant.errors import NavigatorError


class BadSetting(NavigatorError):
    """`problems` has one sentence for each wrong setting: its name, its value, and what is allowed."""

    code = "bad_setting"

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join((*problems, "Correct it in the environment or in the file .env of this folder.")))


class AddressUnavailable(NavigatorError):
    code = "address_unavailable"

    def __init__(self, host: str, port: int, *, why: str) -> None:
        super().__init__(
            f"The web server cannot listen on {host} port {port}: {why}. "
            "Choose another with --host and --port, or with APNAV_HOST and APNAV_PORT."
        )


class CalendarStays(NavigatorError):
    code = "calendar_stays"

    def __init__(self, calendar: str) -> None:
        super().__init__(
            f"The calendar “{calendar}” comes with the program and stays. To use another one, set APNAV_CALENDAR."
        )


class BadManifest(NavigatorError):
    """`problems` has one sentence for each thing that Slack would refuse or that could not work."""

    code = "bad_manifest"

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(("The Slack manifest cannot be used.", *problems)))


class SlackClosed(NavigatorError):
    """`what` is what could not be done, `why` what Slack said, `then` the sentence that says what to do."""

    code = "slack_closed"

    def __init__(self, what: str, *, why: str, then: str) -> None:
        super().__init__(f"{what}: {why}. {then}")
