"""What was uploaded is noted, and is not used past its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kit.publish.platforms.uploads import UPLOAD_LIVES, Notebook, fresh, outlived
from kit.publish.protocol import Notes

NOW = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "old"), [(timedelta(), False), (UPLOAD_LIVES, False), (timedelta(hours=24), True)]
)
def test_one_upload_past_its_time_makes_all_of_them_old(age: timedelta, old: bool) -> None:
    notes = {"0.id": "1", "0.at": NOW.isoformat(), "1.id": "2", "1.at": (NOW - age).isoformat()}
    assert outlived(notes, NOW) is old
    assert fresh(notes, NOW) == ({} if old else notes)
    assert not outlived({}, NOW)


def test_what_is_kept_is_saved_at_once_and_what_was_known_is_not_changed() -> None:
    known, saved = {"0.id": "1"}, list[Notes]()
    book = Notebook(known, saved.append)
    book.keep({"0.state": "ready"})
    assert (book.notes, saved, known) == (
        {"0.id": "1", "0.state": "ready"},
        [{"0.state": "ready"}],
        {"0.id": "1"},
    )
