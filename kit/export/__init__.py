"""Export: the queue in the form of the tools that people already own. Pure: bytes by file name.

Adding one: a function of a `Job`, one row in `EXPORTERS`, one strict reader in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kit.export.calendar import calendar
from kit.export.job import Exported, Job
from kit.export.postiz import postiz
from kit.export.sheet import sheet
from kit.export.tables import buffer, hootsuite, metricool, publer

EXPORTERS: Mapping[str, Callable[[Job], Exported]] = {
    "ics": calendar,
    "buffer": buffer,
    "publer": publer,
    "metricool": metricool,
    "hootsuite": hootsuite,
    "postiz": postiz,
    "sheet": sheet,
}

__all__ = ["EXPORTERS", "Exported", "Job", "calendar"]
