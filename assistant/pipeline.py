"""`answer()` and `stream()`: the stages in order. The chat, the terminal, batches and evaluation call only this.

    check → resolve (history) → understand → retrieve → compose (select, verify, cite) → [write, verify each sentence] → Answer

Retrieval and composition run inside a LlamaIndex query engine (`query_engine()`), so that a part can be
swapped there. Knows no screens, and no store but through `index`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from . import answerability, conversation, corpus, dates, embedding, originals, reading, seconding, selection, settings, several, understanding
from .building import Report
from .catalogue import Filters, folded
from .composition import Composer
from .errors import InputError, StoreError
from .index import Index, Library
from .phrasings import Phrasings
from .pruning import placeless
from .records import ORIGINALS, Answer, Document, Question
from .retrieval import Found, Retriever
from .seconding import Seconder
from .store import backend
from .understanding import Understood

if TYPE_CHECKING:
    from llama_index.core.query_engine import BaseQueryEngine

    from .llm import Model

RETRIEVED = 12
UNANSWERED = ("not_found", "declined")
EACH = 3  # regions that are looked at one by one
WAITED = 400  # times 0.3 s for another process that builds the same index; a slow machine needs a minute
Notice = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """A step that `stream` has reached: `understood`, `answering`, `writing` (`partial` is how far the answer has come)."""

    name: str
    understood: Understood | None = None
    partial: Answer | None = None


class Assistant:
    """Everything that answers, opened once and shared between threads."""

    def __init__(self, options: settings.Settings | None = None, embedder: embedding.Embedder | None = None) -> None:
        self.settings = options or settings.load()
        self._embedder = embedder
        self._lock = threading.Lock()
        self._retriever: Retriever | None = None
        self._seconder: Seconder | None = None
        self.library = Library(backend(self.settings.location), self.embedder)
        self._current_corpus = False

    @cached_property
    def corpus(self) -> corpus.Corpus:
        """The shipped corpus: its sources and contacts serve every index."""
        return corpus.load(self.settings.corpus)

    @cached_property
    def embedder(self) -> embedding.Embedder:
        """The model, with the vectors of the corpus computed ahead."""
        if self._embedder is not None:
            return self._embedder
        return embedding.Ahead(embedding.E5(), lambda: embedding.load_table(self.corpus.vectors))

    @cached_property
    def reader(self) -> reading.Reads:
        """What reads question and text together, over the embedder's lower layers."""
        from . import reader

        inner = getattr(self.embedder, "embedder", self.embedder)
        return reader.over((inner if isinstance(inner, embedding.E5) else embedding.E5()).encoder)

    def prepare(self, notice: Notice = lambda _: None) -> None:
        """Bring the default index up to the installed corpus, if it is not; then load what a question needs."""
        with self._lock:
            if self.settings.with_corpus and not self._current_corpus:
                pointer = self.library.backend.pointer()
                if pointer is None or pointer["fingerprint"] != {
                    **self.library.fingerprint(),
                    "corpus": self.corpus.version,
                }:
                    notice("preparing the index of the corpus …")
                    self._refresh()
                self._current_corpus = True
        self.retriever()
        _ = self.reader

    def _refresh(self) -> None:
        for attempt in range(WAITED):
            try:
                self.library.update((), corpus=self.corpus, rebuild=self._outdated())
                return
            except StoreError as error:
                if "another process" not in str(error) or attempt == WAITED - 1:
                    raise
                time.sleep(0.3)  # it is most likely doing the same
                pointer = self.library.backend.pointer()
                if pointer and pointer["fingerprint"].get("corpus") == self.corpus.version:
                    return

    def _outdated(self) -> bool:
        pointer = self.library.backend.pointer()
        if pointer is None:
            return False
        return any(pointer["fingerprint"].get(k) != v for k, v in self.library.fingerprint().items())

    def retriever(self) -> Retriever:
        """The retriever over the current snapshot; a new one after a swap."""
        index = self.library.current()
        if self._retriever is None or self._retriever.index is not index:
            with self._lock:
                if self._retriever is None or self._retriever.index is not index:
                    self._retriever = Retriever(index, self.phrasings and self.phrasings.and_(self.headings(index)))
        return self._retriever

    @cached_property
    def phrasings(self) -> Phrasings | None:
        """The questions written for the corpus; None for an index without it."""
        asked = self.corpus.phrasings if self.settings.with_corpus else ()
        return Phrasings.of(self.embedder, [(p.question, p.section, bool(p.answers)) for p in asked]) if asked else None

    def headings(self, index: Index) -> Phrasings:
        """The headings of the corpus in an index, each as a question that its section answers."""
        of_corpus = [index.documents[id] for id in self.corpus.files if id in index.documents]
        return Phrasings.of(self.embedder, [(s.heading, f"{d.group}#{s.id}", True) for d in of_corpus for s in d.sections])

    def understand(self, question: Question, today: date | None = None, written: str = "") -> tuple[Question, Understood]:
        """The checked question, completed from its history or as `written` out by somebody else, and what was read from it."""
        today = today or date.today()
        checked = conversation.resolve(understanding.check(question), today, written)
        return checked, understanding.understand(checked, today)

    def questions(self, question: Question, asked: Understood) -> list[tuple[Question, Understood]]:
        """The several questions of a text, each as it stands alone; none if it is one."""
        return several.each(question, asked, self.understand)

    def filters(self, question: Question, asked: Understood) -> Filters:
        """What the question lets us look at. Raises InputError if it names a document that is not there."""
        documents = self.retriever().index.documents
        for id in question.documents:
            if id not in documents:
                raise InputError(f"document '{id}': is not in the index; 'assistant ingest' adds files")
        period = asked.period
        if asked.past and not asked.dated and period[0] == period[1] == asked.as_of:
            period = (date(1900, 1, 1), asked.as_of)
        if asked.future and not asked.dated:
            period = (period[0], max(period[1], asked.as_of + timedelta(days=3 * 365)))
        return Filters(
            regions=asked.regions,
            period=None if asked.change and not asked.dated else period,
            documents=question.documents,
            penalties=answerability.penalties(asked),
            wanted=selection.wanted(asked),
            rule=answerability.plain_rule(asked),
            heading=folded(asked.text),
            then=(asked.today,) if period[1] < asked.today or asked.past else (),
        )

    def find(self, question: Question, asked: Understood, k: int = RETRIEVED) -> tuple[list[Found], Any]:
        """The best sections for an understood question, read and judged, and the question's vector.

        What is asked of two or three regions is looked for once more in each without a likely text: those of one crowd out the others.
        """
        found, vector = self._find(question, asked, k)
        if 1 < len(asked.regions) <= EACH and not question.documents:
            likely = {f.document.authority for f in found if f.section.kind != "comparison" and answerability.likely(f)}
            best = {f.group: f for f in found}
            for region in asked.regions:
                if region not in likely:
                    one = replace(question, text=placeless(question.text, (region,)), regions=(region,))
                    for f in self._find(one, self.understand(one, asked.today)[1], k)[0]:
                        if f.relevance is not None and (f.group not in best or f.score > best[f.group].score):
                            best[f.group] = f
            found = sorted(best.values(), key=lambda f: (f.relevance is None, -f.score))
        return found, vector

    def _find(self, question: Question, asked: Understood, k: int) -> tuple[list[Found], embedding.Vectors]:
        found, vector = self.retrieve(question, asked, max(k, RETRIEVED))
        read = reading.read(self.reader, asked, vector, found, self.retriever())
        return answerability.ranked(asked, read, self.retriever())[:k], vector

    def vector(self, asked: Understood) -> embedding.Vectors:
        """(d,) of an understood question: the mean of what is asked and of the same without its dates."""
        texts = list(dict.fromkeys((asked.search, dates.without(asked.search), *([asked.gloss] if asked.gloss else ()))))
        total: embedding.Vectors = self.embedder.embed(texts, query=True).sum(axis=0)
        return total / np.linalg.norm(total)

    def retrieve(
        self, question: Question, asked: Understood, k: int = RETRIEVED, retriever: Retriever | None = None
    ) -> tuple[list[Found], Any]:
        """The best sections by retrieval alone, and the question's vector."""
        vector = self.vector(asked)
        retriever = retriever or self.retriever()
        found = retriever.search(vector, *selection.asking(asked, retriever), self.filters(question, asked), k, asked.language)
        return found, vector

    def composer(self, today: date) -> Composer:
        """What turns found sections into an answer."""
        return Composer(self.retriever(), self.corpus, self.settings.with_corpus, today)

    @cached_property
    def model(self) -> Model | None:
        """The language model that writes; None where answers are made by selection. Connects to nothing yet.

        Raises InputError if one is asked for and none is set, or its name cannot be understood.
        """
        if (chosen := self.settings.written_by()) is None:
            return None
        from . import models

        return models.open(chosen)

    def written(self, question: Question, asked: Understood, chosen: Answer, until: float) -> Iterator[Answer]:
        """Selection's answer, as the language model puts it if there is one, growing until then; last with the originals beside it."""
        yield from seconding.growing(self._written(question, asked, chosen, until), lambda a: self.seconder().second(question, a, asked.today))

    def seconder(self) -> Seconder:
        """What adds originals to answers from the current snapshot."""
        index = self.library.current()
        if self._seconder is None or self._seconder.index is not index:
            self._seconder = Seconder(index, self.corpus, self.embedder, lambda source: originals.kept(self.settings.home / ORIGINALS, source))
        return self._seconder

    def _written(self, question: Question, asked: Understood, chosen: Answer, until: float) -> Iterator[Answer]:
        if self.model is None:
            yield chosen
            return
        from .generation import Writer

        yield from Writer(self.model, until, self.retriever(), self.corpus, self.embedder, asked.today).write(question, asked, chosen)

    def stream(self, question: Question | str, today: date | None = None) -> Iterator[Stage | Answer]:
        """The stages as they are reached, then the answer. Closing it hangs up on a language model.

        A follow-up for which nothing is found may be completed by the model, and answered so if that finds something.
        """
        from . import completion

        began = time.perf_counter()
        self.prepare()
        asked_for = Question(question) if isinstance(question, str) else question
        seconds = self.settings.model.timeout if self.settings.model else 0.0
        until = time.monotonic() + seconds
        standing, asked = self.understand(asked_for, today)
        answer, retrieved = yield from self._answered(standing, asked, until)
        how: dict[str, str] = {}
        if answer.status in UNANSWERED and not (asked.prediction or asked.instruction):
            how = completion.of(self.model, understanding.check(asked_for), asked.today, seconds)
        if "taken" in how:
            again = self.understand(asked_for, asked.today, how["taken"])
            other, _ = yield from self._answered(*again, until)
            if other.citations:
                standing, answer = again[0], other
        done = time.perf_counter()
        yield replace(
            answer,
            question=asked_for.text,
            trace=answer.trace | ({"completion": how} if how else {}),
            carried=conversation.carried(understanding.check(asked_for), standing, asked.today),
            timings_ms={
                "retrieve": round((retrieved - began) * 1000),
                "answer": round((done - retrieved) * 1000),
                "total": round((done - began) * 1000),
            },
        )

    def _answered(self, standing: Question, asked: Understood, until: float) -> Generator[Stage, None, tuple[Answer, float]]:
        """The stages of a question that stands alone; returns its answer, and when its sections were found."""
        from . import engine

        yield Stage("understood", asked)
        bundle = engine.Asked.of(standing, asked)
        bundle.growing, bundle.until = self.model is not None, until
        nodes = self.engine.retrieve(bundle)
        retrieved = time.perf_counter()
        yield Stage("answering", asked)
        made = self.engine.synthesize(bundle, nodes).metadata or {}
        answer: Answer | None = made.get("answer")
        for later in made.get("answers", ()):
            if answer is not None:
                yield Stage("writing", asked, answer)
            answer = later
        if answer is None:
            raise StoreError("no answer was composed; this is a fault of the program")
        return answer, retrieved

    def answer(self, question: Question | str, today: date | None = None) -> Answer:
        """The answer. Raises AssistantError if the question is malformed or the index cannot be used."""
        *_, last = self.stream(question, today)
        if not isinstance(last, Answer):  # pragma: no cover - stream always ends with one
            raise StoreError("no answer was composed; this is a fault of the program")
        return last

    def search(self, question: Question, k: int = 10, today: date | None = None) -> list[dict[str, Any]]:
        """Ranked passages, no answer: `rank, document, section, start, end, text, score`."""
        self.prepare()
        standing, asked = self.understand(question, today)
        found, _ = self.find(standing, asked, k)
        return [
            {
                "rank": rank,
                "document": f.document.id,
                "section": f.section.id,
                "start": f.passage.start,
                "end": f.passage.end,
                "text": f.passage.text,
                "score": round(f.score, 4),
            }
            for rank, f in enumerate(found, 1)
        ]

    @cached_property
    def engine(self) -> BaseQueryEngine:
        """The LlamaIndex query engine that answers."""
        from . import engine

        return engine.build(self)

    def document(self, id: str) -> Document:
        """A document of the index. Raises InputError if there is none by that id."""
        self.prepare()
        document = self.library.current().documents.get(id)
        if document is None:
            raise InputError(f"document '{id}': is not in the index; 'assistant corpus list' names those of the corpus")
        return document

    def update(self, *args: Any, **options: Any) -> Report:
        """Write to the index, see `index.Library.update`."""
        return self.library.update(*args, **options)


@lru_cache(maxsize=1)
def default() -> Assistant:
    """The assistant with the settings of the environment."""
    return Assistant()


def answer(question: Question | str) -> Answer:
    """Answer one question with the default assistant."""
    return default().answer(question)


def stream(question: Question | str) -> Iterator[Stage | Answer]:
    """The stages and the answer of one question with the default assistant."""
    return default().stream(question)


def query_engine() -> BaseQueryEngine:
    """The LlamaIndex query engine of the default assistant.

    `query("…")` gives a Response whose text is the cited answer, whose `source_nodes` are the passages, and
    whose `metadata["answer"]` is the `Answer`.
    """
    assistant = default()
    assistant.prepare()
    return assistant.engine
