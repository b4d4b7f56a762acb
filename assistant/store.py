"""Where builds of an index live: a folder, or a Chroma server. The only importer of chromadb.

A build is written aside and never changed afterwards; a pointer names the current one and is replaced in
one step, so a reader sees the old build or the new, never a mixture, and a crash leaves the old one.
In a folder each build is a Chroma directory of its own, because several processes in one directory
corrupt it. On a server each build is two collections, and the pointer is a record.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from .errors import ServiceError, StoreError, UsageError

PAGE = 2_000
KEPT_BUILDS = 2
STALE_LOCK_SECONDS = 900
_POINTER = "current.json"
_STATE, _LOCK = "assistant-state", "assistant-lock"


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

    def client(self, build: str) -> Any:
        """A Chroma client on which the collections of `build` are."""
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


class Folder:
    """Builds in a folder of this machine."""

    def __init__(self, root: Path) -> None:
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

    def client(self, build: str) -> Any:
        """See Backend."""
        import chromadb

        folder = self.root / "builds" / build
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return chromadb.PersistentClient(path=str(folder), settings=_settings())
        except Exception as error:  # Chroma raises errors of its own and of its Rust core
            raise StoreError(
                f"{self.root}: cannot open the index ({_brief(error)}); check the folder's rights, or move it "
                "away and ingest again"
            ) from error

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
        shutil.rmtree(self.root / "builds" / build, ignore_errors=True)

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


class Server:
    """Builds on a Chroma server."""

    def __init__(self, url: str) -> None:
        match = re.fullmatch(r"(https?)://([^/:@\s]+|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?/?", url)
        if not match:
            raise UsageError(f"--index {url}: is no address of a Chroma server; write http://host:port")
        self.location = url
        self._ssl = match.group(1) == "https"
        self._host = match.group(2)
        self._port = int(match.group(3) or (443 if self._ssl else 8000))
        if not 0 < self._port < 65_536:
            raise UsageError(f"--index {url}: port {self._port} does not exist; write http://host:port")
        self._client: Any = None
        self._checked = 0.0
        self._stamp: object = None

    def client(self, build: str = "") -> Any:
        """See Backend."""
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
        except Exception as error:
            raise ServiceError(
                f"{self.location}: the Chroma server does not answer ({_brief(error)}); start it or check the address"
            ) from error

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
        for kind in ("passages", "documents"):
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
    return name.startswith(("passages-", "documents-"))


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
