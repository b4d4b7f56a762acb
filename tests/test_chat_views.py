"""What the chat shows and passes on: answers, passages, texts, words in four languages, case notes, links, opinions."""

from __future__ import annotations

import ast
import dataclasses
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jsonschema
import pytest

from assistant import messages
from assistant.chat import answers, export, library, passages, states
from assistant.chat import page as chat_page
from assistant.chat import stage as chat_stage
from assistant.chat import words as chat_words
from assistant.chat.turns import Context, Exchange
from assistant.pipeline import Assistant
from assistant.records import LANGUAGES, Question

ROOT = Path(__file__).parents[1]
COST = "What does the integration course cost in Flanders?"
TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def stage(assistant: Assistant) -> chat_stage.Backstage:
    made = chat_stage.Backstage(None)
    made.assistant = assistant
    made.ready.set()
    return made


@pytest.fixture(scope="module")
def done(stage: chat_stage.Backstage) -> Exchange:
    *_, drawn = stage.ask(COST, Context(), ())
    return drawn.exchanges[0]


def test_every_word_of_the_interface_is_there_in_each_language() -> None:
    for key, texts in chat_words.WORDS.items():
        assert all(text.strip() for text in texts), key
        assert len({tuple(sorted(re.findall(r"\{\w+\}", text))) for text in texts}) == 1, key
    same = {key for key, texts in chat_words.WORDS.items() if len(texts[0]) > 12 and len(set(texts)) < 3}
    assert same == set()


def test_every_word_that_the_code_names_exists_and_none_is_left_over() -> None:
    used = set(re.findall(r'say\("(\w+)"', (ROOT / "assistant/data/chat.js").read_text(encoding="utf-8")))
    strings = set()
    for file in [*(ROOT / "assistant/chat").glob("*.py"), ROOT / "app.py"]:
        if file.stem == "words":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("word", "tag", "text", "button", "field") and node.args:
                used |= {n.value for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings |= {node.value, *re.findall(r'data-t(?:-label)?="(\w+)"', node.value)}
    keys = set(chat_words.WORDS)
    origins = {"region", "day", "choice", "question", "earlier", "by_region", "before"}
    assert {key for key in used if re.fullmatch(r"[a-z_]+", key)} - keys - origins == set()
    assert keys - used - strings == set()


def test_status_badges_and_notes_are_in_each_language() -> None:
    for table in (*answers.STATUS.values(), *chat_page.EXAMPLES.values(), answers.SINCE):
        assert set(table) == set(LANGUAGES)
    assert {frozenset(passages.PASSAGE[code]) for code in LANGUAGES} == {frozenset(passages.PASSAGE["en"])}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_lead_to_answers(language: str, assistant: Assistant) -> None:
    for kind in chat_page.KINDS:
        for question in chat_page.EXAMPLES[kind][language]:
            answer = assistant.answer(question)
            assert answer.status in ("answered", "partial", "needs_region"), question
            assert answer.language == language, question


def test_each_marker_has_one_marked_passage_with_the_very_words(done: Exchange, stage: chat_stage.Backstage) -> None:
    talk, panel = stage.talk((done,), "en"), stage.panel((done,), "en")
    links = re.findall(r'<a class="cite" href="#([\w-]+)"', talk)
    assert links
    for link in links:
        assert panel.count(f'<mark id="{link}"') == 1
    assert all(c.quote.split("*")[0].replace("'", "&#x27;")[:30] in panel for c in done.answer.citations)
    assert "Our summary of" in panel


def test_what_comes_from_outside_is_escaped_everywhere(done: Exchange, stage: chat_stage.Backstage) -> None:
    bad = '<img src=x onerror="1">'
    answer = dataclasses.replace(done.answer, answer=f"{bad} [1]", follow_ups=(bad,))
    exchange = dataclasses.replace(done, typed=bad, answer=answer)
    for shown in (stage.talk((exchange,), "en"), stage.panel((exchange,), "en"), states.waiting_html(bad, bad),
                  states.error_html(bad, bad, "en", bad),
                  chat_page.device_html(Context(history=({"question": bad},))), chat_page.context_html(Context(place=bad), bad)):  # fmt: skip
        assert "<img" not in shown
    assert not re.search(rb"(?<!\\)<img", export.file(exchange, "md", {}, TODAY)[2])


def test_low_confidence_is_said_in_words(done: Exchange) -> None:
    shown = answers.answer_html(dataclasses.replace(done.answer, confidence=answers.LOW_CONFIDENCE - 0.1), 1)
    assert chat_words.word("unsure", "en") in shown
    assert chat_words.word("unsure", "en") not in answers.answer_html(dataclasses.replace(done.answer, confidence=0.9), 1)


def test_a_rule_shows_its_versions_in_order(assistant: Assistant) -> None:
    document = assistant.document("civic-integration/flanders.en")
    section = next(s for s in document.sections if s.id == "cost")
    found = passages.versions(document, section)
    assert len(found) > 1
    assert section in found
    starts = [s.valid_from or date.min for s in found]
    assert starts == sorted(starts)
    assert 'aria-current="true"' in passages.versions_html(document, section, TODAY, "en")


@pytest.mark.parametrize(("noted", "shown"), [("2023-06-07", "7 juin 2023"), ("2019 data, page of 2020", "2019"), ("undated (after 2016)", ""), ("", "")])
def test_a_source_date_is_shown_without_english(noted: str, shown: str) -> None:
    assert passages.source_date(noted, "fr") == shown


def test_the_texts_are_browsed_searched_and_read(stage: chat_stage.Backstage) -> None:
    everything = stage.texts({}, "nl")
    assert everything.count("<li>") == sum(d.language == "nl" for d in stage.assistant.corpus.documents.values())
    narrowed = stage.texts({"topic": "civic-integration", "authority": "wallonia", "language": "fr"}, "nl")
    assert narrowed.count("<li>") == 1
    found = stage.texts({"find": "course cost", "language": "en", "authority": "flanders"}, "en")
    assert 'data-document="civic-integration/flanders.en" data-section="cost"' in found
    assert "wallonia.en" not in found
    assert chat_words.word("nothing", "de") in stage.texts({"topic": "mipex", "authority": "wallonia"}, "de")
    read = stage.texts({"document": "civic-integration/flanders.en", "section": "cost"}, "fr")
    assert read.count('id="section-') == len(stage.assistant.document("civic-integration/flanders.en").sections)
    assert read.count("data-arrive") == 1
    assert "relu le" in read


def test_a_link_to_a_section_leads_there(assistant: Assistant) -> None:
    document = assistant.document("nationality/federal.de")
    given = parse_qs(library.address(document, "fee").removeprefix("?"))
    assert given == {"doc": ["nationality/federal.de"], "section": ["fee"]}


def test_a_link_holds_question_region_and_day(done: Exchange) -> None:
    given = parse_qs(export.link(done).removeprefix("?"))
    assert given == {"q": [COST], "region": ["flanders"], "date": [done.answer.as_of.isoformat()]}


def test_a_copied_answer_carries_its_sources(done: Exchange, assistant: Assistant) -> None:
    text = export.copy_text(done, assistant.corpus.sources)
    assert "€180" in text
    assert "[1] Flanders: our summary of" in text
    assert "https://" in text
    assert done.answer.corpus_version in text


def test_a_case_note_holds_everything_in_markdown_and_word(done: Exchange, assistant: Assistant) -> None:
    from docx import Document

    name, mime, data = export.file(done, "docx", assistant.corpus.sources, TODAY)
    assert name.endswith(".docx")
    assert "wordprocessingml" in mime
    paper = "\n".join(p.text for p in Document(io.BytesIO(data)).paragraphs)
    note = export.file(done, "md", assistant.corpus.sources, TODAY)[2].decode()
    for part in (COST, "Region: Flanders", "25 November 2026", "Quoted passages", "Sources", done.answer.corpus_version, "https://"):
        assert part in paper
        assert part in note.replace("\\", "")
    for citation in done.answer.citations:
        assert " ".join(citation.quote.split()) in paper


def test_an_opinion_has_the_form_of_an_evaluation_case(done: Exchange) -> None:
    case = export.opinion(done, True, "clear")
    schema = json.loads((ROOT / "evals/case.schema.json").read_text())
    known: dict[str, Any] = {key: value for key, value in case.items() if key in schema["properties"]}
    for key, value in known.items():
        if key != "type":
            jsonschema.validate(value, {**schema["properties"][key], "$defs": schema.get("$defs", {})})
    assert set(schema["required"]) <= set(case)
    assert case["gold"][0] == "civic-integration/flanders#cost"


def test_names_of_bodies_are_in_one_language(assistant: Assistant) -> None:
    answer = assistant.answer(Question("Wird mein Antrag auf Staatsangehörigkeit genehmigt?", language="de"))
    shown = answers.contacts_html(answer.contacts, "de")
    assert messages.say("contacts", "de") in shown
    assert " / " not in re.sub(r"<[^>]+>", "", shown)


def test_the_foot_says_who_receives_questions() -> None:
    assert chat_words.word("privacy", "en") in chat_page.foot_html("v", "", "")
    shown = chat_page.foot_html("v", "", "", "ollama/qwen3:4b")
    assert "ollama/qwen3:4b receives them" in shown
    assert chat_words.word("privacy", "en") not in shown
