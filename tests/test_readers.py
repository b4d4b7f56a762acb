"""Readers on files as they come: what they give is exact, where it stands is right, and every refusal says why."""

import os
import shutil
from collections import Counter
from pathlib import Path

import make_documents
import pytest
from make_documents import Made, archive, make, scan

from assistant.documents import Shown, build, read
from assistant.errors import InputError
from assistant.files import office, pdf
from assistant.files.lines import Joiner
from assistant.records import Document

# PAGES=400 for the long file as the issue names it: `READERS_PAGES=400 pytest tests/test_readers.py`.
PAGES = int(os.environ.get("READERS_PAGES", "12"))
EXACT = 0.98


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Made]:
    return make(tmp_path_factory.mktemp("files"), PAGES)


@pytest.fixture(scope="module")
def documents(made: list[Made]) -> dict[Path, Document]:
    return {file.path: read(file.path, file.path.stem) for file in made if not file.refused}


def units(document: Document) -> dict[str, set[int | None]]:
    """Each sentence, on one line, with the pages on which it stands."""
    found: dict[str, set[int | None]] = {}
    for section in document.sections:
        for s in section.sentences:
            found.setdefault(" ".join(document.text[s.start : s.end].split()), set()).add(section.page)
    return found


def test_the_files_are_many_and_of_all_shapes(made: list[Made]) -> None:
    assert len(made) >= 60
    assert {f.shape for f in made} == {"columns", "tables", "scans", "lists", "encoding", "long", "empty", "encrypted", "damaged"}


def test_the_text_of_nearly_all_sentences_is_exact(made: list[Made], documents: dict[Path, Document]) -> None:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for file in made:
        if not file.refused:
            found = units(documents[file.path])
            total[file.shape] += len(file.sentences)
            right[file.shape] += sum(" ".join(text.split()) in found for text, _ in file.sentences)
    shares = {shape: right[shape] / total[shape] for shape in total}
    assert sum(right.values()) / sum(total.values()) >= EXACT
    assert min(shares.values()) >= 0.97, shares


def test_a_citation_has_the_page_of_its_sentence(made: list[Made], documents: dict[Path, Document]) -> None:
    pages = [(units(documents[f.path]).get(text), page) for f in made if not f.refused for text, page in f.sentences if page]
    read_ = [(found, page) for found, page in pages if found]
    assert len(read_) > 800
    assert [x for x in read_ if x[1] not in x[0]] == []


def test_running_heads_and_page_numbers_are_no_text(made: list[Made], documents: dict[Path, Document]) -> None:
    for file in made:
        if file.shape == "long":
            numbers = {make_documents.PAGE[file.language].format(n) for n in range(1, PAGES)}
            assert numbers & set(units(documents[file.path])) == set()
            assert make_documents.RUNNING[file.language] not in units(documents[file.path])


def test_quotes_are_slices_and_lines_have_no_trailing_hyphen(made: list[Made], documents: dict[Path, Document]) -> None:
    for file in made:
        if not file.refused and documents[file.path].layout == "pages":
            text = documents[file.path].text
            assert not [line for line in text.split("\n") if line.endswith(("\u00ad", "\u0002"))]
            for section in documents[file.path].sections:
                assert {1 + text.count("\f", 0, s.start) for s in section.sentences} == {section.page}


def test_every_refusal_has_its_reason_on_one_line(made: list[Made], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    refused = [f for f in made if f.refused]
    assert len(refused) >= 15
    for file in refused:
        with pytest.raises(InputError) as error:
            read(file.path, "x")
        assert file.refused in str(error.value), file.path.name
        assert file.path.name in str(error.value)
        assert "\n" not in str(error.value)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
@pytest.mark.parametrize("language", ["nl", pytest.param("fr", marks=pytest.mark.slow), pytest.param("de", marks=pytest.mark.slow)])
def test_a_scan_is_read_where_tesseract_is_installed(language: str, tmp_path: Path) -> None:
    data, told = scan(language)
    (tmp_path / "scan.pdf").write_bytes(data)
    words = set(" ".join(told).split())
    got = set(read(tmp_path / "scan.pdf", "scan").text.split())
    assert len(words & got) >= 0.9 * len(words)


def test_what_tesseract_cannot_do_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "tesseract"
    broken.write_text("#!/bin/sh\necho 'no such language' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(broken))
    with pytest.raises(InputError, match=r"tesseract cannot read page 1 .no such language"):
        pdf.pdf(scan("en")[0], "scan.pdf")
    broken.write_text("#!/bin/sh\nexec sleep 20\n")
    monkeypatch.setattr(pdf, "LISTED_SECONDS", 0.2)
    with pytest.raises(InputError, match=r"scan.pdf: tesseract did not name its languages within 0.2 s; check the program"):
        pdf.pdf(scan("en")[0], "scan.pdf")


def test_a_scanned_page_among_others_is_named_and_the_rest_read(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    import pypdfium2

    press = make_documents.Press("fr")
    press.paragraph(["Une phrase qui se lit bien sur la première page."])
    whole = pypdfium2.PdfDocument(press.bytes())
    whole.import_pages(pypdfium2.PdfDocument(scan("fr")[0]))
    out = make_documents.io.BytesIO()
    whole.save(out)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert "Une phrase qui se lit bien" in pdf.pdf(out.getvalue(), "mixed.pdf").text
    assert "mixed.pdf: pages left out: 2 are pictures without text; install" in caplog.text


def test_too_many_pages_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 1)
    press = make_documents.printed("en", 1, 2, 1, True)
    with pytest.raises(InputError, match=r"many\.pdf: has 3 pages, more than 1; split it"):
        pdf.pdf(press.bytes(), "many.pdf")


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("Le regrou-", "pement familial", "Le regroupement familial"),
        ("Faut-", "il payer ?", "Faut-il payer ?"),
        ("les conditions ci-", "après", "les conditions ci-après"),
        ("de inburgerings-", "en taalcursus", "de inburgerings- en taalcursus"),
        ("die Sprach-", "und Integrationskurse", "die Sprach- und Integrationskurse"),
        ("die Familien\u00ad", "zusammenführung", "die Familienzusammenführung"),
        ("in Sint-", "Jans-Molenbeek", "in Sint-Jans-Molenbeek"),
        ("2024-", "2025", "2024-2025"),
        ("un étranger non-", "européen", "un étranger non-européen"),
        ("socio-", "professionnelle (art. 3)", "socio-professionnelle (art. 3)"),
        ("la somme", "de 12 euros", "la somme de 12 euros"),
        ("zeven dagen –", "ten laatste", "zeven dagen – ten laatste"),
    ],
)
def test_a_hyphen_at_the_end_of_a_line_is_undone_where_it_is_no_part_of_the_word(before: str, after: str, joined: str) -> None:
    assert Joiner({"socio-professionnelle"}).join(before, after) == joined


def test_the_words_of_the_document_decide_first() -> None:
    assert Joiner({"basiseducatie"}).join("de basis-", "educatie") == "de basiseducatie"
    assert Joiner({"e-loket"}).join("het e-", "loket") == "het e-loket"


def test_a_word_document_keeps_notes_insertions_and_boxes_and_loses_what_was_deleted() -> None:
    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    body = (
        f"<w:document {ns}><w:body><w:p><w:r><w:t>Le délai est de </w:t></w:r><w:ins><w:r><w:t>trente</w:t></w:r></w:ins><w:del><w:r><w:delText>huit"
        "</w:delText></w:r></w:del><w:r><w:t> jours.</w:t><w:footnoteReference w:id='2'/></w:r></w:p><w:sdt><w:sdtContent><w:p><w:r><w:t>"
        "Réglé.</w:t></w:r></w:p></w:sdtContent></w:sdt><w:p><w:r><mc:AlternateContent><mc:Choice>"
        "<w:txbxContent><w:p><w:r><w:t>Encadré.</w:t></w:r></w:p></w:txbxContent>"
        "</mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>Encadré.</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent>"
        "</w:r></w:p></w:body></w:document>"
    )
    notes = f"<w:footnotes {ns}><w:footnote w:id='2'><w:p><w:r><w:t>Art. 12 du Code.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    shown = office.office(archive({"word/document.xml": body.encode(), "word/footnotes.xml": notes.encode()}), "a.docx")
    assert shown.text == "Le délai est de trente jours.\n\nArt. 12 du Code.\n\nRéglé.\n\nEncadré.\n"


def test_an_entity_in_a_document_reads_no_file_and_does_not_explode() -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    body = (
        f'<!DOCTYPE d [<!ENTITY a0 "ha"><!ENTITY f SYSTEM "file:///etc/hostname">{laughs}]><w:document xmlns:w="http://schemas.openxmlformats.org/'
        'wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Text &a11; &f;</w:t></w:r></w:p></w:body></w:document>'
    )
    try:
        shown = office.office(archive({"word/document.xml": body.encode()}), "a.docx").text
    except InputError as error:
        shown = str(error)
    assert len(shown) < 200
    assert Path("/etc/hostname").read_text().strip() not in shown


@pytest.mark.parametrize("ending", [".docx", ".odt", ".epub"])
def test_an_archive_that_explodes_is_refused_within_bounded_memory(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"bomb{ending}"
    part = {".docx": "word/document.xml", ".odt": "content.xml", ".epub": "META-INF/container.xml"}[ending]
    path.write_bytes(archive({"mimetype": b"application/vnd.oasis.opendocument.text", part: b"\0" * 80_000_000}))
    with pytest.raises(InputError, match="is an archive that unpacks to 80 MB"):
        read(path, "bomb")


def test_a_page_nested_without_end_is_refused_quickly(tmp_path: Path) -> None:
    path = tmp_path / "deep.html"
    path.write_text("<html><body>" + "<div>" * 200_000 + "deep")
    with pytest.raises(InputError, match="nested more than"):
        read(path, "deep")


def test_a_paged_text_puts_each_section_on_one_page() -> None:
    text = "# Coût\n\nLe cours coûte 5 euros. Il dure un an et se termine\n\fen juin. Il est utile.\n\n\fUne annexe.\n"
    made = build(Shown(text, "pages"), "a", "a.pdf", b"x")
    assert [(s.id, s.page, [text[x.start : x.end] for x in s.sentences if not x.heading]) for s in made.sections] == [
        ("coût", 1, ["Le cours coûte 5 euros.", "Il dure un an et se termine\n\fen juin."]),
        ("coût-p2", 2, ["Il est utile."]),
        ("coût-p3", 3, ["Une annexe."]),
    ]


def test_a_folder_of_many_kinds_is_ingested_and_cited_with_its_page(tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "files"
    folder.mkdir()
    press = make_documents.printed("nl", 1, 2, 2, True)
    (folder / "gids.pdf").write_bytes(press.bytes())
    (folder / "leeg.pdf").write_bytes(b"")
    outside = tmp_path / "secret.txt"
    outside.write_text("Een geheim.")
    (folder / "link.txt").symlink_to(outside)
    code, out, err = run("ingest", str(folder), "--index", str(tmp_path / "index"))
    assert code == 1
    assert "added: gids" in out
    assert "leeg.pdf: is empty" in err
    assert "link.txt: is a link that leads out of" in err
    sentence = next(t for t, page in press.told if page == 2 and t.endswith("."))
    code, out, _ = run("search", sentence, "--index", str(tmp_path / "index"), "--json", "--k", "3")
    assert code == 0
    assert sentence in " ".join(out.replace("\\f", " ").split())
