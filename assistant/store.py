"""Where builds of an index live: a folder, or a Chroma server. The only importer of chromadb.

A build is written aside and never changed afterwards; a pointer names the current one and is replaced in
one step, so a reader sees the old build or the new, never a mixture, and a crash leaves the old one.
A build is a Chroma collection of passage vectors, and a view (`view.py`): files that readers map into memory.
In a folder each build is a Chroma directory of its own, because several processes in one directory
corrupt it. On a server the view's files are records of a second collection, and each machine keeps a copy of them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import time
import uuid
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from . import settings
from .errors import AssistantError, ServiceError, StoreError, UsageError

PAGE = 2_000
KEPT_BUILDS = 2
STALE_LOCK_SECONDS = 900
_POINTER = "current.json"
_STATE, _LOCK = "assistant-state", "assistant-lock"
# Searching looks at so many neighbours of neighbours at least (Chroma's default is 100), for a recall of about 0.99.
_HNSW = {"hnsw": {"space": "cosine", "ef_search": 400}}
_CHUNK = 500_000  # bytes of a view's file in one record of a server


def _settings() -> Any:
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
        return Server(location)
    return Folder(Path(location).expanduser())


def new_build() -> str:
    """A name for a build that sorts by time."""
    return f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"


def _short(id: str) -> str:
    """A hexadecimal id in fewer letters: Chroma keeps each id three times."""
    return base64.urlsafe_b64encode(bytes.fromhex(id)).decode()


class _Collections:
    """What folder and server share: the collection of a build's passages."""

    location: str

    def __init__(self) -> None:
        self._open: dict[str, Any] = {}

    def client(self, build: str) -> Any:
        """A Chroma client on which the collections of `build` are."""
        raise NotImplementedError

    @contextmanager
    def _answering(self) -> Iterator[None]:
        yield

    def _passages(self, build: str) -> Any:
        """The collection, opened once; only the newest builds stay open."""
        if build not in self._open:
            with self._answering():
                found = self.client(build).get_collection(f"passages-{build}", embedding_function=None)
            self._open = dict(sorted(self._open.items())[-(KEPT_BUILDS - 1) :]) | {build: found}
        return self._open[build]

    def add(self, build: str, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """See Backend."""
        self._passages(build).upsert(ids=[_short(id) for id in ids], embeddings=vectors)

    def search(self, build: str, vector: NDArray[np.float32], k: int) -> tuple[list[str], NDArray[np.float32]]:
        """See Backend."""
        with self._answering():
            found = self._passages(build).query(query_embeddings=[vector], n_results=k, include=["distances"])
        ids = [base64.urlsafe_b64decode(id).hex() for id in found["ids"][0]]
        return ids, 1 - np.array(found["distances"][0], dtype=np.float32)

    def vectors(self, build: str, ids: Sequence[str]) -> NDArray[np.float32]:
        """See Backend."""
        short = [_short(id) for id in ids]
        known: dict[str, Any] = {}
        for at in range(0, len(short), PAGE):
            with self._answering():
                found = self._passages(build).get(ids=short[at : at + PAGE], include=["embeddings"])
            known.update(zip(found["ids"], found["embeddings"], strict=True))
        if len(known) != len(set(short)):
            raise StoreError(f"{self.location}: {len(known)} of {len(set(short))} vectors came back; move the index away and ingest again")
        return np.array([known[id] for id in short], dtype=np.float32)

    def documents_before_3(self, build: str) -> list[str]:
        """See Backend."""
        with self._answering():
            collection = self.client(build).get_collection(f"documents-{build}", embedding_function=None)
            pages = [collection.get(limit=PAGE, offset=at, include=["metadatas"]) for at in range(0, collection.count(), PAGE)]
        return [str(m["payload"]) for page in pages for m in page["metadatas"]]


class Folder(_Collections):
    """Builds in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self.location = str(root)

    def pointer(self) -> dict[str, Any] | None:
        """See Backend."""
        try:
            found = json.loads((self.root / _POINTER).read_text(encoding="utf-8"))
            return _sound(found)
        except FileNotFoundError:
            if self.root.is_file():
                raise StoreError(f"{self.root}: is a file, not an index folder; name another with --index") from None
            return None
        except NotADirectoryError:
            raise StoreError(f"{self.root}: is no folder; name another with --index") from None
        except (OSError, ValueError) as error:
            raise StoreError(
                f"{self.root}: the index is damaged ({_brief(error)}); move the folder away and ingest again"
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
        """See _Collections. Makes no folder: a build that is gone stays gone."""
        import chromadb

        if not self._build(build).is_dir():
            raise FileNotFoundError(f"the build {build} is missing")
        return chromadb.PersistentClient(path=str(self.root / "builds" / build), settings=_settings())

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except AssistantError:
            raise
        except Exception as error:  # Chroma raises errors of its own and of its Rust core
            raise StoreError(
                f"{self.root}: cannot open the index ({_brief(error)}); check the folder's rights, or move it "
                "away and ingest again"
            ) from error

    def create(self, build: str) -> Path:
        """See Backend."""
        with self._answering():
            self._build(build).mkdir(parents=True, exist_ok=True)
            self._open[build] = self.client(build).create_collection(f"passages-{build}", embedding_function=None, configuration=_HNSW)
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
        with aside.open("w", encoding="utf-8") as out:
            json.dump(pointer, out, ensure_ascii=False)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(self.root / _POINTER)
        builds = sorted(p.name for p in (self.root / "builds").iterdir())
        for name in builds[: builds.index(pointer["build"])][: -(KEPT_BUILDS - 1)]:
            self.discard(name)

    def discard(self, build: str) -> None:
        """See Backend."""
        self._open.pop(build, None)
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
            current = (self.pointer() or {}).get("build", "")
            if (self.root / "builds").is_dir():
                for left in (self.root / "builds").iterdir():
                    if left.name > current:  # a build that was never finished
                        self.discard(left.name)
            yield
        finally:
            held.release()


class Server(_Collections):
    """Builds on a Chroma server."""

    def __init__(self, url: str) -> None:
        match = re.fullmatch(r"(https?)://([^/:@\s]+|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?/?", url)
        if not match:
            raise UsageError(f"--index {url}: is no address of a Chroma server; write http://host:port")
        super().__init__()
        self.location = url
        self._ssl = match.group(1) == "https"
        self._host = match.group(2)
        self._port = int(match.group(3) or (443 if self._ssl else 8000))
        if not 0 < self._port < 65_536:
            raise UsageError(f"--index {url}: port {self._port} does not exist; write http://host:port")
        self._folder = settings.home() / "servers" / hashlib.sha256(f"{self._host}:{self._port}".encode()).hexdigest()[:16]
        self._client: Any = None
        self._checked = 0.0
        self._stamp: object = None

    @property
    def workspace(self) -> Path:
        """See Backend."""
        return self._folder / "work"

    def client(self, build: str = "") -> Any:
        """See _Collections."""
        import chromadb

        if self._client is None:
            with self._answering():
                self._client = chromadb.HttpClient(
                    host=self._host, port=self._port, ssl=self._ssl, settings=_settings()
                )
        return self._client

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except AssistantError:
            raise
        except Exception as error:
            raise ServiceError(
                f"{self.location}: the Chroma server does not answer ({_brief(error)}); start it or check the address"
            ) from error

    def create(self, build: str) -> Path:
        """See Backend."""
        with self._answering():
            self._open[build] = self.client().create_collection(f"passages-{build}", embedding_function=None, configuration=_HNSW)
        return self._copy(build)

    def add(self, build: str, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """See Backend."""
        with self._answering():
            super().add(build, ids, vectors)

    def _copy(self, build: str) -> Path:
        return self._folder / build

    def publish(self, build: str) -> None:
        """See Backend. Each file becomes records of at most `_CHUNK` bytes; the last record tells how many there are of each."""
        with self._answering():
            collection = self.client().create_collection(f"view-{build}", embedding_function=None)
            parts: dict[str, int] = {}
            for path in sorted(self._copy(build).iterdir()):
                with path.open("rb") as file:
                    parts[path.name] = 0
                    while data := file.read(_CHUNK):
                        self._put(collection, f"{path.name}/{parts[path.name]}", zlib.compress(data, 6))
                        parts[path.name] += 1
            self._put(collection, "parts", json.dumps(parts).encode())

    @staticmethod
    def _put(collection: Any, id: str, data: bytes) -> None:
        collection.upsert(ids=[id], embeddings=[[1.0]], metadatas=[{"data": base64.b64encode(data).decode()}])

    def view(self, build: str) -> Path:
        """See Backend. Fetched once; builds that are no longer kept go."""
        place = self._copy(build)
        if not place.is_dir():
            with self._answering():
                collection = self.client().get_collection(f"view-{build}", embedding_function=None)
                parts = json.loads(self._take(collection, "parts"))
                aside = self._folder / f"{build}.{os.getpid()}.tmp"
                aside.mkdir(parents=True, exist_ok=True)
                try:
                    for name, count in parts.items():
                        with (aside / name).open("wb") as file:
                            for part in range(count):
                                file.write(zlib.decompress(self._take(collection, f"{name}/{part}")))
                    if not place.is_dir():
                        aside.rename(place)
                finally:
                    shutil.rmtree(aside, ignore_errors=True)
        for old in sorted(p for p in self._folder.iterdir() if p.name != "work" and p.name < build)[: -(KEPT_BUILDS - 1)]:
            shutil.rmtree(old, ignore_errors=True)
        return place

    @staticmethod
    def _take(collection: Any, id: str) -> bytes:
        found = collection.get(ids=[id], include=["metadatas"])["metadatas"]
        if not found:
            raise ValueError(f"the record {id} of the view is missing")
        return base64.b64decode(found[0]["data"])

    def pointer(self) -> dict[str, Any] | None:
        """See Backend."""
        client = self.client()
        with self._answering():
            if not self._has(_STATE):
                return None
            found = client.get_collection(_STATE, embedding_function=None).get(ids=["current"])
        if not found["metadatas"]:
            return None
        return _sound(json.loads(found["metadatas"][0]["pointer"]))

    def _has(self, name: str) -> bool:
        return any(c.name == name for c in self._client.list_collections(limit=1_000))

    def stamp(self) -> object:
        """See Backend. Asks the server at most once a second."""
        now = time.monotonic()
        if now - self._checked > 1:
            pointer = self.pointer()
            self._stamp = pointer and pointer["build"]
            self._checked = now
        return self._stamp

    def swap(self, pointer: dict[str, Any]) -> None:
        """See Backend."""
        client = self.client()
        with self._answering():
            state = client.get_or_create_collection(_STATE, embedding_function=None)
            state.upsert(
                ids=["current"], embeddings=[[1.0]], metadatas=[{"pointer": json.dumps(pointer, ensure_ascii=False)}]
            )
            names = {c.name.split("-", 1)[1] for c in client.list_collections(limit=1_000) if _is_build(c.name)}
        self._checked = 0.0
        older = sorted(name for name in names if name < pointer["build"])
        for name in older[: -(KEPT_BUILDS - 1)]:
            self.discard(name)

    def discard(self, build: str) -> None:
        """See Backend."""
        self._open.pop(build, None)
        shutil.rmtree(self._copy(build), ignore_errors=True)
        for kind in ("passages", "view", "documents"):
            try:
                self.client().delete_collection(f"{kind}-{build}")
            except Exception as error:  # absent, or a server that went away: nothing depends on it
                if "not exist" not in str(error) and "not found" not in str(error).lower():
                    return

    @contextmanager
    def lock(self) -> Iterator[None]:
        """See Backend. The lock is a collection: creating one that exists fails, for everybody."""
        client = self.client()
        mine = {"since": int(time.time()), "owner": f"{os.uname().nodename}:{os.getpid()}"}
        for attempt in (1, 2):
            try:
                client.create_collection(_LOCK, embedding_function=None, metadata=mine)
                break
            except Exception as error:
                if "exist" not in str(error):
                    with self._answering():
                        raise
                with self._answering():
                    held = client.get_collection(_LOCK, embedding_function=None).metadata or {}
                age = time.time() - int(held.get("since", 0))
                if attempt == 2 or age < STALE_LOCK_SECONDS:
                    raise StoreError(
                        f"{self.location}: {held.get('owner', 'another process')} is writing this index since "
                        f"{int(age)} s; try again when it has finished"
                    ) from None
                client.delete_collection(_LOCK)
        try:
            current = (self.pointer() or {}).get("build", "")
            with self._answering():
                left = {c.name.split("-", 1)[1] for c in client.list_collections(limit=1_000) if _is_build(c.name)}
            for name in left:
                if name > current:
                    self.discard(name)
            yield
        finally:
            try:
                client.delete_collection(_LOCK)
            except Exception as error:  # the server is gone: the lock goes stale by itself
                _ = error


def _sound(pointer: Any) -> dict[str, Any]:
    if not isinstance(pointer, dict) or not isinstance(pointer.get("build"), str):
        raise ValueError("its pointer names no build")
    if not isinstance(pointer.get("fingerprint"), dict) or not re.fullmatch(r"[\w-]+", pointer["build"]):
        raise ValueError("its pointer is malformed")
    return pointer


def _is_build(name: str) -> bool:
    return name.startswith(("passages-", "view-", "documents-"))


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
