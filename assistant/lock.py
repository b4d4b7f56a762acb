"""The right to write on a Chroma server: a collection that only one process can create, kept alive by beats.

A writer that was killed leaves the collection behind. It is taken over at once if the process that made it ran on this
machine and is gone, otherwise when no beat came for STALE_SECONDS. Knows no build and no store; is handed a client.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from typing import Any

from .errors import StoreError

BEAT_SECONDS = 10.0
STALE_SECONDS = 60.0
_NAME = "assistant-lock"


class ServerLock:
    """Held from `acquire` to `release`; `held` tells whether it still is ours."""

    def __init__(self, client: Any, location: str) -> None:
        self._client, self._location = client, location
        self._mine: dict[str, Any] = {"owner": f"{os.uname().nodename}:{os.getpid()}", "place": _place(), "token": uuid.uuid4().hex}
        self._over = threading.Event()

    def acquire(self) -> None:
        """Take it, or raise StoreError at once if another process writes. Errors of the client are let through."""
        self._mine["since"] = self._mine["beat"] = int(time.time())
        for last in (False, True):
            try:
                self._client.create_collection(_NAME, embedding_function=None, metadata=self._mine)
            except Exception as error:  # Chroma has no class of its own for a name that is taken
                if "exist" not in str(error):
                    raise
                held = self._read()
                if last or not _abandoned(held):
                    since = f" since {int(time.time() - held['since'])} s" if "since" in held else ""
                    raise StoreError(
                        f"{self._location}: {held.get('owner', 'another process')} is writing this index{since}; try again when it has finished"
                    ) from None
                if held:
                    self._remove(held.get("token"))
            else:
                threading.Thread(target=self._beat, daemon=True).start()
                return

    def held(self) -> bool:
        """Whether nobody took it over while this process was stopped."""
        return bool(self._read().get("token") == self._mine["token"])

    def release(self) -> None:
        """Give it back, if it is ours."""
        self._over.set()
        self._remove(self._mine["token"])

    def _read(self) -> dict[str, Any]:
        """What its holder wrote; {} if there is none (any more)."""
        try:
            return self._client.get_collection(_NAME, embedding_function=None).metadata or {}
        except Exception as error:  # as above
            if not _absent(error):
                raise
            return {}

    def _remove(self, token: str | None) -> None:
        if (found := self._read()) and found.get("token") == token:
            try:
                self._client.delete_collection(_NAME)
            except Exception as error:  # as above
                if not _absent(error):
                    raise

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            try:
                collection = self._client.get_collection(_NAME, embedding_function=None)
                if (collection.metadata or {}).get("token") != self._mine["token"]:
                    return
                collection.modify(metadata={**self._mine, "beat": int(time.time())})
            except Exception as error:  # the server is away for now: the next beat tries again
                _ = error


def _place() -> str:
    """Where process numbers mean what they mean here: this machine since it started, and its set of processes."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return f"{file.read().strip()} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def _absent(error: Exception) -> bool:
    return "not exist" in str(error) or "not found" in str(error).lower()


def _abandoned(held: dict[str, Any]) -> bool:
    """Whether a lock has no living holder; also if it was given back just now."""
    if time.time() - int(held.get("beat", held.get("since", 0))) > STALE_SECONDS:
        return True
    if not held.get("place") or held["place"] != _place():
        return False
    try:
        os.kill(int(held["owner"].rsplit(":", 1)[1]), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
