"""A question on its way, and one that failed, as HTML. Plain functions, no Gradio. Whatever was typed is escaped here."""

from __future__ import annotations

import html

from ..records import Answer
from .answers import body_html, question_html
from .shapes import shape
from .words import word


def waiting_html(typed: str, text: str) -> str:
    """A question on its way: what is being done, in the shape of an answer to come."""
    return (
        f'<article class="exchange waiting">{question_html(typed)}<div class="answer"><p class="notice" role="status">{html.escape(text)}</p>'
        '<div class="bones" aria-hidden="true"><i></i><i></i><i></i></div></div></article>'
    )


def growing_html(typed: str, answer: Answer, text: str) -> str:
    """A question whose answer is being written: the sentences that were verified, and what is being done."""
    return (
        f'<article class="exchange waiting">{question_html(typed)}<div class="answer" lang="{answer.language}">'
        f'<div class="said" dir="auto">{body_html(answer, "new")}</div><p class="notice" role="status">{html.escape(text)}</p></div></article>'
    )


def error_html(typed: str, text: str, reader: str, detail: str = "") -> str:
    """A failure as a person should read it; the question is kept above the answer's place."""
    more = f'<p class="detail" lang="en">{html.escape(detail)}</p>' if detail else ""
    return (
        f'<article class="exchange">{question_html(typed)}<div class="answer failed" role="alert"><p class="status failed">{shape("failed")}'
        f"<span>{html.escape(word('failed', reader))}</span></p><p>{html.escape(text)}</p>{more}"
        f'<div class="actions"><button type="button" data-do="retry">{html.escape(word("retry", reader))}</button></div></div></article>'
    )
