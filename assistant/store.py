"""Where builds of an index live: a folder, or a Chroma server. The only importer of chromadb.

A build is written aside and never changed afterwards; a pointer names the current one and is replaced in
one step, so a reader sees the old build or the new, never a mixture, and a crash leaves the old one.
A build is a Chroma collection of passage vectors, and a view (`view.py`): files that readers map into memory.
In a folder each build is a Chroma directory of its own, because several processes in one directory
corrupt it. On a server the view's files are records of a second collection, and each machine keeps a copy of them.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .errors import AssistantError, StoreError

PAGE = 2_000
KEPT_BUILDS = 2
_POINTER = "current.json"
# Searching looks at so many neighbours of neighbours at least (Chroma's default is 100), for a recall of about 0.99.
HNSW = {"hnsw": {"space": "cosine", "ef_search": 400}}


def chroma_settings() -> Any:
    """Chroma's settings: nothing phones home."""
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)


class Backend(Protocol):
    """The folder or server under an index."""

    location: str

    def pointer(self) -> dict[str, Any] | None:
        """The record of the current build, or None if nothing was ever built."""
        ...

    def stamp(self) -> object:
        """Something cheap that changes when the pointer does."""
        ...

    @property
    def workspace(self) -> Path:
        """A folder of this machine for what an unfinished update puts aside."""
        ...

    def create(self, build: str) -> Path:
        """Begin a build; the folder into which its view is to be written."""
        ...

    def add(self, build: str, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Write vectors of passages, whose ids are hexadecimal."""
        ...

    def publish(self, build: str) -> None:
        """The view is written: bring it where all readers find it."""
        ...

    def view(self, build: str) -> Path:
        """The folder of a build's view, on this machine."""
        ...

    def search(self, build: str, vector: NDArray[np.float32], k: int) -> tuple[list[str], NDArray[np.float32]]:
        """The ids of the (about) nearest passages, and their cosines, best first."""
        ...

    def vectors(self, build: str, ids: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of passages, in the order of `ids`."""
        ...

    def documents_before_3(self, build: str) -> list[str]:
        """The packed documents of a build of format 1 or 2."""
        ...

    def swap(self, pointer: dict[str, Any]) -> None:
        """Make another build the current one, in one step, and drop old builds."""
        ...

    def discard(self, build: str) -> None:
        """Drop an unfinished build."""
        ...

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the right to write; raises StoreError at once if another process has it."""
        ...


def backend(location: str) -> Backend:
    """The backend for a folder path or an `http(s)://host:port` URL."""
    if "://" in location:
        from .store_server import Server

        return Server(location)
    return Folder(Path(location).expanduser())


def new_build() -> str:
    """A name for a build that sorts by time."""
    return f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"


def _short(id: str) -> str:
    """A hexadecimal id in fewer letters: Chroma keeps each id three times."""
    return base64.urlsafe_b64encode(bytes.fromhex(id)).decode()


class Collections:
    """What folder and server share: the collection of a build's passages."""

    location: str

    def __init__(self) -> None:
        self.opened: dict[str, Any] = {}

    def client(self, build: str) -> Any:
        """A Chroma client on which the collections of `build` are."""
        raise NotImplementedError

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Turns what Chroma raises into an error of ours."""
        yield

    def _passages(self, build: str) -> Any:
        """The collection, opened once; only the newest builds stay open."""
        if build not in self.opened:
            with self.answering():
                found = self.client(build).get_collection(f"passages-{build}", embedding_function=None)
            self.opened = dict(sorted(self.opened.items())[-(KEPT_BUILDS - 1) :]) | {build: found}
        return self.opened[build]

    def add(self, build: str, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """See Backend."""
        self._passages(build).upsert(ids=[_short(id) for id in ids], embeddings=vectors)

    def search(self, build: str, vector: NDArray[np.float32], k: int) -> tuple[list[str], NDArray[np.float32]]:
        """See Backend."""
        with self.answering():
            found = self._passages(build).query(query_embeddings=[vector], n_results=k, include=["distances"])
        ids = [base64.urlsafe_b64decode(id).hex() for id in found["ids"][0]]
        return ids, 1 - np.array(found["distances"][0], dtype=np.float32)

    def vectors(self, build: str, ids: Sequence[str]) -> NDArray[np.float32]:
        """See Backend."""
        short = [_short(id) for id in ids]
        known: dict[str, Any] = {}
        for at in range(0, len(short), PAGE):
            with self.answering():
                found = self._passages(build).get(ids=short[at : at + PAGE], include=["embeddings"])
            known.update(zip(found["ids"], found["embeddings"], strict=True))
        if len(known) != len(set(short)):
            raise StoreError(f"{self.location}: {len(known)} of {len(set(short))} vectors came back; move the index away and ingest again")
        return np.array([known[id] for id in short], dtype=np.float32)

    def documents_before_3(self, build: str) -> list[str]:
        """See Backend."""
        with self.answering():
            collection = self.client(build).get_collection(f"documents-{build}", embedding_function=None)
            pages = [collection.get(limit=PAGE, offset=at, include=["metadatas"]) for at in range(0, collection.count(), PAGE)]
        return [str(m["payload"]) for page in pages for m in page["metadatas"]]


class Folder(Collections):
    """Builds in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self.location = str(root)

    def pointer(self) -> dict[str, Any] | None:
        """See Backend."""
        try:
            found = json.loads((self.root / _POINTER).read_text(encoding="utf-8"))
            return sound(found)
        except FileNotFoundError:
            if self.root.is_file():
                raise StoreError(f"{self.root}: is a file, not an index folder; name another with --index") from None
            return None
        except NotADirectoryError:
            raise StoreError(f"{self.root}: is no folder; name another with --index") from None
        except (OSError, ValueError) as error:
            raise StoreError(
                f"{self.root}: the index is damaged ({brief(error)}); move the folder away and ingest again"
            ) from error

    def stamp(self) -> object:
        """See Backend."""
        try:
            status = (self.root / _POINTER).stat()
        except OSError:
            return None
        return (status.st_mtime_ns, status.st_ino)

    @property
    def workspace(self) -> Path:
        """See Backend."""
        return self.root / "work"

    def client(self, build: str) -> Any:
        """See Collections. Makes no folder: a build that is gone stays gone."""
        import chromadb

        if not self._build(build).is_dir():
            raise FileNotFoundError(f"the build {build} is missing")
        return chromadb.PersistentClient(path=str(self.root / "builds" / build), settings=chroma_settings())

    @contextmanager
    def answering(self) -> Iterator[None]:
        """See Collections."""
        try:
            yield
        except AssistantError:
            raise
        except Exception as error:  # Chroma raises errors of its own and of its Rust core
            raise StoreError(
                f"{self.root}: cannot open the index ({brief(error)}); check the folder's rights, or move it "
                "away and ingest again"
            ) from error

    def create(self, build: str) -> Path:
        """See Backend."""
        self._build(build).mkdir(parents=True, exist_ok=True)
        self.opened[build] = self.client(build).create_collection(f"passages-{build}", embedding_function=None, configuration=HNSW)
        return self.view(build)

    def publish(self, build: str) -> None:
        """See Backend. It is where readers find it."""

    def view(self, build: str) -> Path:
        """See Backend."""
        return self._build(build) / "view"

    def _build(self, build: str) -> Path:
        return self.root / "builds" / build

    def swap(self, pointer: dict[str, Any]) -> None:
        """See Backend."""
        aside = self.root / f"{_POINTER}.{os.getpid()}.tmp"
        try:
            with aside.open("w", encoding="utf-8") as out:
                json.dump(pointer, out, ensure_ascii=False)
                out.flush()
                os.fsync(out.fileno())
            aside.replace(self.root / _POINTER)
        finally:
            aside.unlink(missing_ok=True)
        builds = sorted(p.name for p in (self.root / "builds").iterdir())
        for name in builds[: builds.index(pointer["build"])][: -(KEPT_BUILDS - 1)]:
            self.discard(name)

    def discard(self, build: str) -> None:
        """See Backend."""
        self.opened.pop(build, None)
        shutil.rmtree(self._build(build), ignore_errors=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """See Backend."""
        from filelock import FileLock, Timeout

        try:
            self.root.mkdir(parents=True, exist_ok=True)
            held = FileLock(str(self.root / "lock"), timeout=0)
            held.acquire()
        except Timeout:
            raise StoreError(
                f"{self.root}: another process is writing this index; try again when it has finished"
            ) from None
        except OSError as error:
            raise StoreError(f"{self.root}: cannot be written ({error.strerror}); name another with --index") from error
        try:
            for left in self.root.glob(f"{_POINTER}.*.tmp"):  # of a swap that was killed
                left.unlink(missing_ok=True)
            current = (self.pointer() or {}).get("build", "")
            if (self.root / "builds").is_dir():
                for left in (self.root / "builds").iterdir():
                    if left.name > current:  # a build that was never finished
                        self.discard(left.name)
            yield
        finally:
            held.release()


def sound(pointer: Any) -> dict[str, Any]:
    """The pointer, if it is one. Raises ValueError."""
    if not isinstance(pointer, dict) or not isinstance(pointer.get("build"), str):
        raise ValueError("its pointer names no build")
    if not isinstance(pointer.get("fingerprint"), dict) or not re.fullmatch(r"[\w-]+", pointer["build"]):
        raise ValueError("its pointer is malformed")
    return pointer


def brief(error: Exception) -> str:
    """An error in one line."""
    return " ".join(str(error).split())[:160] or type(error).__name__
