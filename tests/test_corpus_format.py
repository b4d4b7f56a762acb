"""The corpus format: faults are named with their file, attributes are hidden, the checker finds what is wrong."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from assistant import corpus, corpus_check, corpus_report
from assistant.errors import InputError

SHIPPED = Path(__file__).resolve().parents[1] / "corpus"
HEADINGS = {"en": "What does it cost?", "fr": "Combien coûte-t-il ?", "nl": "Wat kost het?", "de": "Was kostet es?"}
COSTS = {
    "en": "In Flanders, the course costs €1,000 since 1 September 2023.",
    "fr": "En Flandre, le cours coûte 1 000 € depuis le 1er septembre 2023.",
    "nl": "In Vlaanderen kost de cursus € 1.000 sinds 1 september 2023.",
    "de": "In Flandern kostet der Kurs 1.000 € seit dem 1. September 2023.",
}
BEFORE = {
    "en": "In Flanders, the course was free until 2023.",
    "fr": "En Flandre, le cours était gratuit jusqu'en 2023.",
    "nl": "In Vlaanderen was de cursus gratis tot 2023.",
    "de": "In Flandern war der Kurs bis 2023 kostenlos.",
}
SOURCES = "s1:\n  title: A decree\n  publisher: A ministry\n  url: https://example.org/\n  date: 2025-03\n  reliability: official\n"
CONTACTS = (
    "- id: house\n  name: House\n  url: https://example.org/\n  authorities: [flanders]\n  topics: [courses]\n"
    "  does: {en: Helps., fr: Aide., nl: Helpt., de: Hilft.}\n"
)
ABOUT = "known_until: 2026-05-31\ntopics:\n  courses: {en: Courses, fr: Cours, nl: Cursussen, de: Kurse}\n"
ATTRIBUTES = '{#cost rule=cost valid_from=2023-09-01 sources="s1"}'


def a_file(language: str, attributes: str = ATTRIBUTES, **front: str | None) -> str:
    fields: dict[str, str | None] = {
        "id": f"courses/flanders.{language}", "title": "Courses", "topic": "courses", "authority": "flanders",
        "language": language, "reviewed": "2026-01-31", **front,
    }  # fmt: skip
    head = "\n".join(f"{key}: {value}" for key, value in fields.items() if value is not None)
    return (
        f"---\n{head}\n---\n\n# Courses\n\n## {HEADINGS[language]} <!-- {attributes} -->\n\n{COSTS[language]}\n\n"
        f"## {HEADINGS[language]} (2) <!-- {{#cost-before rule=cost valid_to=2023-09-01 sources=s1}} -->\n\n{BEFORE[language]}\n"
    )


def parse(raw: str, id: str = "courses/flanders.en") -> corpus.Document:
    return corpus.parse(raw, f"{id}.md", id)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    root = tmp_path / "corpus"
    (root / "courses").mkdir(parents=True)
    for language in HEADINGS:
        (root / f"courses/flanders.{language}.md").write_text(a_file(language), encoding="utf-8")
    for name, text in (("sources", SOURCES), ("contacts", CONTACTS), ("corpus", ABOUT)):
        (root / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


def test_attributes_are_read_and_hidden_from_the_shown_text() -> None:
    made = parse(a_file("en"))
    assert "<!--" not in made.text
    assert "{#" not in made.text
    assert made.text.startswith("# Courses\n\n## What does it cost?\n\nIn Flanders, the course costs")
    first, second = made.sections
    assert (first.id, first.rule, first.valid_from, first.valid_to, first.sources) == (
        "cost", "cost", date(2023, 9, 1), None, ("s1",),
    )  # fmt: skip
    assert (second.id, second.valid_to) == ("cost-before", date(2023, 9, 1))


def test_offsets_count_in_the_shown_text() -> None:
    made = parse(a_file("en").replace("\n", "\r\n"))
    assert [made.text[s.start : s.end] for s in made.sections[0].sentences] == [HEADINGS["en"], COSTS["en"]]


def test_the_versions_of_a_document_share_their_group() -> None:
    assert {parse(a_file(x), f"courses/flanders.{x}").group for x in HEADINGS} == {"courses/flanders"}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("# Courses\n\nText.\n", "no front matter"),
        ("---\nid: x\n\nText.\n", "no front matter"),
        ("---\nid: [x\n---\n\nText.\n", "not YAML"),
        ("---\n- id\n---\n\nText.\n", "lacks id, title"),
        (a_file("en", title=None), "lacks title"),
        (a_file("en", reviewed=None), "lacks reviewed"),
        (a_file("en", id="courses/flanders.fr"), "id is 'courses/flanders.fr'"),
        (a_file("en", authority="antwerp"), "authority is 'antwerp'"),
        (a_file("en").replace("language: en", "language: es"), "language is 'es'"),
        (a_file("en", "{#cost valid_from=2023-13-01}"), "valid_from=2023-13-01 is no date"),
        (a_file("en", "{#cost valid_to=soon}"), "valid_to=soon is no date"),
        (a_file("en", "{#cost valid_from=20230901}"), "valid_from=20230901 is no date"),
        (a_file("en", "{#cost kind=law}"), "kind=law is unknown"),
        (a_file("en", "{#cost source=s1}"), "unknown attribute 'source'"),
        (a_file("en", "{rule=cost}"), "section 'What does it cost.' has no id"),
        (a_file("en", "{#Cost}"), "has no id"),
        (a_file("en", "no attributes"), "has no id"),
        (a_file("en", "{#cost-before}"), "'cost-before' occurs twice"),
    ],
)
def test_a_fault_of_form_names_the_file_and_the_reason(raw: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as error:
        parse(raw)
    assert str(error.value).startswith("courses/flanders.en.md: ")
    assert "\n" not in str(error.value)


def test_a_whole_small_corpus_is_read_and_has_no_error(small: Path) -> None:
    loaded = corpus.load(small)
    assert sorted(loaded.documents) == [f"courses/flanders.{x}" for x in sorted(HEADINGS)]
    assert loaded.known_until == "2026-05-31"
    assert loaded.sources["s1"].publisher == "A ministry"
    assert [c.does for c in loaded.contacts_for(("flanders",), "courses", "fr")] == ["Aide."]
    assert loaded.contacts_for(("brussels",), "courses", "fr") == ()
    assert corpus_check.check(loaded) == corpus_check.Findings([], [])


@pytest.mark.parametrize("name", ["courses/flanders.fr.md", "sources.yaml", "contacts.yaml", "corpus.yaml"])
def test_the_version_changes_with_every_file_an_answer_rests_on(name: str, small: Path) -> None:
    before = corpus.load(small).version
    path = small / name
    path.write_text(path.read_text(encoding="utf-8") + "\n# more\n", encoding="utf-8")
    assert corpus.load(small).version != before


def test_a_missing_corpus_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ASSISTANT_CORPUS"):
        corpus.load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "data", "named"),
    [
        ("sources.yaml", b"s1: [", "sources.yaml"),
        ("sources.yaml", b"s1:\n  publisher: A ministry\n", "s1"),
        ("sources.yaml", b"- s1\n", "sources.yaml"),
        ("courses/flanders.en.md", a_file("en").encode("utf-16"), "flanders.en.md"),
        ("courses/flanders.en.md", a_file("en").replace("1,000", "\u00e9").encode("cp1252"), "flanders.en.md"),
    ],
)
def test_a_fault_in_a_corpus_file_is_one_line_that_names_it(name: str, data: bytes, named: str, small: Path) -> None:
    (small / name).write_bytes(data)
    with pytest.raises(InputError) as error:
        _ = corpus.load(small).documents
    assert named in str(error.value)
    assert "\n" not in str(error.value)


def change(language: str, old: str, new: str) -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        path = root / f"courses/flanders.{language}.md"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return apply


def everywhere(old: str, new: str) -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        for language in HEADINGS:
            change(language, old, new)(root)

    return apply


def listed(name: str, old: str, new: str) -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        path = root / name
        assert old in path.read_text(encoding="utf-8")
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    return apply


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (lambda root: (root / "courses/flanders.de.md").unlink(), "courses/flanders: missing in de"),
        (change("fr", BEFORE["fr"], BEFORE["fr"] + " Il était court."), "courses/flanders.fr#cost-before: 2 sentences, in en 1"),
        (change("nl", "€ 1.000", "€ 1.500"), "courses/flanders.nl#cost: figures differ"),
        (change("de", "September", "Oktober"), "courses/flanders.de#cost: months differ"),
        (change("de", "sources=s1", "sources=s9"), "courses/flanders.de#cost-before: source 's9' is not in sources.yaml"),
        (change("de", "#cost-before", "#earlier"), "courses/flanders.de: sections differ from courses/flanders.en"),
        (change("nl", "valid_to=2023-09-01", "valid_to=2023-10-01"), "courses/flanders.nl#cost-before: valid_to is"),
        (change("en", "reviewed: 2026-01-31", "reviewed: last winter"), "courses/flanders.en: reviewed 'last winter' is no date"),
        (everywhere("sources=s1", ""), "courses/flanders.en#cost-before: names no source"),
        (everywhere("valid_to=2023-09-01", "valid_from=2023-09-01 valid_to=2023-09-01"), "valid_from is not before valid_to"),
        (everywhere("valid_to=2023-09-01", "valid_to=2024-01-01"), "rule 'cost': #cost and #cost-before hold at the same time"),
        (everywhere("topic: courses", "topic: lessons"), "topic 'lessons' is not listed in corpus.yaml"),
        (listed("sources.yaml", "https://example.org/", "example.org"), "url 'example.org' is no web address"),
        (listed("sources.yaml", "official", "press"), "courses/flanders#cost: has no official or expert source"),
        (listed("contacts.yaml", "[flanders]", "[antwerp]"), "unknown authorities 'antwerp'"),
        (listed("contacts.yaml", ", de: Hilft.", ""), "'does' is not in all of"),
        (change("en", "In Flanders, the course was", "It was"), "courses/flanders.en#cost-before: does not stand alone"),
        (change("en", "was free", "[was free](../fees/flanders.en.md)"), "courses/flanders.en.md: dead link '../fees/flanders.en.md'"),
        (change("en", "was free", "[was free](flanders.fr.md#price)"), "dead link 'flanders.fr.md#price': there is no section 'price'"),
        (lambda root: (root / "README.md").write_text("[A](a/b.md)", encoding="utf-8"), "README.md: dead link 'a/b.md'"),
    ],
)
def test_the_checker_finds(spoil: Callable[[Path], None], finding: str, small: Path) -> None:
    spoil(small)
    found = corpus_check.check(corpus.load(small))
    assert [line for line in found.errors + found.warnings if finding in line]


def test_the_check_lists_every_broken_file_at_once(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for language in ("en", "fr"):
        (small / f"courses/flanders.{language}.md").write_text("no front matter", encoding="utf-8")
    assert corpus_check.run(small, "check", False, print) == 1
    printed = capsys.readouterr().out
    assert "flanders.en.md" in printed
    assert "flanders.fr.md" in printed


def test_the_check_misses_the_vectors_of_a_new_text(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert corpus_check.run(small, "check", False, print) == 1
    assert "run 'assistant corpus vectors'" in capsys.readouterr().out


def test_links_that_lead_somewhere_are_no_fault(small: Path) -> None:
    everywhere("2023.\n", "2023 ([more](flanders.fr.md#cost), [law](https://example.org/x.md#y)).\n")(small)
    assert corpus_check.check(corpus.load(small)) == corpus_check.Findings([], [])


def test_a_source_that_is_missing_is_told_once_for_all_languages(small: Path) -> None:
    listed("sources.yaml", "official", "press")(small)
    assert corpus_check.check(corpus.load(small)).warnings == [
        "courses/flanders#cost: has no official or expert source",
        "courses/flanders#cost-before: has no official or expert source",
    ]


def test_explained_warnings_leave_the_rest_and_an_idle_pattern_is_told() -> None:
    found = corpus_check.Findings(warnings=["a#x: has no official source", "b#x: has no official source", "b#y: is long"])
    table = corpus_check.explain(found, {"^b#": "b is old", "#x: has no": "known", "^c#": "gone"})
    assert [(e.pattern, e.reason, e.warnings) for e in table] == [("^b#", "b is old", 2), ("#x: has no", "known", 1), ("^c#", "gone", 0)]
    assert found.warnings == ["corpus.yaml: explained '^c#' fits no warning; remove it"]


def test_the_check_shows_its_tables_and_the_reasons(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed("sources.yaml", "official", "press")(small)
    with (small / "corpus.yaml").open("a", encoding="utf-8") as file:
        file.write('explained:\n  "(cost|cost-before): has no official": Only the press wrote of it.\n')
    corpus_check.run(small, "check", False, print)
    shown = capsys.readouterr().out
    assert "| courses | 2 | 2 |" in shown
    assert "| courses | 2 | 2 | 0 | 0 |" in shown
    assert "| `(cost\\|cost-before): has no official` | 2 | Only the press wrote of it. |" in shown
    assert "0 warnings, 2 explained warnings" in shown
    corpus_check.run(small, "check", True, print)
    report = json.loads(capsys.readouterr().out)
    assert report["sourcing"]["no_primary"] == ["courses/flanders#cost", "courses/flanders#cost-before"]
    assert set(report["readability"]) == set(HEADINGS)
    assert report["explained"][0]["warnings"] == 2


def test_the_coverage_counts_sections_of_each_language(small: Path) -> None:
    loaded = corpus.load(small)
    assert corpus_report.coverage(loaded) == {"courses": {"flanders": dict.fromkeys(HEADINGS, 2)}}
    assert "| courses | 2 | 2 |\n| **all** | 2 | **2** |" in corpus_report.coverage_table(loaded)
    (small / "courses/flanders.nl.md").unlink()
    assert "| courses | 2/2/0/2 | 2/2/0/2 |" in corpus_report.coverage_table(corpus.load(small))


@pytest.mark.parametrize(
    ("dated", "old", "undated"),
    [
        ("2024-01", [], []),
        ("2023-12", ["courses/flanders#cost"], []),
        ("after March 2024", [], []),
        ("2019, updated 2023-09-01", ["courses/flanders#cost"], []),
        ("undated", [], ["courses/flanders#cost"]),
    ],
)
def test_a_rule_in_force_is_old_when_its_newest_source_is_24_months_older_than_the_review(
    dated: str, old: list[str], undated: list[str], small: Path
) -> None:
    listed("sources.yaml", "2025-03", dated)(small)
    found = corpus_report.sourcing(corpus.load(small))
    assert (found.old, found.undated, found.no_primary) == (old, undated, [])


@pytest.mark.parametrize("attribute", ["kind=history", "observed=2019", "kind=gap"])
def test_histories_figures_and_gaps_do_not_grow_old(attribute: str, small: Path) -> None:
    listed("sources.yaml", "2025-03", "2012")(small)
    everywhere("{#cost rule=cost valid_from=2023-09-01", "{#cost " + attribute)(small)
    assert corpus_report.sourcing(corpus.load(small)).old == []


def test_readability_counts_words_and_leaves_headings_out(small: Path) -> None:
    figures = corpus_report.readability(corpus.load(small))
    assert list(figures) == ["en", "fr", "nl", "de"]
    english = figures["en"]
    assert (english.sentences, english.words, english.long) == (2, 9.0, 0.0)
    assert english.lix == pytest.approx(9 + 100 * 3 / 18)
    change("en", "was free", "was free" + " and open" * 15)(small)
    assert corpus_report.readability(corpus.load(small))["en"].long == 0.5


def test_the_shipped_corpus_has_no_error() -> None:
    loaded = corpus.load(SHIPPED)
    assert len(loaded.documents) >= 4
    assert corpus_check.check(loaded).errors == []


def test_every_sentence_of_the_shipped_corpus_is_a_trimmed_slice() -> None:
    for document in corpus.load(SHIPPED).documents.values():
        assert "<!--" not in document.text
        for section in document.sections:
            for sentence in section.sentences:
                words = document.text[sentence.start : sentence.end]
                assert words
                assert words == words.strip()
