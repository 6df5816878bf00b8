"""Drafting a reply to a family: the editable text, what to look at after a check, and the DOCX file.

Nothing is kept here. The draft is made again from the question each time, so a page can bring nothing but its words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from assistant.model import Audience
from assistant.replies import Checked, ReplyDesk
from assistant.reply import Draft
from assistant.reply_check import Finding, as_typed
from bots.web.errors import Problem, explain
from bots.web.page import AskForm, read_form
from bots.web.pages import Pages

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FILE_NAME = "reply.docx"
LONGEST_MAIL_LINK = 1900  # characters: the shortest limit among common mail programs is a little above
MOST_FINDINGS = 60
AIM_FOR_AGE = 12


class ReplyForm(AskForm):
    """What the page of a draft sends: the question as it was asked, and the text as it was edited."""

    audience: str = Audience.ADVISER.value
    text: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A stretch of the text: plain, or marked with the numbers of its findings (from 1)."""

    words: str
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyView:
    """A draft arranged for its page. `checked` tells whether the reader asked for a check."""

    draft: Draft
    text: str
    checked: bool
    findings: tuple[Finding, ...]
    more: int
    marked: tuple[Passed, ...]
    dropped: tuple[int, ...]
    reading_age: float | None
    mail: str | None
    mail_subject_only: str


def reply_routes(*, desk: ReplyDesk, today: Callable[[], date], pages: Pages) -> APIRouter:
    """`/reply` to draft and check, `/reply.docx` for the file."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/reply", methods=["GET", "HEAD"])
    def blank(request: Request) -> HTMLResponse:
        return _page(request, ReplyForm(), pages=pages)

    @router.post("/reply")
    def reply(request: Request, form: Annotated[ReplyForm, Form()]) -> HTMLResponse:
        form = _settled(form)
        try:
            draft = _draft(form, desk, today())
            checking = form.action == "check"
            checked = desk.check(form.text if checking else draft.text, draft=draft)
        except Exception as error:  # whatever it was, the adviser's words come back with it
            return _page(request, form, pages=pages, problem=explain(error))
        return _page(request, form, pages=pages, view=arranged(draft, checked, checking=checking))

    @router.post("/reply.docx")
    def file(request: Request, form: Annotated[ReplyForm, Form()]) -> Response:
        form = _settled(form)
        try:
            draft = _draft(form, desk, today())
            written = desk.document(form.text or draft.text, draft=draft)
        except Exception as error:  # whatever it was, the adviser's words come back with it
            return _page(request, form, pages=pages, problem=explain(error))
        headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"', "Cache-Control": "no-store"}
        return Response(written, media_type=DOCX, headers=headers)

    return router


def arranged(draft: Draft, checked: Checked, *, checking: bool) -> ReplyView:
    """The draft and its check as the page shows them."""
    shown = checked.findings[:MOST_FINDINGS]
    subject_only = f"mailto:?subject={quote(draft.subject)}"
    mail = f"{subject_only}&body={quote(checked.text.replace(chr(10), chr(13) + chr(10)))}"
    return ReplyView(
        draft=draft,
        text=checked.text,
        checked=checking,
        findings=shown,
        more=len(checked.findings) - len(shown),
        marked=tuple(marked(checked.text, shown)),
        dropped=checked.sources.dropped,
        reading_age=checked.reading_age,
        mail=mail if len(mail) <= LONGEST_MAIL_LINK else None,
        mail_subject_only=subject_only,
    )


def marked(text: str, findings: Sequence[Finding]) -> Sequence[Passed]:
    """`text` cut at the sentences that have findings; findings of one sentence share one mark."""
    by_place: dict[tuple[int, int], list[int]] = {}
    for number, finding in enumerate(findings, start=1):
        by_place.setdefault((finding.start, finding.end), []).append(number)
    passed: list[Passed] = []
    done = 0
    for (start, end), numbers in sorted(by_place.items()):
        if start > done:
            passed.append(Passed(words=text[done:start]))
        passed.append(Passed(words=text[start:end], numbers=tuple(numbers)))
        done = end
    return [*passed, Passed(words=text[done:])] if done < len(text) else passed


def _settled(form: ReplyForm) -> ReplyForm:
    settled = form.settled()
    return form.model_copy(update={**settled.model_dump(), "audience": Audience.ADVISER.value})


def _draft(form: ReplyForm, desk: ReplyDesk, today: date) -> Draft:
    asked = read_form(form)
    return desk.draft(
        asked.question,
        today=today,
        history=[turn.as_turn() for turn in asked.history],
        as_at=asked.as_at,
        calendar=asked.calendar,
        corrections=asked.corrections(),
    )


def _page(
    request: Request,
    form: ReplyForm,
    *,
    pages: Pages,
    view: ReplyView | None = None,
    problem: Problem | None = None,
) -> HTMLResponse:
    context: dict[str, Any] = {
        "form": form,
        "view": view,
        "text": view.text if view else as_typed(form.text),
        "problem": problem,
        "aim": AIM_FOR_AGE,
    }
    return pages.render(request, "reply.html", context, status=problem.status if problem else 200, problem=problem)
