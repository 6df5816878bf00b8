"""The pages for people: the question form with its cited answer, and the page of a passage. All work without script."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from assistant.desk import DeadlineDesk
from assistant.model import Answer, Audience, Turn
from assistant.service import Assistant
from bots.rendering import as_follow_ups_read_it
from bots.web.answer_view import AnswerView, view
from bots.web.asking import answer_to
from bots.web.date_files import file_address
from bots.web.errors import Problem, UnreadableHistory, explain
from bots.web.keeping import AfterAnswer, Keeping
from bots.web.pages import Pages
from bots.web.schemas import AskRequest, HistoryTurn
from bots.web.starters import ADDABLE, EXAMPLES, STARTER, STARTERS

MAX_HISTORY = 12_000  # bytes of JSON that a page carries from question to question
_TURNS_KEPT = 12
_ANSWER_KEPT = 600  # characters of an earlier answer: enough to know what was said
_CORRECTIONS_KEPT = 40

_HISTORY = TypeAdapter(tuple[HistoryTurn, ...])


class AskForm(BaseModel):
    """The form as the reader sent it: all text, whatever it says, so that all of it can be shown again.

    `assume` and `denied` are what was put right of the child's situation before; `add` and `remove` put more right.
    """

    model_config = ConfigDict(populate_by_name=True)

    question: str = ""
    audience: str = Audience.PARENT.value
    as_at: str = ""
    calendar: str = ""
    history: str = ""
    assume: list[str] = []
    denied: list[str] = Field(default=[], alias="not")
    conversation_id: str = ""
    add: str = ""
    remove: str = ""

    def settled(self) -> "AskForm":
        """The same with `add` and `remove` worked in; the last word on a thing counts."""
        also = [word for word in dict.fromkeys([*self.assume, self.add]) if word and word != self.remove]
        denied = [word for word in dict.fromkeys([*self.denied, self.remove]) if word and word not in also]
        fresh = {"assume": also[-_CORRECTIONS_KEPT:], "denied": denied[-_CORRECTIONS_KEPT:], "add": "", "remove": ""}
        return self.model_copy(update=fresh)


def page_routes(
    *,
    assistant: Assistant,
    today: Callable[[], date],
    pages: Pages,
    desk: DeadlineDesk | None = None,
    keeping: Keeping | None = None,
) -> APIRouter:
    """`/` to ask and read the answer, and `/passages/{id}` for what a citation points to."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/", methods=["GET", "HEAD"])
    def home(request: Request, start: str = "") -> HTMLResponse:
        form = AskForm(question=STARTER[start].question if start in STARTER else "")
        return _home(request, form, pages=pages, desk=desk, today=today())

    @router.post("/")
    def ask(request: Request, form: Annotated[AskForm, Form()]) -> HTMLResponse:
        form = form.settled()
        try:
            asked = read_form(form)
            answer = answer_to(asked, assistant=assistant, today=today())
        except Exception as error:  # whatever it was, the reader's words come back with it
            return _home(request, form, pages=pages, desk=desk, today=today(), problem=explain(error))
        after = keeping.keep(asked, answer) if keeping is not None else None
        return _home(request, form, pages=pages, desk=desk, today=today(), answer=answer, after=after)

    @router.api_route("/passages/{passage_id}", methods=["GET", "HEAD"])
    def passage(request: Request, passage_id: str) -> HTMLResponse:
        found = assistant.passage(passage_id)
        return pages.render(request, "passage.html", {"passage": found, "today": today()})

    return router


def read_form(form: AskForm) -> AskRequest:
    """The form as a request, checked as the API checks its own."""
    return AskRequest.model_validate(
        {
            "question": form.question,
            "history": read_history(form.history),
            "as_at": form.as_at.strip() or None,
            "audience": form.audience,
            "calendar": form.calendar.strip() or None,
            "also": form.assume,
            "without": form.denied,
            "conversation_id": form.conversation_id or None,
        }
    )


def as_form(asked: AskRequest) -> AskForm:
    """The form that would have sent this request."""
    return AskForm(
        question=asked.question,
        audience=asked.audience.value,
        as_at=asked.as_at.isoformat() if asked.as_at else "",
        calendar=asked.calendar or "",
        history=write_history([turn.as_turn() for turn in asked.history]),
        assume=list(asked.also),
        denied=list(asked.without),
        conversation_id=asked.conversation_id or "",
    )


def read_history(text: str) -> tuple[HistoryTurn, ...]:
    """The earlier messages a page carried. Raises `UnreadableHistory`: a page can be changed before it is sent."""
    if not text.strip():
        return ()
    if len(text.encode()) > MAX_HISTORY:
        raise UnreadableHistory
    try:
        return _HISTORY.validate_json(text)
    except ValidationError as error:
        raise UnreadableHistory from error


def write_history(turns: Sequence[Turn]) -> str:
    """The newest of `turns` as JSON of at most `MAX_HISTORY` bytes."""
    kept = [HistoryTurn.model_validate({"role": turn.role, "content": turn.content}) for turn in turns][-_TURNS_KEPT:]
    while len(said := _HISTORY.dump_json(tuple(kept))) > MAX_HISTORY:
        del kept[0]
    return said.decode() if kept else ""


def page_context(
    form: AskForm,
    *,
    today: date,
    desk: DeadlineDesk | None,
    answer: Answer | None = None,
    after: AfterAnswer | None = None,
) -> Mapping[str, Any]:
    """What the templates of the page are told: the form, what was said before, and the answer arranged for reading."""
    earlier = _readable_turns(form.history)
    continued = ""
    if answer is not None:
        this_turn = [
            Turn(role="user", content=form.question),
            Turn(role="assistant", content=as_follow_ups_read_it(answer, at_most=_ANSWER_KEPT)),
        ]
        continued = write_history([*earlier, *this_turn])
    if after is not None:
        form = form.model_copy(update={"conversation_id": after.conversation_id or ""})
    return {
        "form": form,
        "today": today,
        "problem": None,
        "view": _arranged(answer, form, desk) if answer is not None else None,
        "earlier": [turn.content for turn in earlier if turn.role == "user"],
        "history": write_history(earlier),
        "continued": continued,
        "after": after,
        "starters": STARTERS,
        "examples": EXAMPLES,
        "addable": ADDABLE,
        "calendars": desk.calendars() if desk is not None else (),
    }


def _arranged(answer: Answer, form: AskForm, desk: DeadlineDesk | None) -> AnswerView:
    if desk is None:
        return view(answer)
    return view(answer, file_of=lambda deadline: file_address(deadline, desk=desk, calendar=form.calendar.strip()))


def _home(
    request: Request,
    form: AskForm,
    *,
    pages: Pages,
    desk: DeadlineDesk | None,
    today: date,
    answer: Answer | None = None,
    after: AfterAnswer | None = None,
    problem: Problem | None = None,
) -> HTMLResponse:
    page = {**page_context(form, today=today, desk=desk, answer=answer, after=after), "problem": problem}
    return pages.render(
        request, "page.html", {"page": page}, status=problem.status if problem else 200, problem=problem
    )


def _readable_turns(history: str) -> Sequence[Turn]:
    try:
        return [turn.as_turn() for turn in read_history(history)]
    except UnreadableHistory:
        return []
