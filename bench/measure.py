"""How everything here is measured: wall clock, and processor time with that of finished children."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent


class Took(NamedTuple):
    """Seconds on the clock, and seconds that processors were busy (all cores added up)."""

    wall_s: float
    cpu_s: float


def took(work: Callable[[], object]) -> Took:
    """One call. Processor time is the steadier of the two on a machine with other work."""
    cpu, wall = _cpu_s(), time.perf_counter()
    work()
    return Took(time.perf_counter() - wall, _cpu_s() - cpu)


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
