"""The pages for people: the question form with its cited answer, and the page of a passage. No script anywhere."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, TypeAdapter, ValidationError

from assistant.model import Answer, Audience, Role, Statement, Status, Turn
from assistant.service import Assistant
from assistant.sources import Verification
from bots.web.errors import Problem, UnreadableHistory, explain
from bots.web.pages import Pages
from bots.web.schemas import AskRequest, HistoryTurn

MAX_HISTORY = 12_000  # bytes of JSON that a page carries from question to question
_TURNS_KEPT = 12
_ANSWER_KEPT = 600  # characters of an earlier answer: enough to know what was said

_HISTORY = TypeAdapter(tuple[HistoryTurn, ...])
_MARKER = re.compile(r"\[(\d{1,3})\]")

_HEADINGS: Mapping[Role, str] = {
    Role.CORRECTION: "First, a correction",
    Role.DIRECT: "The answer",
    Role.DUTY: "What must happen, and who must do it",
    Role.TIME_LIMIT: "Time limits",
    Role.ROUTE: "What can be done",
    Role.CHANGE: "What changed",
    Role.HELP: "Help and advice",
}
_TITLES: Mapping[Status, str] = {
    Status.ANSWERED: "Your answer",
    Status.CLARIFY: "One question back",
    Status.NOT_FOUND: "We could not find this",
    Status.OUT_OF_SCOPE: "This is outside what we cover",
    Status.URGENT: "Get help now",
}


class AskForm(BaseModel):
    """The form as the reader sent it: all text, whatever it says, so that all of it can be shown again."""

    question: str = ""
    audience: str = Audience.PARENT.value
    as_at: str = ""
    history: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The statements that do one thing in an answer, under their heading; an answer that comes first needs none."""

    heading: str | None
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """An answer arranged for the page. `opening` is a plain sentence that comes before any statement."""

    answer: Answer
    title: str
    opening: str | None
    sections: tuple[Section, ...]
    next_steps: tuple[str, ...]
    unchecked: frozenset[int]

    def pieces(self, text: str) -> Sequence[tuple[str, int | None]]:
        """`text` cut at its [n] markers: plain words, and the numbers that lead to a source of this answer."""
        known = {citation.n for citation in self.answer.citations}
        cut = _MARKER.split(text)  # words, number, words, number, ... words
        return [
            (part, None) if place % 2 == 0 else (f"[{part}]", int(part) if int(part) in known else None)
            for place, part in enumerate(cut)
            if part
        ]


def page_routes(*, assistant: Assistant, today: Callable[[], date], pages: Pages) -> APIRouter:
    """`/` to ask and read the answer, and `/passages/{id}` for what a citation points to."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/", methods=["GET", "HEAD"])
    def home(request: Request) -> HTMLResponse:
        return _home(request, AskForm(), pages=pages, today=today())

    @router.post("/")
    def ask(request: Request, form: Annotated[AskForm, Form()]) -> HTMLResponse:
        try:
            asked = read_form(form)
            answer = assistant.ask(
                asked.question,
                today=today(),
                history=[turn.as_turn() for turn in asked.history],
                as_at=asked.as_at,
                audience=asked.audience,
            )
        except Exception as error:  # whatever it was, the reader's words come back with it
            return _home(request, form, pages=pages, today=today(), problem=explain(error))
        return _home(request, form, pages=pages, today=today(), answer=answer)

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
        }
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


def view(answer: Answer) -> AnswerView:
    """The answer in the order it is read; statements that do the same thing stand together."""
    by_role: dict[Role, list[Statement]] = {}
    for statement in answer.statements:
        by_role.setdefault(statement.role, []).append(statement)
    told = {statement.text for statement in answer.statements}
    return AnswerView(
        answer=answer,
        title=_TITLES[answer.status],
        opening=_opening(answer.text),
        sections=tuple(
            Section(heading=_HEADINGS[role] if place or role is not Role.DIRECT else None, statements=tuple(each))
            for place, (role, each) in enumerate(by_role.items())
        ),
        next_steps=tuple(step for step in answer.next_steps if step not in told),
        unchecked=frozenset(c.n for c in answer.citations if c.verified is Verification.MEMORY),
    )


def _opening(text: str) -> str | None:
    """The first paragraph when it is a sentence of ours: statements carry markers and headings are bold."""
    first = text.split("\n\n", maxsplit=1)[0]
    return None if _MARKER.search(first) or "**" in first else first


def _home(
    request: Request,
    form: AskForm,
    *,
    pages: Pages,
    today: date,
    answer: Answer | None = None,
    problem: Problem | None = None,
) -> HTMLResponse:
    earlier = _readable_turns(form.history)
    continued = ""
    if answer is not None:
        this_turn = [
            Turn(role="user", content=form.question),
            Turn(role="assistant", content=answer.text[:_ANSWER_KEPT]),
        ]
        continued = write_history([*earlier, *this_turn])
    context = {
        "form": form,
        "today": today,
        "problem": problem,
        "view": view(answer) if answer is not None else None,
        "earlier": [turn.content for turn in earlier if turn.role == "user"],
        "history": write_history(earlier),
        "continued": continued,
    }
    return pages.render(request, "page.html", context, status=problem.status if problem else 200, problem=problem)


def _readable_turns(history: str) -> Sequence[Turn]:
    try:
        return [turn.as_turn() for turn in read_history(history)]
    except UnreadableHistory:
        return []
