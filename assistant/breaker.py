"""When a language model keeps failing, it is left alone for a while, so that nobody waits for a dead server. Knows nothing else.

After Nygard's circuit breaker ("Release It!"): closed until it has failed several times in a row; then open for a rest; then one try,
which closes it or begins another rest.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES = 3  # in a row, until it is left alone
REST = 60.0  # seconds


class Breaker:
    """Shared by all who ask one model. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._until = 0.0

    def allows(self) -> bool:
        """Whether to ask now. After a rest only one is told so, and the others rest on until it has said how it went."""
        with self._lock:
            if self._failed < FAILURES:
                return True
            if self._clock() < self._until:
                return False
            self._until = self._clock() + REST
            return True

    def worked(self) -> None:
        """It answered."""
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        """It did not."""
        with self._lock:
            self._failed += 1
            self._until = self._clock() + REST
