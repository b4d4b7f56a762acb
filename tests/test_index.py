"""Building, updating, swapping and opening an index folder."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from conftest import FakeEmbedder, text_document

from assistant import building, catalogue, chunking, codes, corpus, documents, retrieval, view
from assistant.embedding import Vectors
from assistant.errors import StoreError
from assistant.index import Index, Library
from assistant.pipeline import Assistant
from assistant.records import Document
from assistant.settings import Settings
from assistant.store import KEPT_BUILDS, Folder, backend

Run = Callable[..., tuple[int, str, str]]
LETTER = text_document("letter", "The appeal must be sent within thirty days. The office is in Namur.")
PERMIT = text_document("permit", "The permit costs forty euros. It is valid for five years.")


def reopened(library: Library, embedder: FakeEmbedder | None = None) -> Library:
    """Another library on the same folder, as another process would open it."""
    return Library(backend(library.backend.location), embedder or FakeEmbedder())


def builds(library: Library) -> list[str]:
    return sorted(os.listdir(Path(library.backend.location) / "builds"))


def texts(index: Index) -> dict[str, str]:
    return {id: document.text for id, document in index.documents.items()}


def digest(index: Index) -> str:
    whole = hashlib.sha256(json.dumps([p.id for p in index.passages]).encode())
    whole.update(np.ascontiguousarray(index.vectors).tobytes() + index.sentence_vectors.tobytes() + index.sentence_rows.tobytes())
    return whole.hexdigest()


def test_a_build_opens_in_a_new_process_with_the_same_passages_and_vectors(library: Library) -> None:
    library.update([LETTER, PERMIT])
    script = "import sys, test_index as t; print(t.digest(t.Library(t.backend(sys.argv[1]), t.FakeEmbedder()).current()))"
    done = subprocess.run([sys.executable, "-c", script, library.backend.location], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digest(library.current())


def test_vectors_and_sentences_belong_to_their_passages(library: Library, fake_embedder: FakeEmbedder) -> None:
    library.update([LETTER, PERMIT])
    index = library.current()
    assert [len(p.sentences) for p in index.passages] == [2, 2]
    for row, passage in enumerate(index.passages):
        assert passage.text == index.documents[passage.document].text[passage.start : passage.end]
        title = index.documents[passage.document].title
        assert index.vectors[row] @ fake_embedder.embed([f"{title}\n{passage.text}"])[0] == pytest.approx(1, abs=1e-5)
        units = index.sentence_units[index.sentence_rows[row] : index.sentence_rows[row + 1]]
        alone = fake_embedder.embed([index.documents[passage.document].text[s.start : s.end] for s in passage.sentences])
        assert (units[-len(alone) :] * alone).sum(axis=1) == pytest.approx(np.ones(len(alone)), abs=1e-3)


def test_only_new_and_changed_documents_are_embedded(library: Library) -> None:
    library.update([LETTER, PERMIT])
    other = FakeEmbedder()
    later = reopened(library, other)
    changed = text_document("permit", "The permit costs fifty euros.")
    report = later.update([LETTER, changed, text_document("third", "A third letter says nothing new.")])
    assert (report.added, report.changed, report.unchanged) == (["third"], ["permit"], ["letter"])
    assert not [text for text in other.embedded if "appeal" in text or "Namur" in text]
    assert report.embedded == 2
    assert report.passages == 3


def test_an_update_without_changes_embeds_and_swaps_nothing(library: Library, fake_embedder: FakeEmbedder) -> None:
    library.update([LETTER, PERMIT])
    before, build = len(fake_embedder.embedded), library.current().build
    report = library.update([LETTER, PERMIT])
    assert report.unchanged == ["letter", "permit"]
    assert report.embedded == 0
    assert len(fake_embedder.embedded) == before
    assert library.current().build == build


def test_an_update_gives_the_same_index_as_a_build_from_nothing(library: Library, tmp_path: Path) -> None:
    def page(title: str) -> Document:
        shown = documents.Shown(f"# {title}\n\nIntroduction.\n\n## Costs\n\nThe course costs forty euros.\n", "markdown", title)
        return documents.build(shown, "page", "page.md", title.encode(), "/pages")

    library.update([page("Rules of Ghent"), LETTER])
    library.update([page("Rules of Namur"), PERMIT], remove=lambda d: d.id == "letter")
    fresh = Library(backend(str(tmp_path / "fresh")), FakeEmbedder())
    fresh.update([page("Rules of Namur"), PERMIT])
    assert digest(library.current()) == digest(fresh.current())


def test_a_document_that_fails_is_reported_and_what_was_there_stays(library: Library) -> None:
    library.update([LETTER, PERMIT])
    report = library.update([("letter", "letter.txt: is binary"), ("new", "new.txt: is empty")], remove=lambda _: True)
    assert report.failed == {"letter": "letter.txt: is binary", "new": "new.txt: is empty"}
    assert report.removed == ["permit"]
    assert texts(library.current()) == {"letter": LETTER.text}


def test_documents_not_given_stay(library: Library) -> None:
    library.update([LETTER])
    library.update([PERMIT])
    assert list(library.current().documents) == ["letter", "permit"]


def test_two_files_with_one_id_are_an_error_that_names_both(library: Library) -> None:
    library.update([LETTER])
    report = library.update([text_document("letter", "Another letter.", origin="/other")])
    assert "/letters" in report.failed["letter"]
    assert "/other" in report.failed["letter"]
    assert texts(library.current()) == {"letter": LETTER.text}


def test_two_files_with_one_id_in_one_update_are_an_error(library: Library) -> None:
    report = library.update([LETTER, text_document("letter", "Another letter.", origin="/other")])
    assert list(report.failed) == ["letter"]
    assert texts(library.current()) == {"letter": LETTER.text}


def test_prune_removes_only_what_came_from_that_path(tmp_path: Path, run: Run) -> None:
    place = str(tmp_path / "index")
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for file in ("kept", "gone"):
            (tmp_path / name / f"{name}-{file}.txt").write_text(f"The letter {file} of {name} costs three euros.\n")
    assert run("ingest", str(tmp_path / "a"), str(tmp_path / "b"), "--index", place)[0] == 0
    (tmp_path / "a" / "a-gone.txt").unlink()
    (tmp_path / "b" / "b-gone.txt").unlink()
    assert json.loads(run("ingest", str(tmp_path / "a"), "--index", place, "--json")[1])["removed"] == []
    report = json.loads(run("ingest", str(tmp_path / "a"), "--prune", "--index", place, "--json")[1])
    assert report["removed"] == ["a-gone"]
    assert list(Library(backend(place), FakeEmbedder("multilingual-e5-small/int8")).current().documents) == [
        "a-kept",
        "b-gone",
        "b-kept",
    ]


class Failing(FakeEmbedder):
    """Breaks at its second batch."""

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        if self.embedded:
            raise RuntimeError("out of memory")
        return super().embed(texts, query=query)


def test_an_update_that_breaks_midway_leaves_the_old_index_serving(library: Library) -> None:
    library.update([LETTER])
    with pytest.raises(StoreError, match="nothing was changed"):
        reopened(library, Failing()).update([PERMIT])
    assert texts(library.current()) == texts(reopened(library).current()) == {"letter": LETTER.text}
    assert len(builds(library)) == 1
    library.update([PERMIT])
    assert list(library.current().documents) == ["letter", "permit"]


def doomed(place: str, moment: str) -> None:
    """What the killed process runs: an update that ends, or hangs, at a moment."""

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    class Stopping(FakeEmbedder):
        def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
            if moment == "hanging":
                print("writing", flush=True)
                time.sleep(60)
            if moment == "embedding" and self.embedded:
                die()
            return super().embed(texts, query=query)

    if moment == "before the pointer is replaced":
        Path.replace = die  # type: ignore[assignment, method-assign]
    if moment == "while old builds are removed":
        shutil.rmtree = die  # type: ignore[assignment]
    Library(backend(place), Stopping()).update([PERMIT], progress=die if moment == "after writing" else lambda *_: None)


def start(library: Library, moment: str) -> subprocess.Popen[str]:
    script = "import sys, test_index; test_index.doomed(*sys.argv[1:])"
    command = [sys.executable, "-c", script, library.backend.location, moment]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("moment", ["embedding", "after writing", "before the pointer is replaced"])
def test_a_writer_that_is_killed_leaves_the_old_index_serving(library: Library, moment: str) -> None:
    library.update([LETTER])
    assert start(library, moment).wait(60) == -signal.SIGKILL
    assert texts(library.current()) == texts(reopened(library).current()) == {"letter": LETTER.text}
    reopened(library).update([PERMIT])
    assert list(library.current().documents) == ["letter", "permit"]
    assert len(builds(library)) <= KEPT_BUILDS


def test_a_writer_that_is_killed_after_the_swap_has_done_its_work(library: Library) -> None:
    library.update([LETTER])
    library.update([text_document("third", "A third letter.")])
    assert start(library, "while old builds are removed").wait(60) == -signal.SIGKILL
    assert list(library.current().documents) == ["letter", "permit", "third"]
    library.update([text_document("fourth", "A fourth letter.")])
    assert len(builds(library)) <= KEPT_BUILDS


def test_a_second_writer_is_told_so(library: Library) -> None:
    library.update([LETTER])
    first = start(library, "hanging")
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "writing\n"
        with pytest.raises(StoreError, match="another process is writing this index; try again"):
            library.update([PERMIT])
        assert list(reopened(library).current().documents) == ["letter"]
    finally:
        first.kill()
        first.wait()
    library.update([PERMIT])
    assert list(library.current().documents) == ["letter", "permit"]


def test_two_threads_do_not_write_at_once(library: Library) -> None:
    with library.backend.lock(), pytest.raises(StoreError, match="try again"):
        reopened(library).update([LETTER])


def test_readers_see_the_old_or_the_new_and_the_new_after_the_swap(library: Library) -> None:
    versions = [text_document("letter", f"Version {n} of the letter. It has {n} pages.") for n in range(4)]
    library.update(versions[:1])
    reader = reopened(library)
    seen, faults, stop = [reader.current()], [], threading.Event()

    def read() -> None:
        try:
            while not stop.is_set():
                index = reader.current()
                if index is not seen[-1]:
                    seen.append(index)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number, version in enumerate(versions[1:], 1):
        library.update([version])
        deadline = time.monotonic() + 10
        while seen[-1].documents["letter"] != version and not faults and time.monotonic() < deadline:
            time.sleep(0.01)
        assert seen[-1].documents["letter"].text.startswith(f"Version {number}")
    stop.set()
    for thread in threads:
        thread.join()
    assert not faults
    for index in seen:
        assert [p.text for p in index.passages] == [index.documents["letter"].text]


def test_old_builds_are_removed(library: Library) -> None:
    for number in range(KEPT_BUILDS + 3):
        library.update([text_document("letter", f"Version {number}.")])
    assert len(builds(library)) == KEPT_BUILDS
    assert library.current().build in builds(library)


def test_another_embedder_is_named_with_what_to_run_and_rebuilding_mends_it(library: Library) -> None:
    library.update([LETTER])
    other = reopened(library, FakeEmbedder("other", dimensions=128))
    with pytest.raises(StoreError, match=r"embedder was 'fake', is 'other'.*assistant ingest --rebuild --index"):
        other.current()
    with pytest.raises(StoreError, match="--rebuild"):
        other.update([PERMIT])
    report = other.update([], rebuild=True)
    assert report.changed == ["letter"]
    assert other.current().vectors.shape == (1, 128)


def test_another_chunking_is_named_and_rebuilding_mends_it(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    long = text_document("long", "".join(f"Sentence number {n} says a little more than nothing.\n" for n in range(12)))
    library.update([long])
    monkeypatch.setattr(chunking, "VERSION", "next")
    monkeypatch.setattr(chunking, "PASSAGE_CHARACTERS", 100)
    newer = reopened(library)
    with pytest.raises(StoreError, match=r"chunking was '.*', is 'next'.*--rebuild"):
        newer.current()
    newer.update([], rebuild=True)
    assert len(newer.current().passages) > 5


def test_rebuild_from_the_command_line_mends_an_index_of_another_model(library: Library, run: Run) -> None:
    library.update([LETTER])
    place = library.backend.location
    code, out, err = run("search", "appeal", "--index", place)
    assert (code, out) == (1, "")
    assert "embedder was 'fake'" in err
    assert run("ingest", "--rebuild", "--index", place)[0] == 0
    assert "letter#text" in run("search", "appeal", "--index", place)[1]


def test_an_index_that_was_never_built_says_how_to_build_it(library: Library) -> None:
    with pytest.raises(StoreError, match="there is no index yet; run 'assistant ingest"):
        library.current()
    assert not Path(library.backend.location).exists()


POINTERS = ["", "null", "[]", "{}", '{"build": ', '{"build": 5, "fingerprint": {}}', '{"build": "gone"}', "\0\0\0"]


@pytest.mark.parametrize("pointer", [*POINTERS, '{"build": "gone", "fingerprint": {}}'])
def test_a_damaged_pointer_is_a_store_error_that_names_the_folder(library: Library, pointer: str) -> None:
    library.update([LETTER])
    (Path(library.backend.location) / "current.json").write_text(pointer)
    for use in (lambda: reopened(library).current(), lambda: reopened(library).update([PERMIT])):
        with pytest.raises(StoreError) as caught:
            use()
        assert library.backend.location in str(caught.value)
        assert "\n" not in str(caught.value)


def copied(library: Library, to: Path) -> Path:
    """The index elsewhere: Chroma keeps a folder that it has opened open."""
    shutil.copytree(library.backend.location, to)
    return to


@pytest.mark.parametrize("damage", ["column cut short", "column missing", "list of columns overwritten", "build missing", "builds missing"])
def test_a_damaged_build_is_a_store_error_that_names_the_folder(library: Library, tmp_path: Path, damage: str) -> None:
    library.update([LETTER])
    place = copied(library, tmp_path / "copy")
    build = place / "builds" / library.current().build
    if damage == "column cut short":
        (build / "view" / "vectors.bin").write_bytes(b"short")
    elif damage == "column missing":
        (build / "view" / "documents.bin").unlink()
    elif damage == "list of columns overwritten":
        (build / "view" / "view.json").write_bytes(b"not a list" * 1000)
    else:
        shutil.rmtree(build if damage == "build missing" else place / "builds")
    with pytest.raises(StoreError) as caught:
        Library(Folder(place), FakeEmbedder()).current()
    assert str(place) in str(caught.value)
    assert "ingest again" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_moves_with_its_index(library: Library, tmp_path: Path) -> None:
    library.update([LETTER])
    assert digest(Library(Folder(copied(library, tmp_path / "copy")), FakeEmbedder()).current()) == digest(library.current())


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    place = tmp_path / "notes.txt"
    place.write_text("my notes")
    for folder in (place, place / "below"):
        library = Library(backend(str(folder)), FakeEmbedder())
        for use in (library.current, lambda library=library: library.update([LETTER])):
            with pytest.raises(StoreError) as caught:
                use()
            assert str(folder) in str(caught.value)
            assert "--index" in str(caught.value)
    assert place.read_text() == "my notes"


def test_documents_of_any_script_and_size_come_back_as_they_were(library: Library) -> None:
    odd: list[Document] = [
        text_document("arabic", "تكلفة الدورة مئة يورو. المكتب في بروكسل."),
        text_document("emoji", "Le cours 🇧🇪 coûte 180 €.\u2028Fin."),
        text_document("long", "The rule says this and that. " * 3_000),
    ]
    library.update(odd)
    assert list(reopened(library).current().documents.values()) == sorted(odd, key=lambda d: d.id)


def small_corpus(root: Path, fee: str) -> corpus.Corpus:
    front = "---\nid: fees/federal.en\ntitle: Fees\ntopic: fees\nauthority: federal\nlanguage: en\nreviewed: 2026-05-01\n---\n"
    (root / "fees").mkdir(parents=True, exist_ok=True)
    (root / "fees" / "federal.en.md").write_text(
        f"{front}\n# Fees\n\n## What is the fee? <!-- {{#fee}} -->\n\nThe fee is {fee}.\n"
    )
    return corpus.load(root)


def test_a_new_corpus_takes_the_place_of_the_old_and_ingested_documents_stay(library: Library, tmp_path: Path) -> None:
    old = small_corpus(tmp_path / "corpus", "€150")
    library.update([], corpus=old)
    library.update([LETTER])
    assert library.current().fingerprint["corpus"] == old.version
    report = library.update([], corpus=small_corpus(tmp_path / "corpus", "€1,000"))
    assert report.changed == ["fees/federal.en"]
    assert set(library.current().documents) == {"fees/federal.en", "letter"}
    assert "€1,000" in library.current().documents["fees/federal.en"].text
    clash = library.update([text_document("fees/federal.en", "My own fees.")])
    assert list(clash.failed) == ["fees/federal.en"]
    (tmp_path / "corpus" / "fees" / "federal.en.md").unlink()
    assert library.update([], corpus=corpus.load(tmp_path / "corpus")).removed == ["fees/federal.en"]


def test_a_damaged_pointer_of_the_default_index_is_a_store_error(tmp_path: Path) -> None:
    small_corpus(tmp_path / "corpus", "€150")
    one = Assistant(Settings(tmp_path / "home", tmp_path / "corpus"), FakeEmbedder())
    one.prepare()
    assert list(one.library.current().documents) == ["fees/federal.en"]
    (tmp_path / "home" / "index" / "current.json").write_text('{"build": "gone"}')
    with pytest.raises(StoreError, match="index"):
        Assistant(Settings(tmp_path / "home", tmp_path / "corpus"), FakeEmbedder()).prepare()


def test_reading_an_index_needs_no_chroma(library: Library) -> None:
    library.update([LETTER])
    script = (
        "import sys, test_index as t; index = t.Library(t.backend(sys.argv[1]), t.FakeEmbedder()).current();"
        "assert index.passages[0].text and len(index.vectors); print('chromadb' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script, library.backend.location], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_chroma_holds_the_vectors_of_the_passages(library: Library) -> None:
    library.update([LETTER, PERMIT])
    index = library.current()
    ids = [p.id for p in index.passages]
    np.testing.assert_allclose(library.backend.vectors(index.build, ids[::-1]), index.vectors[::-1], atol=1e-6)
    found, cosines = library.backend.search(index.build, index.vectors[1], 2)
    assert found[0] == ids[1]
    assert cosines[0] == pytest.approx(1, abs=1e-5)


def test_an_update_that_was_interrupted_goes_on_where_it_stopped(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "SLICE", 1)

    class Interrupted(FakeEmbedder):
        def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
            if len(self.embedded) > 5:
                raise KeyboardInterrupt
            return super().embed(texts, query=query)

    letters = [text_document(f"letter-{n}", f"Letter {n} says this. It has {n} pages.") for n in range(6)]
    with pytest.raises(KeyboardInterrupt):
        reopened(library, Interrupted()).update(letters)
    later = FakeEmbedder()
    report = reopened(library, later).update(letters)
    assert 0 < report.embedded < 6
    assert not [text for text in later.embedded if "Letter 0" in text]
    undisturbed = Library(backend(f"{library.backend.location}-2"), FakeEmbedder())
    undisturbed.update(letters)
    assert digest(library.current()) == digest(undisturbed.current())
    assert not list(library.backend.workspace.iterdir())


def test_codes_keep_the_direction_of_a_sentence() -> None:
    rng = np.random.default_rng(1)
    passages = rng.standard_normal((200, 384)).astype(np.float32)
    passages /= np.linalg.norm(passages, axis=1, keepdims=True)
    sentences = passages + rng.standard_normal((200, 384)).astype(np.float32) / 30
    sentences /= np.linalg.norm(sentences, axis=1, keepdims=True)
    query = sentences[7]
    made, scales = codes.code(sentences, passages)
    assert made.nbytes + scales.nbytes == 200 * 100
    about = codes.cosines(made, scales, passages @ query, query)
    assert np.abs(about - sentences @ query).max() < 0.05
    assert about.argmax() == 7


def test_a_large_index_is_searched_by_its_store_and_finds_the_same(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = [text_document(f"letter-{n}", f"Letter {n} is about subject {n}. It costs {n} euros.") for n in range(30)]
    library.update(letters)
    small = library.current()
    monkeypatch.setattr(view, "EXACT", 20)
    other = Library(backend(f"{library.backend.location}-large"), FakeEmbedder())
    other.update(letters)
    large = other.current()
    assert (small.exact, large.exact) == (True, False)
    vector = FakeEmbedder().embed(["a question"])[0]
    monkeypatch.setattr(retrieval, "FEW", 5)
    for n in (3, 17):
        text = f"What does letter {n} cost?"
        best = [retrieval.Retriever(i).search(i.vectors_of([n])[0] + vector / 2, text, "en", catalogue.Filters(), k=3) for i in (small, large)]
        assert best[0][0].document == best[1][0].document
        assert best[0][0].dense == pytest.approx(best[1][0].dense, abs=1e-4)
    named = catalogue.Filters(documents=("letter-4", "letter-9"))
    assert {f.document.id for f in retrieval.Retriever(large).search(vector, "pages?", "en", named)} == {"letter-4", "letter-9"}
    rows = np.concatenate([small.sentence_cosines(r, vector) for r in range(30)]), np.concatenate([large.sentence_cosines(r, vector) for r in range(30)])
    assert np.corrcoef(*rows)[0, 1] > 0.9


def test_an_index_that_grows_large_keeps_its_vectors_and_one_that_shrinks_is_whole_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "EXACT", 1)
    library.update([LETTER])
    whole = digest(library.current())
    grown = FakeEmbedder()
    assert reopened(library, grown).update([PERMIT]).embedded == 1
    assert not [text for text in grown.embedded if "appeal" in text]
    assert not library.current().exact
    assert reopened(library, grown).update([text_document("third", "A third letter.")]).embedded == 1
    library.update([], remove=lambda d: d.id != "letter")
    assert digest(library.current()) == whole


def test_an_index_of_an_older_format_is_rebuilt_with_its_documents(library: Library) -> None:
    folder = library.backend
    assert isinstance(folder, Folder)
    folder.create("0001-old")
    plain = json.dumps(asdict(LETTER), default=str)
    payload = base64.b64encode(zlib.compress(plain.encode())).decode()
    documents = folder.client("0001-old").create_collection("documents-0001-old", embedding_function=None)
    documents.upsert(ids=["letter"], embeddings=[[1.0]], metadatas=[{"payload": payload}])
    folder.swap({"build": "0001-old", "fingerprint": {**library.fingerprint(), "format": "2"}})
    with pytest.raises(StoreError, match=r"format was '2'.*--rebuild"):
        library.current()
    library.update([], rebuild=True)
    assert dict(library.current().documents) == {"letter": LETTER}
