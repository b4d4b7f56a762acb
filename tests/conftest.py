"""Fixtures of all tests: a fast embedder, an index in a temporary folder, and one assistant on the real corpus."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import assistant as _first  # isort: skip  # noqa: F401 - it keeps NumPy's threads few
import numpy as np
import pytest
from browsing import browser, chromium, outside, served, tab

from assistant import documents
from assistant.embedding import Vectors
from assistant.index import Library
from assistant.pipeline import Assistant
from assistant.records import Document
from assistant.store import backend

__all__ = ["browser", "chromium", "outside", "served", "tab"]

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # app.py and evals are tested where they stand


class FakeEmbedder:
    """Unit vectors from a hash of the text; counts what it was given."""

    def __init__(self, name: str = "fake", dimensions: int = 384) -> None:
        self.name, self.dimensions = name, dimensions
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        self.embedded.extend(texts)
        out = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            seed = hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8]
            out[row] = np.random.default_rng(int.from_bytes(seed)).standard_normal(self.dimensions)
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)


def text_document(id: str, text: str, origin: str = "/letters") -> Document:
    """A plain-text document as `ingest` would read it from a file under `origin`."""
    return documents.build(documents.Shown(text, "plain"), id, f"{id}.txt", text.encode(), origin)


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """ASSISTANT_HOME for the whole session, also of subprocesses: no test touches the user's own index."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSISTANT_HOME", str(folder))
        for name in ("ASSISTANT_INDEX", "ASSISTANT_CORPUS", "OPENAI_API_KEY", "GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT"):
            patch.delenv(name, raising=False)
        for name in ("ENGINE", "LLM", "LLM_KEY", "LLM_TIMEOUT", "LLM_CONTEXT", "CONFIG"):
            patch.delenv(f"ASSISTANT_{name}", raising=False)
        for name in ("no_proxy", "NO_PROXY"):
            patch.setenv(name, "127.0.0.1,localhost")
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "tests")]))
        yield folder


@pytest.fixture(scope="session")
def assistant(home: Path) -> Assistant:
    """The assistant on the default index, ready to answer from the shipped corpus."""
    made = Assistant()
    made.prepare()
    return made


@pytest.fixture
def fake_embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def library(tmp_path: Path, fake_embedder: FakeEmbedder) -> Library:
    """A library on an index folder that does not exist yet, with the fake embedder."""
    return Library(backend(str(tmp_path / "index")), fake_embedder)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`run("ask", "…")` → exit code, stdout, stderr of the command line, in this process."""
    from assistant import cli

    def call(*argv: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(list(argv))
        out, err = capsys.readouterr()
        return code, out, err

    return call
