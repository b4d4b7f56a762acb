"""What the page asks for, done: questions, corrections, comparisons, own documents, texts. No Gradio.

Calls the pipeline and nothing behind it; hands back records and HTML.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from .. import messages, settings  # fmt: skip
from ..dates import written
from ..errors import AssistantError, StoreError, UsageError
from ..records import REGIONS, Answer, Question
from ..understanding import MAX_CHARACTERS
from . import answers, carried, compare, export, library, own, page, passages, states, turns
from .turns import Context, Exchange
from .words import word

# Answering is arithmetic: more at once than there are processors makes everybody wait longer. First come, first served.
AT_ONCE = os.cpu_count() or 1
WARM_UP = "What is civic integration?"
FOUND = 40


@dataclass(frozen=True)
class Drawn:
    """What is to be drawn again: the text put back into the question box (None: as it is), the conversation, its passages."""

    box: str | None
    talk: str
    panel: str | None
    exchanges: tuple[Exchange, ...]


class Backstage:
    """The assistant, loaded behind the page: heavy imports wait until the page is served."""

    def __init__(self, index: str | None) -> None:
        self.index = index
        self.ready = threading.Event()
        self.failure: AssistantError | None = None
        self.assistant: Any = None
        self.shelf = own.Shelf()
        self.workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="answering")

    def start(self) -> None:
        """Load in a thread."""
        threading.Thread(target=self.load, name="backstage", daemon=True).start()

    def load(self) -> None:
        """Open the assistant and answer once, so that the first question is warm. A failure can be tried again."""
        from ..pipeline import Assistant

        try:
            assistant = Assistant(settings.load(self.index))
            assistant.prepare(lambda line: print(line, file=sys.stderr))
            assistant.answer(WARM_UP)
            self.assistant, self.failure = assistant, None
            self.ready.set()
        except AssistantError as error:
            self.failure = error
        except Exception as error:  # a fault of the program: said on the page too, or readers would wait for ever
            traceback.print_exc()
            self.failure = StoreError(f"the assistant did not start ({type(error).__name__}: {error}); see the log")

    def wait(self, seconds: float) -> bool:
        """Whether it is ready after at most so long; raises what made loading fail."""
        if self.ready.wait(seconds):
            return True
        if self.failure is not None:
            error, self.failure = self.failure, None
            self.start()
            raise error
        return False

    def ask(self, typed: str, context: Context, exchanges: tuple[Exchange, ...], tab: str = "") -> Iterator[Drawn]:
        """One question: what is drawn, as the answer comes about. A failure keeps the question in the box."""
        asked = turns.masked(typed.strip())
        if not asked:
            return
        try:
            if len(asked) > MAX_CHARACTERS:
                raise UsageError("question: is too long")
            question, origin = turns.question_of(asked, context, exchanges)
            while not self.wait(0.5):
                pending = states.waiting_html(asked, word("preparing", context.language))
                yield Drawn(None, self.talk(exchanges, context.language, pending), None, exchanges)
            own, ruled = self.shelf.document(tab), None
            from_own = self.workers.submit(self.shelf.answer, tab, question).result() if own else None
            for step in self._steps(question) if own is None or self.shelf.also(tab) else ():
                if isinstance(step, Answer):
                    ruled = step
                else:
                    growing = states.growing_html(asked, step, word("checking", context.language))
                    yield Drawn(None, self.talk(exchanges, context.language, growing), None, exchanges)
            answer = from_own or ruled
            assert answer is not None
        except AssistantError as error:
            said, detail = explained(error, asked, context)
            failed = states.error_html(asked, said, context.language, detail)
            yield Drawn(typed, self.talk(exchanges, context.language, failed), None, exchanges)
            return
        number = exchanges[-1].number + 1 if exchanges else 1
        done = Exchange(number, asked, question, answer, turns.with_origin(origin, ruled or answer), asked != typed.strip(), own)
        if own and ruled:
            done = done.with_ruled(ruled)
        yield self.drawn((*exchanges, done), context)

    def _steps(self, question: Question) -> Iterator[Answer]:
        """The answer from the texts; before it, while a language model writes, how far it has come."""
        if self.assistant.model is None:
            yield self.answer(question)
            return
        for step in self.assistant.stream(question):
            if isinstance(step, Answer):
                yield step
            elif step.partial is not None:
                yield step.partial

    def answer(self, question: Question) -> Answer:
        """The pipeline's answer from the texts, in its turn."""
        answer: Answer = self.workers.submit(self.assistant.answer, question).result()
        return answer

    def again(self, exchanges: tuple[Exchange, ...], number: int, region: str, day: str) -> tuple[Exchange, ...]:
        """An exchange asked again for another region or day, in its place; what was not corrected stays as it was."""

        def corrected(e: Exchange) -> Exchange:
            regions = (region,) if region in REGIONS else e.leading.regions
            text = turns.in_region(e.asked.text, region, e.leading.language) if region in REGIONS else e.asked.text
            asked = replace(e.asked, text=text, regions=regions, as_of=turns.day_of(day) or e.leading.as_of)
            origin = {**e.origin, **({"region": "choice"} if region else {}), **({"day": "choice"} if day else {})}
            return replace(e, asked=asked, origin=origin, tables=()).with_ruled(self.answer(asked))

        return tuple(corrected(e) if e.number == number and e.ruled else e for e in exchanges)

    def without(self, exchanges: tuple[Exchange, ...], number: int, kind: str) -> tuple[Exchange, ...]:
        """An exchange asked again, in its place, without what it carried over of a kind: `region`, `date`, `topic` or `person`."""

        def freed(e: Exchange) -> Exchange:
            asked, left, origin = carried.without(e, kind, date.today())
            answer = replace(self.answer(asked), carried=left)
            origin = turns.with_origin(origin, answer) if left else origin
            return replace(e, asked=asked, origin=origin, tables=()).with_ruled(answer)

        carries = {e.number for e in exchanges if e.ruled and any(c.kind == kind for c in e.ruled.carried)}
        return tuple(freed(e) if e.number == number and number in carries else e for e in exchanges)

    def compare(self, exchanges: tuple[Exchange, ...], number: int, day: str) -> tuple[Exchange, ...]:
        """An exchange with a table: by region, or if a `day` is given, then and now. The same table is not added twice."""

        def beside(e: Exchange) -> Exchange:
            chosen = turns.day_of(day)
            table = compare.by_day(e, chosen, self.answer) if chosen else compare.by_region(e, self.answer)
            return replace(e, tables=(*(t for t in e.tables if t.kind != table.kind), table))

        return tuple(beside(e) if e.number == number and e.ruled else e for e in exchanges)

    def drawn(self, exchanges: tuple[Exchange, ...], context: Context) -> Drawn:
        """All of the conversation, drawn in the reader's language."""
        return Drawn(None, self.talk(exchanges, context.language), self.panel(exchanges, context.language), exchanges)

    def talk(self, exchanges: tuple[Exchange, ...], reader: str, pending: str = "") -> str:
        """The conversation as HTML."""
        sources = self.assistant.corpus.sources if self.assistant else {}
        return answers.conversation_html(exchanges, reader, pending, lambda e: export.carried_html(e, sources))

    def panel(self, exchanges: tuple[Exchange, ...], reader: str) -> str:
        """The passages behind the conversation as HTML."""
        if not exchanges:
            return ""
        documents = self.assistant.library.current().documents
        return passages.panel_html(exchanges, documents, self.assistant.corpus.sources, date.today(), reader)

    def using(self, tab: str, reader: str) -> str:
        """What stands above the question while a tab has a document of its own."""
        return own.using_html(reader, self.shelf.document(tab), self.shelf.also(tab))

    def texts(self, data: Mapping[str, Any], reader: str) -> str:
        """The library, the passages found in it, or one text, as the page asked for it. Raises AssistantError."""
        while not self.wait(5):
            pass
        corpus, today = self.assistant.corpus, date.today()
        if id := str(data.get("document") or ""):
            document = self.assistant.document(id)
            section = str(data.get("section") or "")
            return library.document_html(document, section, corpus.topics, corpus.sources, today, reader)
        wanted = library.Wanted.of(data, reader)
        found = []
        if wanted.find:
            find = turns.masked(wanted.find)[:MAX_CHARACTERS]
            found = self.workers.submit(self.assistant.search, Question(find, language=wanted.language), FOUND).result()
        documents = self.assistant.library.current().documents.values()
        return library.library_html(documents, corpus.topics, wanted, found, today, reader)

    def foot(self) -> tuple[str, str, str, str]:
        """Version of the texts, until when they were checked, the date of the newest source, and the language model that writes, or ""."""
        while not self.wait(5):
            pass
        corpus, options = self.assistant.corpus, self.assistant.settings
        model = options.model.name if options.model and options.engine != "selection" else ""
        return corpus.version, corpus.known_until or "", page.newest_date(s.date for s in corpus.sources.values()), model


def placed(context: Context, place: str) -> tuple[Context, str]:
    """The context with a typed municipality and its region, and what to say if there is none by that name."""
    if not place.strip():
        return replace(context, place=""), ""
    region = turns.region_of_place(place)
    if not region:
        return replace(context, place=place[:80]), word("place_unknown", context.language)
    return replace(context, place=place[:80], region=region), f"{place[:80]}: {messages.authority(region, context.language)}"


def explained(error: AssistantError, typed: str, context: Context) -> tuple[str, str]:
    """A failure in the reader's language, and what the program said where that helps whoever runs it."""
    reader = context.language
    if isinstance(error, own.RefusedError):
        return word(error.key, reader, n=own.MOST_CHARACTERS, mb=own.MOST_BYTES // 1_000_000), ""
    if len(typed) > MAX_CHARACTERS:
        return word("too_long", reader, n=MAX_CHARACTERS), ""
    if isinstance(error, UsageError) and str(error).startswith("question"):
        return word("no_words", reader), ""
    if isinstance(error, UsageError) and str(error).startswith("date"):
        early = "before" in str(error)
        return word("too_old" if early else "no_date", reader, date=written(date.fromisoformat(context.day), reader) if early else context.day), ""
    return word("fault", reader), str(error)


