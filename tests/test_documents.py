"""Files → documents: decoding, the readers, and which files of a folder are taken."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.documents import MAX_BYTES, READERS, decode, files, read
from assistant.errors import InputError
from assistant.records import Document

TEXT = "Het traject kost € 360.\nDat geldt in Gent.\n"


def put(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def page(tmp_path: Path, html: str) -> Document:
    return read(put(tmp_path, "page.html", html), "page")


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        b"\xff\xfe" + TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        b"\xff\xfe" + TEXT.replace("\n", "\r\n").encode("utf-16-le"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
    ],
    ids=["utf-8", "mark", "utf-16-le", "utf-16-be", "cp1252", "crlf", "cr", "utf-16 crlf", "utf-16-le bare", "utf-16-be bare"],
)
def test_every_usual_encoding_gives_the_same_text(data: bytes) -> None:
    assert decode(data, "letter.txt") == TEXT


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04 word/document.xml", "ZIP"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0 jfif", "JPEG"),
        (b"\x1f\x8b\x08 gz", "gzip"),
        (b"a text with a \x00 in it", "binary"),
        (bytes(range(256)) * 4, "binary"),
        (b"\xff\xfea\x00b", "UTF-16"),
    ],
)
def test_a_file_that_is_no_text_is_refused_by_name_and_kind(data: bytes, kind: str, tmp_path: Path) -> None:
    path = put(tmp_path, "lies.txt", data)
    with pytest.raises(InputError, match=kind) as error:
        read(path, "lies")
    assert "lies.txt" in str(error.value)
    assert "\n" not in str(error.value)


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(st.text(st.characters(blacklist_characters="\r\ufeff\ufffd", blacklist_categories=["Cs", "Cc"]) | st.sampled_from("\n\t")))
def test_a_text_with_line_feeds_and_no_mark_is_shown_as_it_is(text: str) -> None:
    assert decode(text.encode(), "a.txt") == text


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_a_document_shows_the_file_as_it_is(name: str, tmp_path: Path) -> None:
    text = "\n  Title of the letter \n\n\nIt costs €360.  \n# and so on\n\n"
    assert read(put(tmp_path, name, text), "a").text == text


def test_front_matter_is_not_shown_in_markdown_but_is_in_plain_text(tmp_path: Path) -> None:
    text = "---\ntitle: x\n---\n# Cost\n\nIt costs €360.\n"
    markdown = read(put(tmp_path, "a.md", text), "a")
    assert (markdown.text, markdown.title) == ("# Cost\n\nIt costs €360.\n", "Cost")
    assert read(put(tmp_path, "a.txt", text), "a").text == text


def test_a_rule_in_the_middle_of_a_file_is_no_front_matter(tmp_path: Path) -> None:
    text = "One paragraph.\n\n---\n\nAnother one.\n\n---\n"
    assert read(put(tmp_path, "a.md", text), "a").text == text


@pytest.mark.parametrize(
    "data", [b"", b"  \n\t\n", b"\xef\xbb\xbf", b"---\ntitle: x\n---\n", b"<html><script>x()</script></html>"]
)
def test_a_file_without_text_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to answer from"):
        read(put(tmp_path, "empty.html" if data.startswith(b"<") else "empty.md", data), "empty")


def test_a_missing_file_a_folder_and_an_unknown_type_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "missing.txt", "missing")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "folder.txt", "folder")
    with pytest.raises(InputError, match=r"'\.xlsx' are not read"):
        read(put(tmp_path, "a.xlsx", "x"), "a")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may read everything")
def test_a_file_without_read_rights_is_named(tmp_path: Path) -> None:
    path = put(tmp_path, "closed.txt", TEXT)
    path.chmod(0)
    with pytest.raises(InputError, match=r"closed\.txt: cannot be read"):
        read(path, "closed")


def test_a_file_that_is_too_large_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(InputError, match="larger than"):
        read(path, "huge")


def test_a_page_becomes_headings_paragraphs_items_and_rows(tmp_path: Path) -> None:
    made = page(
        tmp_path,
        """<!doctype html><html lang=en><head><title> The fee </title><style>p{}</style></head><body>
        <nav><ul><li>Home</li></ul></nav><script>var a = "<p>no</p>";</script>
        <h1>The <em>fee</em></h1><p>It costs&nbsp;&euro;360 &amp; more.<p>Second paragraph.
        <ul><li>one<li>two <b>bold</b></ul>
        <table><tr><th>Year</th><th>Fee</th></tr><tr><td>2023</td><td>360</td></tr></table>
        <footer>Imprint</footer></body></html>""",
    )
    assert made.title == "The fee"
    assert made.text == (
        "# The fee\n\nIt costs €360 & more.\n\nSecond paragraph.\n\n- one\n- two bold\n\n| Year | Fee |\n| 2023 | 360 |\n"
    )
    assert [s.heading for s in made.sections] == ["The fee"]


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>A <i>b <b>c</p><p>d</b></i> e</p>", "A b c\n\nd e"),
        ("</div></p></nav></ul><p>Text</p>", "Text"),
        ("<p>Text", "Text"),
        ("Text <b", "Text"),
        ("<p>1 < 2 &unknown; &#8364;", "1 < 2 &unknown; €"),
        ("a<br>b<br/>c", "a\n\nb\n\nc"),
        ("<div>a<div>b</div>c</div>", "a\n\nb\n\nc"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ("<ul><li><p>a</p></li><li><p>b</p></li></ul>", "- a\n- b"),
        ("<p># no heading</p><p>- no item</p>", "\\# no heading\n\n\\- no item"),
        ("<table><tr><td>a | b</td><td>c</td></tr></table>", "| a / b | c |"),
        ("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "| a b | c |"),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table><p>e</p>", "| a | b |\n| c | d |\n\ne"),
        ("<table><tr><td><h2>a</h2></td></tr></table><p>b</p>", "| a |\n\nb"),
        ("<p>a<!-- hidden --><template>x</template><noscript>y</noscript></p>", "a"),
    ],
)
def test_odd_and_broken_markup_loses_no_text(html: str, shown: str, tmp_path: Path) -> None:
    assert page(tmp_path, f"<html><body>{html}</body></html>").text.strip() == shown


def test_a_table_inside_a_table_loses_no_cell(tmp_path: Path) -> None:
    text = page(tmp_path, "<table><tr><td>left</td><td><table><tr><td>in</td></tr></table></td><td>right</td></tr></table>").text
    assert [word for word in ("left", "in", "right") if word not in text.split()] == []


def test_a_page_whose_body_is_one_form_is_still_read(tmp_path: Path) -> None:
    assert "The fee is €360." in page(tmp_path, "<body><form><div><p>The fee is €360.</p></div></form></body>").text


def test_the_name_of_a_picture_is_not_the_title_of_the_page(tmp_path: Path) -> None:
    made = page(tmp_path, "<head><title>Fee</title></head><body><svg><title>Icon</title></svg><p>It costs €360.</p></body>")
    assert (made.title, made.text) == ("Fee", "It costs €360.\n")


def test_a_page_saved_as_text_is_read_as_a_page_and_text_with_an_arrow_is_not(tmp_path: Path) -> None:
    assert read(put(tmp_path, "a.txt", "\n<!DOCTYPE html><p>Text</p>"), "a").text == "Text\n"
    assert read(put(tmp_path, "b.txt", "<p>Text</p>"), "b").text == "<p>Text</p>"


MARKUP = [
    "<p>", "</p>", "<table>", "</table>", "<tr>", "<td>", "</td>", "</tr>", "<li>", "</li>", "<ul>", "<h2>", "</h2>", "<br>",
    "<div>", "</nav>", "<b>", " word ", " word.", "&amp;", "# ", "| ", "1. ",
    "<table><tr><td> word </td>", "<tr><td> word </td>", "<li><p> word </p></li>",
]  # fmt: skip


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(st.lists(st.sampled_from(MARKUP), max_size=25).map("".join))
def test_any_markup_shows_every_word_once_and_no_tag(html: str) -> None:
    shown = READERS[".html"](html.encode(), "page.html").text
    assert shown.count("word") == html.count("word")
    assert not [tag for tag in MARKUP if tag.startswith("<") and tag in shown]


def test_files_of_a_folder_come_in_order_with_their_paths_as_ids(tmp_path: Path) -> None:
    for name in ("b.txt", "sub/a.md", "sub.html", ".hidden.txt", ".git/x.txt", "picture.png", "sub/Deep/C.HTM"):
        put(tmp_path, name, TEXT)
    assert [id for _, id in files(tmp_path)] == ["b", "sub", "sub/Deep/C", "sub/a"]


def test_a_single_file_has_its_name_as_id(tmp_path: Path) -> None:
    path = put(tmp_path, "letters/decision.txt", TEXT)
    assert list(files(path)) == [(path, "decision")]


def test_two_files_with_one_id_are_both_named(tmp_path: Path) -> None:
    put(tmp_path, "a/letter.txt", TEXT)
    put(tmp_path, "a/letter.md", TEXT)
    with pytest.raises(InputError, match=r"letter\.md and .*letter\.txt.*'a/letter'"):
        list(files(tmp_path))


def test_links_that_lead_outside_are_refused_and_those_in_a_circle_passed_over(tmp_path: Path) -> None:
    secret = put(tmp_path, "outside/secret.txt", TEXT)
    inside = put(tmp_path, "docs/inside.txt", TEXT).parent
    (inside / "out.txt").symlink_to(secret)
    (inside / "folder").symlink_to(secret.parent)
    (inside / "circle").symlink_to(inside)
    (inside / "broken.txt").symlink_to(inside / "nothing.txt")
    found = {id: path for path, id in files(inside)}
    assert sorted(found) == ["broken", "folder", "inside", "out"]
    for id in ("folder", "out"):
        with pytest.raises(InputError, match="is a link that leads out of"):
            read(found[id], id, str(inside.resolve()))
    with pytest.raises(InputError, match="cannot be read"):
        read(found["broken"], "broken", str(inside.resolve()))


def test_a_missing_folder_is_an_error_and_no_empty_list(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        list(files(tmp_path / "missing"))


def test_a_document_knows_its_language_its_digest_and_its_sections(tmp_path: Path) -> None:
    made = read(
        put(tmp_path, "brief.txt", "De gemeente heeft uw aanvraag ontvangen. U krijgt binnen 3 maanden een antwoord."), "brief"
    )
    assert (made.language, made.title, made.authority, len(made.digest)) == ("nl", "brief", None, 64)
    assert len(made.sections[0].sentences) == 2
