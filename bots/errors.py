"""What can go wrong at a doorway, beside the errors of the core.

NavigatorError
├── BadSetting                 a setting has a value we cannot use
├── AddressUnavailable         the web server cannot listen where it was told to
└── CalendarStays              a calendar that comes with the program was to be removed
"""

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
