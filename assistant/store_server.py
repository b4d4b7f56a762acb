"""Builds on a Chroma server: two collections each, and a record for the pointer; imports chromadb, as only `store` does beside it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import settings
from .errors import AssistantError, ServiceError, StoreError, UsageError
from .lock import ServerLock
from .store import HNSW, KEPT_BUILDS, Collections, brief, chroma_settings, sound

_STATE = "assistant-state"
_CHUNK = 500_000  # bytes of a view's file in one record


class Server(Collections):
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
        self._lock: ServerLock | None = None
        self._checked = 0.0
        self._stamp: object = None

    @property
    def workspace(self) -> Path:
        """See Backend."""
        return self._folder / "work"

    def client(self, build: str = "") -> Any:
        """See Collections."""
        import chromadb

        if self._client is None:
            with self.answering():
                self._client = chromadb.HttpClient(
                    host=self._host, port=self._port, ssl=self._ssl, settings=chroma_settings()
                )
        return self._client

    @contextmanager
    def answering(self) -> Iterator[None]:
        """See Collections."""
        try:
            yield
        except AssistantError:
            raise
        except Exception as error:
            raise ServiceError(
                f"{self.location}: the Chroma server does not answer ({brief(error)}); start it or check the address"
            ) from error

    def create(self, build: str) -> Path:
        """See Backend."""
        with self.answering():
            self.opened[build] = self.client().create_collection(f"passages-{build}", embedding_function=None, configuration=HNSW)
        return self._copy(build)

    def add(self, build: str, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """See Backend."""
        with self.answering():
            super().add(build, ids, vectors)

    def _copy(self, build: str) -> Path:
        return self._folder / build

    def publish(self, build: str) -> None:
        """See Backend. Each file becomes records of at most `_CHUNK` bytes; the last record tells how many there are of each."""
        with self.answering():
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
            with self.answering():
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
        with self.answering():
            if not self._has(_STATE):
                return None
            found = client.get_collection(_STATE, embedding_function=None).get(ids=["current"])
        if not found["metadatas"]:
            return None
        return sound(json.loads(found["metadatas"][0]["pointer"]))

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
        with self.answering():
            if self._lock is not None and not self._lock.held():
                raise StoreError(f"{self.location}: another process took over the writing of this index; ingest again")
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
        self.opened.pop(build, None)
        shutil.rmtree(self._copy(build), ignore_errors=True)
        for kind in ("passages", "view", "documents"):
            try:
                self.client().delete_collection(f"{kind}-{build}")
            except Exception as error:  # absent, or a server that went away: nothing depends on it
                if "not exist" not in str(error) and "not found" not in str(error).lower():
                    return

    @contextmanager
    def lock(self) -> Iterator[None]:
        """See Backend."""
        self._lock = ServerLock(self.client(), self.location)
        with self.answering():
            self._lock.acquire()
        try:
            current = (self.pointer() or {}).get("build", "")
            with self.answering():
                left = {c.name.split("-", 1)[1] for c in self.client().list_collections(limit=1_000) if _is_build(c.name)}
            for name in left:
                if name > current:
                    self.discard(name)
            yield
        finally:
            try:
                self._lock.release()
            except Exception as error:  # the server is gone: the lock goes stale by itself
                _ = error


def _is_build(name: str) -> bool:
    return name.startswith(("passages-", "view-", "documents-"))
