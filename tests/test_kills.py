"""An ingest killed at random moments, in a folder and on a server; `python -m evals kills --times 100` does it in earnest."""

import pytest

from evals import kills


@pytest.mark.slow
@pytest.mark.parametrize("place", kills.PLACES)
def test_after_a_kill_the_old_index_serves_and_the_next_run_completes(place: str) -> None:
    tally = kills.run(2, place, files=3, seed=4)
    assert tally.faults == []
    assert tally.where.total() == 2
