"""What people give that cannot be used, and machines that give way: one clear line each, nothing half-written."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import FakeEmbedder, text_document

from assistant.documents import files, read
from assistant.errors import InputError, StoreError
from assistant.index import Library
from assistant.store import backend

Run = Callable[..., tuple[int, str, str]]
TEXT = "The appeal must be sent within thirty days.\n"


def pages(number: int) -> bytes:
    """A PDF of so many pages, all with one content."""
    content = b"BT /F1 12 Tf 50 500 Td (The fee is forty euros.) Tj ET"
    kids = b" ".join(b"%d 0 R" % (4 + n) for n in range(number))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count %d /Kids [%s] >>" % (number, kids)]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    sheet = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>"
    objects += [sheet % (4 + number)] * number
    objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    out, places = bytearray(b"%PDF-1.4\n"), []
    for at, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (at, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % p for p in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)


def test_ten_thousand_pages_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    path.write_bytes(pages(10_000))
    began = time.monotonic()
    with pytest.raises(InputError, match=r"long\.pdf: has 10000 pages, more than 3000; split it"):
        read(path, "long")
    assert time.monotonic() - began < 15
    path.write_bytes(pages(2))
    assert read(path, "long").text.count("The fee is forty euros.") == 2


def test_names_in_any_script_are_ids_and_found_again(tmp_path: Path, run: Run) -> None:
    names = ["قرار", "рішення", "決定", "brief é", "😀", "می‌خواهم", unicodedata.normalize("NFD", "Übersicht")]
    (tmp_path / "in").mkdir()
    for name in names:
        (tmp_path / "in" / f"{name}.txt").write_text(TEXT)
    code, out, _ = run("ingest", str(tmp_path / "in"), "--index", str(tmp_path / "index"))
    assert code == 0
    for name in names:
        assert f"added: {unicodedata.normalize('NFC', name)}\n" in out
    assert run("show", "Übersicht", "--index", str(tmp_path / "index")) == (0, TEXT, "")
    assert run("show", "می‌خواهم", "--index", str(tmp_path / "index")) == (0, TEXT, "")


@pytest.mark.parametrize("name", ["two\nlines.txt", "tab\there.txt", "esc\x1b[31m.txt", "\u202etxt.gnp.txt", os.fsdecode(b"caf\xe9.txt")])
def test_a_name_that_cannot_be_shown_is_refused_on_one_line(tmp_path: Path, run: Run, name: str) -> None:
    (tmp_path / name).write_text(TEXT)
    (tmp_path / "good.txt").write_text(TEXT)
    code, out, err = run("ingest", str(tmp_path), "--index", str(tmp_path / "index"))
    assert code == 1
    assert "added: good" in out
    line = next(x for x in err.splitlines() if x.startswith("assistant:"))
    assert line.endswith("its name holds signs that cannot be shown; rename it")
    assert line.isprintable()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    ((path, id),) = files(tmp_path)
    with pytest.raises(InputError, match=r"pipe\.txt: is a pipe or a device, not a file"):
        read(path, id, str(tmp_path))


def test_one_heading_a_hundred_thousand_times_is_read_in_bounded_time(tmp_path: Path) -> None:
    (tmp_path / "heads.md").write_text("# A\n" * 100_000)
    began = time.process_time()
    made = read(tmp_path / "heads.md", "heads")
    assert len({s.id for s in made.sections}) == len(made.sections) == 100_000
    assert time.process_time() - began < 20


def filling(place: str, most: int) -> None:
    """What the process runs on whose disk no file can grow beyond `most` bytes."""
    long = text_document("long", "".join(f"Sentence number {n} of a long letter says a little more.\n" for n in range(3_000)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    try:
        Library(backend(place), FakeEmbedder()).update([long])
    except StoreError as error:
        print(error)
        sys.exit(1)


@pytest.mark.parametrize("most", [0, 100_000, pytest.param(600_000, marks=pytest.mark.slow)])
def test_a_disk_that_fills_up_leaves_the_old_index_serving(library: Library, most: int) -> None:
    library.update([text_document("letter", TEXT)])
    place = Path(library.backend.location)
    script = "import sys, test_bad_input; test_bad_input.filling(sys.argv[1], int(sys.argv[2]))"
    done = subprocess.run([sys.executable, "-c", script, str(place), str(most)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert str(place) in done.stdout
    assert done.stdout.count("\n") == 1
    assert "nothing was changed" in done.stdout
    assert list(Library(backend(str(place)), FakeEmbedder()).current().documents) == ["letter"]
    assert len(list((place / "builds").iterdir())) == 1
    assert not list(place.glob("*.tmp"))
    library.update([text_document("permit", "The permit costs forty euros.\n")])
    assert sorted(library.current().documents) == ["letter", "permit"]


def test_a_fetch_on_a_full_disk_keeps_the_page_that_was_there(tmp_path: Path) -> None:
    script = (
        "import resource, sys; from pathlib import Path; from assistant import originals\n"
        "path = Path(sys.argv[1]); originals._write(path, b'old'); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "originals._write(path, b'x' * 100_000)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "page.html")], capture_output=True, text=True, check=False)
    assert "OSError" in done.stderr
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("page.html", b"old")]
