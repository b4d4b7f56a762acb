"""The sentence of a fetched original beside our summary: where it carries the claim, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from test_originals import Web, web

from assistant import citing, documents, fetching, originals, settings
from assistant.chat.export import cited
from assistant.chat.passages import origin_html
from assistant.cli import as_text
from assistant.index import Library
from assistant.pipeline import Assistant
from assistant.records import ORIGINALS, Answer, Citation, Claim, Document, Question, Source
from assistant.seconding import Seconder, growing
from assistant.store import backend

__all__ = ["web"]

TODAY = date(2026, 11, 26)
GROUP, SOURCE = "civic-integration/flanders", "vvsg-s21"
ASKED = Question("What does the integration course cost in Flanders?")
SAID = (
    "For contracts signed from 1 September 2023, civic integration in Flanders costs at most €360: "
    "€180 at most for social orientation and €180 at most for Dutch."
)


@pytest.fixture(scope="module")
def small(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The texts on one programme, in an index of their own."""
    library = Library(backend(str(tmp_path_factory.mktemp("small"))), assistant.embedder)
    whole = assistant.corpus
    held = {id: data for id, data in whole.files.items() if id.startswith(f"{GROUP}.")}
    library.update((), corpus=replace(whole, files=held, phrasings=(), version="small"))
    return library


def original(text: str, source: str = SOURCE) -> Document:
    """A fetched page, as `corpus fetch` would make it."""
    made = documents.build(documents.Shown(text, "plain"), f"{ORIGINALS}/{source}", "page.txt", text.encode(), ORIGINALS)
    return replace(made, sections=tuple(replace(s, sources=(source,)) for s in made.sections))


def summary(library: Library, assistant: Assistant, section: str, number: int, language: str = "en") -> Answer:
    """An answer of one sentence of ours."""
    document = library.current().documents[f"{GROUP}.{language}"]
    found = next(s for s in document.sections if s.id == section)
    sentence = [s for s in found.sentences if not s.heading][number]
    quote = document.text[sentence.start : sentence.end]
    source = assistant.corpus.sources[found.sources[0]]
    citation = Citation(
        1, document.id, section, quote, sentence.start, sentence.end, source.title, source.publisher, source.url, found.sources,
        authority=document.authority, language=language, valid_from=found.valid_from, valid_to=found.valid_to,
    )  # fmt: skip
    text = citing.plain(quote)
    return Answer("", "", language, TODAY, ("flanders",), "answered", f"{text} [1]", (Claim(text, (1,), document.authority),), (citation,))


def seconded(library: Library, assistant: Assistant, answer: Answer, *pages: Document, question: Question = ASKED) -> Answer:
    """The answer beside these originals."""
    library.update(pages, remove=lambda d: d.original and d.id not in [p.id for p in pages])
    known = {"seen": "2026-11-20T10:00:00+00:00", "changed": None}
    return Seconder(library.current(), assistant.corpus, assistant.embedder, lambda _: known).second(question, answer, TODAY)


NOISE = "The office is open on weekdays from nine to twelve.\nAnyone may order the brochure without charge.\n"


@pytest.mark.parametrize(
    "said",
    [
        SAID,
        "In Vlaanderen kost inburgering maximaal 360 euro voor contracten die getekend zijn vanaf 1 september 2023: maximaal 180 euro voor "
        "maatschappelijke oriëntatie en maximaal 180 euro voor Nederlands, testen inbegrepen.",
    ],
)
def test_the_sentence_that_says_the_same_is_cited_beside_ours(small: Library, assistant: Assistant, said: str) -> None:
    ours = summary(small, assistant, "cost", 0)
    both = seconded(small, assistant, ours, original(f"{NOISE}{said}\n{NOISE}"))
    assert both.claims[0].citations == (1, 2)
    assert both.answer == f"{ours.claims[0].text} [1] [2]"
    second = both.citations[1]
    assert second.quote == said == small.current().documents[second.document].text[second.start : second.end]
    assert (second.document, second.sources, second.authority, second.original) == (f"{ORIGINALS}/{SOURCE}", (SOURCE,), "flanders", True)
    assert (second.url, second.fetched) == (assistant.corpus.sources[SOURCE].url, date(2026, 11, 20))
    assert replace(both, answer=ours.answer, claims=ours.claims, citations=ours.citations) == ours


@pytest.mark.parametrize(
    "said",
    [
        SAID.replace("360", "390"),
        SAID.replace("1 September 2023", "1 September 2024"),
        SAID.replace("Flanders", "Brussels"),
        SAID.replace("at most €360", "at least €360"),
        SAID.replace("costs at most €360", "does not cost €360"),
        SAID.replace("For contracts", "Only for contracts"),
        "Civic integration in Flanders has a price that depends on the contract.",
        "What does civic integration in Flanders cost?",
    ],
)
def test_a_sentence_that_says_something_else_is_not(small: Library, assistant: Assistant, said: str) -> None:
    ours = summary(small, assistant, "cost", 0)
    assert seconded(small, assistant, ours, original(f"{NOISE}{said}\n")) is ours


def test_only_pages_that_the_section_rests_on_are_looked_at(small: Library, assistant: Assistant) -> None:
    ours = summary(small, assistant, "cost", 0)
    assert seconded(small, assistant, ours, original(SAID, "agii-s26")) is ours


def test_a_rule_that_has_ended_and_a_question_of_named_documents_stay_as_they_are(small: Library, assistant: Assistant) -> None:
    old = summary(small, assistant, "cost-before-2023-09", 0)
    assert seconded(small, assistant, old, original(old.citations[0].quote)) is old
    ours = summary(small, assistant, "cost", 0)
    assert seconded(small, assistant, ours, original(SAID), question=replace(ASKED, documents=(f"{GROUP}.en",))) is ours
    assert seconded(small, assistant, ours, original(SAID)) is not ours


def test_without_originals_nothing_is_read_or_embedded(small: Library, assistant: Assistant) -> None:
    small.update((), remove=lambda d: d.original)

    class Untouched:
        name, dimensions = "untouched", 384

        def embed(self, texts: Sequence[str], *, query: bool = False) -> object:
            raise AssertionError("embedded")

    def record(_: str) -> dict[str, str]:
        raise AssertionError("read")

    ours = summary(small, assistant, "cost", 0)
    assert Seconder(small.current(), assistant.corpus, Untouched(), record).second(ASKED, ours, TODAY) is ours  # type: ignore[arg-type]


def test_answers_grow_and_the_last_is_made_better_once(small: Library, assistant: Assistant) -> None:
    ours = summary(small, assistant, "cost", 0)
    first = replace(ours, answer="…")
    better = replace(ours, confidence=1.0)
    assert list(growing(iter([first, ours]), lambda a: better if a is ours else first)) == [first, ours, better]
    assert list(growing(iter([first, ours]), lambda a: a)) == [first, ours]


def test_from_the_fetch_to_every_face(
    assistant: Assistant, web: Web, tmp_path: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    whole = assistant.corpus
    sources = {**whole.sources, SOURCE: Source(SOURCE, "Cost of the programme", "A body", f"{web.url}/page")}
    held = {id: data for id, data in whole.files.items() if id.startswith(f"{GROUP}.")}
    asked = tuple(p for p in whole.phrasings if p.section.startswith(f"{GROUP}#"))
    own = Assistant(settings.Settings(tmp_path / "home", assistant.settings.corpus, None), assistant.embedder)
    own.__dict__["corpus"] = replace(whole, sources=sources, files=held, phrasings=asked, version="small")
    own.__dict__["reader"] = assistant.reader
    fetcher = fetching.Fetcher(private=True, pace=0, seconds=3.0)
    before = own.answer(ASKED, TODAY).to_json()
    assert "fetched" not in str(before)

    web.state["page"] = SAID
    assert [r.state for r in originals.fetch(own, [sources[SOURCE]], fetcher)] == ["new"]
    answer = own.answer(ASKED, TODAY)
    (second,) = [c for c in answer.citations if c.original]
    assert second.quote == SAID
    assert second.url == f"{web.url}/page"
    assert second.fetched is not None
    assert answer.to_json()["citations"][second.number - 1]["fetched"] == second.fetched.isoformat()
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert {int(n) for n in re.findall(r"(?<!\\)\[(\d+)\]", answer.answer)} == {c.number for c in answer.citations}
    assert [n for c in answer.claims for n in c.citations if n == second.number] == [second.number]
    kept = [c for c in answer.to_json()["citations"] if c["number"] != second.number]
    assert kept == before["citations"]
    assert re.search(rf"\[{second.number}\] originals/{SOURCE}#\S+ · the page itself, read on {second.fetched}: A body", as_text(answer))
    document = own.document(second.document)
    section = next(s for s in document.sections if s.id == second.section)
    assert "The page itself, read on" in origin_html(document, section, sources, "en", [second])
    assert f"the page itself, read on {second.fetched.day} " in cited(second, sources, "en")

    web.state["page"] = SAID.replace("360", "390")
    (result,) = originals.fetch(own, [sources[SOURCE]], fetcher)
    assert result.state == "changed"
    assert f"{GROUP}#cost" in result.sections
    later = own.answer(ASKED, TODAY)
    assert not [c for c in later.citations if c.original]
    ours = next(c for c in later.citations if c.section == "cost")
    assert ours.changed is not None
    assert f"this page has changed: {ours.changed}" in as_text(later)
    section = own.library.current().sections[ours.document, "cost"]
    assert "this page has changed" in origin_html(own.document(ours.document), section, sources, "en", [ours])
