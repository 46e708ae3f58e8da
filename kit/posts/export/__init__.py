"""Export: the queue as files that other scheduling tools import. Pure: bytes by file name.

Adding one: a function of a `ExportRequest`, one row in `EXPORTERS`, one strict reader in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kit.posts.export.csv_exports import buffer, hootsuite, metricool, publer
from kit.posts.export.day_sheet import day_sheet
from kit.posts.export.ics import calendar
from kit.posts.export.postiz import postiz
from kit.posts.export.request import Exported, ExportRequest

EXPORTERS: Mapping[str, Callable[[ExportRequest], Exported]] = {
    "ics": calendar,
    "buffer": buffer,
    "publer": publer,
    "metricool": metricool,
    "hootsuite": hootsuite,
    "postiz": postiz,
    "sheet": day_sheet,
}

__all__ = ["EXPORTERS", "ExportRequest", "Exported", "calendar"]
