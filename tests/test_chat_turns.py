"""What the chat keeps and asks: masking, what the browser kept, region and day, corrections and comparisons."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.chat import compare, export, turns
from assistant.chat import stage as chat_stage
from assistant.chat.turns import Context, Exchange
from assistant.errors import UsageError
from assistant.pipeline import Assistant
from assistant.records import LANGUAGES, REGIONS, Answer, Question


def answered(question: Question) -> Answer:
    """An answer that tells what was asked."""
    return Answer("", question.text, question.language or "en", question.as_of or date(2026, 1, 1), question.regions, "answered", "It is so.")


def exchange(typed: str, number: int = 1, **asked: object) -> Exchange:
    question = Question(typed, **asked)  # type: ignore[arg-type]
    return Exchange(number, typed, question, answered(question))


@pytest.mark.parametrize(
    "number",
    ["85.07.30-033.28", "85073003328", "4111 1111 1111 1111", "4111111111111111", "592-1234567-89", "BE68 5390 0754 7034",
     "0470 12 34 56", "+32 470 12 34 56", "02 555 12 12", "0032 470123456"],
)  # fmt: skip
def test_personal_numbers_are_masked(number: str) -> None:
    shown = turns.masked(f"My number is {number}. May I work?")
    assert shown == "My number is ••••. May I work?"


@pytest.mark.parametrize(
    "text",
    ["What did it cost in 2022?", "contracts from 1 September 2023", "€2,323.10 a month", "article 12bis § 1", "55.052 euro",
     "01/09/2023", "2026-05-31", "114,578 people in 2023", "Wet van 15 december 1980, artikel 10"],
)  # fmt: skip
def test_dates_amounts_and_articles_are_not(text: str) -> None:
    assert turns.masked(text) == text


ANY = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.integers() | st.dictionaries(st.just("question"), st.integers()))


@settings(max_examples=50, deadline=None)
@given(ANY | st.dictionaries(st.sampled_from([*Context.__dataclass_fields__, "x"]), ANY))
def test_whatever_the_browser_kept_gives_a_context(kept: object) -> None:
    context = Context.of(kept)
    assert context.language in LANGUAGES
    assert context.region in ("", *REGIONS)


def test_a_context_comes_back_from_the_browser_as_it_was() -> None:
    context = Context("nl", "brussels", "2021-01-01", "Elsene", "fr", True).with_question("Wat kost het?")
    assert Context.of(context.plain()) == context
    assert Context.of({"region": "paris", "day": "yesterday", "language": "xx"}) == Context()


def test_a_place_in_the_question_wins_over_the_region_that_was_chosen_once() -> None:
    chosen = Context(region="flanders", day="2021-05-01")
    question, origin = turns.question_of("Is it free?", chosen, [])
    assert (question.regions, question.as_of, origin) == (("flanders",), date(2021, 5, 1), {"region": "choice", "day": "choice"})
    question, origin = turns.question_of("Is it free in Liège?", chosen, [])
    assert (question.regions, origin["region"]) == ((), "question")


def test_a_region_that_comes_from_earlier_is_said_to() -> None:
    _, origin = turns.question_of("And the fine?", Context(), [exchange("What does it cost in Ghent?")])
    assert turns.with_origin(origin, answered(Question("", regions=("flanders",))))["region"] == "earlier"


@pytest.mark.parametrize("day", ["2026-13-40", "1890-01-01"])
def test_a_day_that_cannot_be_asked_about_is_refused(day: str) -> None:
    with pytest.raises(UsageError, match=day):
        turns.day_of(day)


@pytest.mark.parametrize(
    ("typed", "region"),
    [("Gent", "flanders"), ("liège", "wallonia"), ("Ixelles", "brussels"), ("eupen", "german-speaking-community"), ("Paris", ""), ("", "")],
)
def test_a_municipality_gives_its_region(typed: str, region: str) -> None:
    assert turns.region_of_place(typed) == region


def test_a_municipality_that_is_none_is_said_and_changes_nothing() -> None:
    before = Context(language="fr", region="brussels")
    context, note = chat_stage.placed(before, "Atlantis")
    assert context.region == "brussels"
    assert "commune" in note


def test_a_comparison_asks_each_region_in_place_of_the_one_in_the_question() -> None:
    table = compare.by_region(exchange("What does the course cost in Ghent?", regions=("flanders",)), answered)
    assert [(name, answer.regions) for name, answer in table.rows] == [(r, (r,)) for r in REGIONS]
    assert [answer.question.removeprefix("What does the course cost in ") for _, answer in table.rows] == [
        "Flanders?", "Brussels?", "Wallonia?", "German-speaking Community?",
    ]  # fmt: skip


def test_then_and_now_asks_both_days_the_earlier_first() -> None:
    table = compare.by_day(exchange("What did the course cost in 2022?", as_of=date(2026, 1, 1)), date(2021, 1, 1), answered)
    assert [(heading, answer.as_of) for heading, answer in table.rows] == [("2021-01-01", date(2021, 1, 1)), ("2026-01-01", date(2026, 1, 1))]
    assert "2022" not in table.rows[0][1].question


@pytest.fixture
def stage(assistant: Assistant) -> chat_stage.Backstage:
    made = chat_stage.Backstage(None)
    made.assistant = assistant
    made.ready.set()
    return made


def last(stage: chat_stage.Backstage, typed: str, context: Context | None = None, done: tuple[Exchange, ...] = ()) -> chat_stage.Drawn:
    *_, drawn = stage.ask(typed, context or Context(), done)
    return drawn


def test_a_number_is_masked_before_the_question_is_asked_and_the_reader_is_told(stage: chat_stage.Backstage) -> None:
    drawn = last(stage, "My number is 85.07.30-033.28. What does the integration course cost in Flanders?")
    done = drawn.exchanges[-1]
    assert done.hidden
    assert "85.07" not in drawn.talk + (drawn.panel or "") + repr(done)
    assert "••••" in drawn.talk


def test_a_correction_answers_again_in_the_same_place(stage: chat_stage.Backstage) -> None:
    done = last(stage, "What does the integration course cost in Flanders?").exchanges
    again = stage.again(done, 1, "brussels", "")
    assert [e.number for e in again] == [1]
    assert again[0].answer.regions == ("brussels",)
    assert {c.authority for c in again[0].answer.citations} == {"brussels"}
    assert again[0].typed == "What does the integration course cost in Flanders?"


def test_what_was_carried_over_is_shown_and_one_press_answers_without_it(stage: chat_stage.Backstage) -> None:
    done = last(stage, "What does the integration course cost in Flanders?").exchanges
    drawn = last(stage, "And the fine?", done=done)
    assert {(c.kind, c.value) for c in drawn.exchanges[1].answer.carried} == {("region", "flanders"), ("topic", "civic integration programme")}
    assert drawn.talk.count('data-do="drop"') == 2
    freed = stage.without(drawn.exchanges, 2, "region")
    assert (freed[1].answer.regions, freed[1].typed) == ((), "And the fine?")
    assert [c.kind for c in freed[1].answer.carried] == ["topic"]
    assert stage.without(freed, 2, "region") == freed
    question, _ = turns.question_of("And in Brussels?", Context(), freed)
    assert [turn.content for turn in question.history if turn.role == "user"] == [freed[1].asked.text]


def test_the_last_thing_carried_over_leaves_nothing_to_take_off(stage: chat_stage.Backstage) -> None:
    done = last(stage, "How much does it cost to become Belgian?").exchanges
    drawn = last(stage, "And in 2024?", done=done)
    freed = stage.without(drawn.exchanges, 2, "topic")
    assert freed[1].answer.carried == ()
    assert freed[1].asked.text == "And in 2024?"
    assert "data-do=\"drop\"" not in stage.talk(freed, "en")


@pytest.mark.parametrize(("typed", "said"), [("x" * 5000, "5000"), ("?!", "")])
def test_a_question_that_cannot_be_asked_stays_in_the_box(typed: str, said: str, stage: chat_stage.Backstage) -> None:
    drawn = last(stage, typed, Context(language="de"))
    assert drawn.box == typed
    assert drawn.exchanges == ()
    assert 'class="status failed"' in drawn.talk
    assert ("4000" if said else "keine Wörter") in drawn.talk


def test_an_own_document_is_asked_alone_and_deleted(stage: chat_stage.Backstage) -> None:
    document = stage.shelf.put("tab", "letter.txt", b"You must appeal within 30 days after this letter.\nThe office is in Namur.\n", stage.assistant)
    folder = stage.shelf._held["tab"].folder.name
    *_, drawn = stage.ask("When must I appeal?", Context(region="flanders"), (), "tab")
    done = drawn.exchanges[-1]
    assert done.own == document
    assert {c.document for c in done.answer.citations} == {"letter"}
    assert "within 30 days" in (drawn.panel or "")
    assert "letter" not in stage.assistant.library.current().documents
    assert stage.shelf.document("another tab") is None
    stage.shelf.remove("tab")
    assert not Path(folder).exists()
    assert last(stage, "When must I appeal?").exchanges[-1].own is None


def test_an_own_document_and_the_texts_answer_side_by_side_and_never_in_one_claim(stage: chat_stage.Backstage) -> None:
    letter = b"The integration course in Flanders costs you 75 euro.\nThe course begins on 3 May.\n"
    document = stage.shelf.put("both", "letter.txt", letter, stage.assistant)
    stage.shelf.choose("both", True)
    *_, drawn = stage.ask("What does the integration course cost in Flanders?", Context(), (), "both")
    done = drawn.exchanges[-1]
    assert done.texts is not None
    assert {c.document for c in done.answer.citations} == {document.id}
    assert {c.authority for c in done.texts.citations} == {"flanders"}
    numbers = [c.number for answer in done.answers for c in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    for answer in done.answers:
        own = {c.number for c in answer.citations}
        assert {int(n) for n in re.findall(r"\[(\d+)\]", answer.answer)} == {n for claim in answer.claims for n in claim.citations} == own
    parts = drawn.talk.split('<section class="part">')[1:]
    assert [re.sub("<[^>]+>", " ", part).split("  ")[0].strip() for part in parts] == ["From your document", "From the texts on Belgian rules"]
    assert ["costs you 75" in part.split("</section>")[0] for part in parts] == [True, False]
    for link in re.findall(r'<a class="cite" href="#([\w-]+)"', drawn.talk):
        assert (drawn.panel or "").count(f'<mark id="{link}"') == 1
    for passed_on in (export.copy_text(done, {}), export.file(done, "md", {}, date(2026, 1, 1))[2].decode()):
        assert 0 <= passed_on.index("From your document") < passed_on.index("costs you 75") < passed_on.index("From the texts") < passed_on.index("€180")
    question, _ = turns.question_of("And the fine?", Context(), drawn.exchanges)
    assert not any("75" in turn.content for turn in question.history)
    moved = stage.again(drawn.exchanges, 1, "brussels", "")[0]
    assert moved.answer == done.answer
    assert {c.authority for c in moved.answers[1].citations} == {"brussels"}
    stage.shelf.choose("both", False)
    *_, alone = stage.ask("What does the course cost?", Context(), (), "both")
    assert alone.exchanges[-1].texts is None
    stage.shelf.remove("both")
    assert not stage.shelf.also("both")


def packed(part: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [("a.exe", b"text", "own_kind"), ("a.txt", b" \n", "own_empty"), ("a.txt", b"%PDF-1.7 x", "own_damaged"), ("a.txt", b"a" * 10_000_001, "own_heavy"),
     ("a.txt", b"word " * 50_000, "own_large"), ("a.html", b"<html><script>1</script></html>", "own_empty"), ("", b"\x00\x01\x02\x03", "own_kind"),
     ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "own_locked"), ("a.docx", packed("word/document.xml", b" " * 30_000_000), "own_large")],
)  # fmt: skip
def test_a_document_that_cannot_be_used_is_refused_with_its_reason(name: str, data: bytes, key: str, stage: chat_stage.Backstage) -> None:
    from assistant.chat.own import RefusedError

    with pytest.raises(RefusedError) as caught:
        stage.shelf.put("tab", name, data, stage.assistant)
    assert caught.value.key == key
    assert stage.shelf.document("tab") is None
    assert chat_stage.explained(caught.value, "", replace(Context(), language="fr"))[0]
