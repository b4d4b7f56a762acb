"""Sections, sentences and passages: exact slices, stable ids, and the two layouts."""

import itertools
import subprocess
import sys
import textwrap

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.chunking import PASSAGE_CHARACTERS, passages, sections, slug
from assistant.records import Document

PROPERTY = settings(max_examples=250, deadline=None, database=None, derandomize=True)
LINES = [
    "# Title", "## Title", "## Title 2", "## title-2 ##", "### #", "# # #", "#", "#no heading", "# \u2003", "# \u00a0x\u2003",
    "Text", "## Text",
    "- item", "  * item two. And more.", "1. first", "12) twelfth", "• dot", "-", "| a | b |", "|---|---|", "|", "| x. Y. |",
    "```", "~~~ py",
    "A sentence. Another one.", "ends open and", "goes on here", "", "", "   ", "\u2028", "\x1c", "art. 12bis", "x" * 700,
    "A long line of sixty characters that was wrapped by a hand in",
    "an editor because the next word would not have fitted there", "كم تكلفة الدورة؟",
]  # fmt: skip
TEXTS = st.one_of(st.text(max_size=120), st.lists(st.sampled_from(LINES), max_size=30).map("\n".join))
LAYOUTS = st.sampled_from(["markdown", "plain"])


def document(text: str, layout: str = "markdown") -> Document:
    return Document("a/b", "Title", text, "en", tuple(sections(text, layout)))


def shown(text: str, layout: str = "markdown") -> list[list[str]]:
    return [[text[s.start : s.end] for s in section.sentences] for section in sections(text, layout)]


def test_each_heading_opens_a_section_and_is_its_first_sentence() -> None:
    text = "Before. Still before.\n\n# One\n\nFirst. Second.\n\n## Two ##\nThird.\n"
    made = sections(text)
    assert [(s.id, s.heading) for s in made] == [("text", ""), ("one", "One"), ("two", "Two")]
    assert shown(text) == [["Before.", "Still before."], ["One", "First.", "Second."], ["Two", "Third."]]
    assert [s.sentences[0].heading for s in made] == [False, True, True]
    assert (made[0].start, made[-1].end) == (0, len(text))
    assert all(a.end == b.start for a, b in itertools.pairwise(made))


def test_a_list_item_and_a_table_row_are_one_unit_each() -> None:
    text = textwrap.dedent("""\
        Who pays:
        - the newcomer
        - the municipality, if
          it wants to
        1. the Region

        | year | fee |
        |------|-----|
        | 2023 | €360. Or less. |
        """)
    assert shown(text) == [
        [
            "Who pays:", "the newcomer", "the municipality, if\n  it wants to", "the Region",
            "| year | fee |", "| 2023 | €360. Or less. |",
        ]
    ]  # fmt: skip


def test_a_hash_inside_a_fence_is_no_heading() -> None:
    text = "# Real\n\nText.\n\n```\n# a comment\n```\n\nAfter.\n"
    assert [s.heading for s in sections(text)] == ["Real"]
    assert "After." in shown(text)[0]


def test_a_paragraph_of_markdown_runs_over_its_line_breaks() -> None:
    assert shown("The course\nis free. It takes\na year.") == [["The course\nis free.", "It takes\na year."]]


def test_a_line_break_of_plain_text_ends_a_sentence() -> None:
    text = "Ville de Liège\nService population\n\nVotre demande est complète. Elle suit son cours\nBien à vous"
    assert shown(text, "plain") == [
        ["Ville de Liège", "Service population", "Votre demande est complète.", "Elle suit son cours", "Bien à vous"]
    ]


def test_plain_text_wrapped_by_hand_is_read_as_paragraphs() -> None:
    letter = (
        "Your application for a residence card was received by the municipality. You "
        "will be invited within 3 months to give your fingerprints at the counter, and "
        "a card is made afterwards. Bring a photo of yourself."
    )
    text = "\n".join(textwrap.wrap(letter, 72))
    assert [s.replace("\n", " ") for s in shown(text, "plain")[0]] == [
        "Your application for a residence card was received by the municipality.",
        "You will be invited within 3 months to give your fingerprints at the counter, and a card is made afterwards.",
        "Bring a photo of yourself.",
    ]


def test_a_plain_list_of_long_lines_is_not_taken_for_wrapped_text() -> None:
    lines = [f"- point {n} of a list whose lines are about as long as those of wrapped text" for n in range(3)]
    assert len(shown("\n".join(lines), "plain")[0]) == 3


def test_plain_text_has_one_section_even_if_it_holds_hashes() -> None:
    assert [s.id for s in sections("# not a heading\ntext", "plain")] == ["text"]


def test_a_slug_keeps_any_script_and_never_is_empty() -> None:
    assert slug("Wat kost het? – 2023!") == "wat-kost-het-2023"
    assert slug("كم التكلفة؟") == "كم-التكلفة"
    assert slug("?!") == "section"
    assert len(slug("word " * 50)) <= 60


def holds_no_sentence(stretch: str) -> bool:
    """Blank, or nothing but the marks of a fence or table: such a stretch needs no section."""
    return all(not line.strip() or line.lstrip().startswith(("```", "~~~", "|--")) for line in stretch.split("\n"))


@PROPERTY
@given(TEXTS, LAYOUTS)
@example("# a\n\n# a\n\n# a 2", "markdown")
@example("# \u2003\nx", "markdown")
@example("## text\n\n# text 2\n\n# text", "markdown")
def test_sections_are_in_order_and_their_ids_unique(text: str, layout: str) -> None:
    made = sections(text, layout)
    assert len({s.id for s in made}) == len(made)
    at = 0
    for section in made:
        assert at <= section.start < section.end <= len(text)
        assert holds_no_sentence(text[at : section.start])
        at = section.end
    assert holds_no_sentence(text[at:])


@PROPERTY
@given(TEXTS, LAYOUTS)
@example("# \u2003\nx", "markdown")
@example("# # #\nx", "markdown")
def test_each_sentence_is_a_trimmed_slice_inside_its_section(text: str, layout: str) -> None:
    for section in sections(text, layout):
        at = section.start
        for sentence in section.sentences:
            assert at <= sentence.start < sentence.end <= section.end
            words = text[sentence.start : sentence.end]
            assert words == words.strip()
            at = sentence.end


@PROPERTY
@given(TEXTS, LAYOUTS)
def test_plain_text_loses_no_word(text: str, layout: str) -> None:
    kept = "".join(text[s.start : s.end] for section in sections(text, "plain") for s in section.sentences)
    assert "".join(kept.split()) == "".join(text.split())


@PROPERTY
@given(TEXTS, LAYOUTS)
@example("\n".join(["Sentence number one is here. " * 40, "x" * 1300, "Short."]), "markdown")
def test_passages_are_exact_slices_of_whole_sentences_and_short(text: str, layout: str) -> None:
    made = document(text, layout)
    body = [s for section in made.sections for s in section.sentences]
    found = passages(made)
    assert len({p.id for p in found}) == len(found)
    for passage in found:
        assert passage.text == text[passage.start : passage.end]
        assert (passage.sentences[0].start, passage.sentences[-1].end) == (passage.start, passage.end)
        assert all(s in body for s in passage.sentences)
        assert len(passage.text) <= PASSAGE_CHARACTERS or len(passage.sentences) == 1
    told = {s for p in found for s in p.sentences}
    assert all(s in told for s in body if not s.heading)


def test_long_sections_are_filled_evenly() -> None:
    found = passages(document("# T\n\n" + "This sentence has forty characters, yes. " * 16))
    assert len(found) == 2
    assert abs(len(found[0].text) - len(found[1].text)) < 100


def test_a_passage_carries_the_title_and_heading_as_context() -> None:
    assert passages(document("# Cost\n\nIt is free."))[0].context == "Title – Cost"


_PRINT_IDS = """
from assistant.chunking import passages, sections
from assistant.records import Document
text = "# A\\n\\nOne. Two é.\\n\\n# A\\n\\n" + "Three. " * 200
for p in passages(Document("a/b", "T", text, "en", tuple(sections(text)))):
    print(p.id, p.section, p.start)
"""


@pytest.mark.parametrize("seed", ["1", "12345"])
def test_ids_are_the_same_in_another_process(seed: str) -> None:
    text = "# A\n\nOne. Two é.\n\n# A\n\n" + "Three. " * 200
    here = [f"{p.id} {p.section} {p.start}" for p in passages(Document("a/b", "T", text, "en", tuple(sections(text))))]
    there = subprocess.run(
        [sys.executable, "-c", _PRINT_IDS], env={"PYTHONHASHSEED": seed, "PATH": ""}, capture_output=True, text=True, check=True
    )
    assert there.stdout.splitlines() == here


def test_ids_differ_between_documents_with_the_same_text() -> None:
    made = tuple(sections("# A\n\nOne."))
    one, two = (passages(Document(id, "T", "# A\n\nOne.", "en", made))[0].id for id in ("a", "b"))
    assert one != two
