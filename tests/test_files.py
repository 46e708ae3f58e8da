"""No half file is ever trusted: the old one or the new one, whatever happens in between."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import WorkError
from kit.files import PARTIAL, atomic_path, digest_of, sha256_of, stable_json, write_bytes, write_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.name.startswith(PARTIAL)]


def test_a_file_is_written_whole_with_its_folders(tmp_path: Path) -> None:
    write_text(tmp_path / "a" / "b" / "c.txt", "é\r\nb\n")
    assert (tmp_path / "a" / "b" / "c.txt").read_bytes() == "é\r\nb\n".encode()
    assert leftovers(tmp_path) == []


def test_a_file_keeps_its_suffix_while_it_is_written(tmp_path: Path) -> None:
    """Encoders choose the format by it."""
    with atomic_path(tmp_path / "clip.mp4") as partial:
        assert partial.suffix == ".mp4"
        assert partial.parent == tmp_path
        assert partial.name.startswith(PARTIAL)
        partial.write_bytes(b"x")


def test_a_file_may_be_read_by_everyone(tmp_path: Path) -> None:
    """A temporary file is its owner's alone; a web server must be able to read the kit."""
    write_bytes(tmp_path / "a", b"x")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "problem", [ValueError("x"), KeyboardInterrupt(), SystemExit(1), OSError(errno.EIO, "x")]
)
def test_nothing_is_left_and_nothing_is_lost_when_writing_fails(
    tmp_path: Path, problem: BaseException
) -> None:
    (tmp_path / "a").write_text("old")

    def fail(partial: Path) -> None:
        partial.write_text("half")
        raise problem

    with pytest.raises(type(problem)), atomic_path(tmp_path / "a") as partial:
        fail(partial)
    assert (tmp_path / "a").read_text() == "old"
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("where", ["write", "sync", "rename"])
def test_a_full_disk_is_told_as_such_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, where: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    (tmp_path / "a").write_text("old")
    owner, name = {"write": (Path, "write_bytes"), "sync": (os, "fsync"), "rename": (Path, "replace")}[where]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, full)
        with pytest.raises(WorkError, match="the disk is full: a was not written") as caught:
            write_bytes(tmp_path / "a", b"new")
    assert caught.value.exit_status == 1
    assert "free some space" in caught.value.hint
    assert (tmp_path / "a").read_text() == "old"
    assert leftovers(tmp_path) == []


def test_a_real_full_disk_is_told_as_such(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(WorkError, match="the disk is full"), atomic_path(tmp_path / "a"):
        Path("/dev/full").write_bytes(b"x")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_folder_that_may_not_be_written_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(WorkError, match="cannot be written") as caught:
        write_bytes(tmp_path / "a", b"x")
    assert "--out" in caught.value.hint


def test_a_file_in_place_of_a_folder_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "dist").write_text("a file")
    with pytest.raises(WorkError, match="cannot be written"):
        write_bytes(tmp_path / "dist" / "a", b"x")


def test_a_folder_in_place_of_the_file_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(WorkError, match="cannot be written"):
        write_bytes(tmp_path / "a", b"x")
    assert leftovers(tmp_path) == []


def test_readers_never_see_half_a_file(tmp_path: Path) -> None:
    target = tmp_path / "a"
    versions = {bytes([n]) * 200_000 for n in (1, 2)}
    write_bytes(target, bytes([1]) * 200_000)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            for version in versions:
                write_bytes(target, version)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert {target.read_bytes() for _ in range(300)} <= versions
    finally:
        stop.set()
        writer.join()


@pytest.fixture
def killed_in_the_middle(tmp_path: Path) -> Path:
    """A process that has written half of `a` is killed with -9."""
    (tmp_path / "a").write_text("old")
    code = (
        "import sys, time; from pathlib import Path; from kit.files import atomic_path\n"
        "with atomic_path(Path(sys.argv[1])) as partial:\n"
        "    partial.write_text('half'); print('ready', flush=True); sys.stdin.read()\n"
    )
    root = Path(__file__).parent.parent
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "a")],
        cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)
    return tmp_path


def test_a_killed_process_leaves_the_old_file(killed_in_the_middle: Path) -> None:
    assert (killed_in_the_middle / "a").read_text() == "old"


def test_what_a_killed_process_leaves_behind_is_known_by_its_name(killed_in_the_middle: Path) -> None:
    others = [path.name for path in killed_in_the_middle.iterdir() if path.name != "a"]
    assert others == leftovers(killed_in_the_middle)
    assert len(others) == 1


def test_the_hash_of_a_file_is_sha256_of_its_bytes(tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    (tmp_path / "a").write_bytes(data)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(data).hexdigest()


@given(JSON)
def test_json_is_stable_and_says_the_same(value: object) -> None:
    text = stable_json(value)
    assert json.loads(text) == value
    assert text == stable_json(json.loads(text))
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_json_is_sorted_and_readable() -> None:
    assert stable_json({"b": "é", "a": 1}) == '{\n "a": 1,\n "b": "é"\n}\n'


@given(st.dictionaries(st.text(max_size=5), JSON, min_size=2, max_size=5))
def test_a_digest_does_not_depend_on_the_order_of_keys(value: dict[str, object]) -> None:
    turned = dict(reversed(list(value.items())))
    assert digest_of(value) == digest_of(turned)


def test_a_digest_depends_on_every_part_and_its_place() -> None:
    digests = [
        digest_of("a", "b"),
        digest_of("b", "a"),
        digest_of("ab"),
        digest_of(["a", "b"]),
        digest_of("a", "b", None),
    ]
    assert len(set(digests)) == len(digests)


def test_a_digest_is_the_same_in_another_process_and_another_year() -> None:
    """Pinned: a change of this value redraws every file of every campaign."""
    pinned = "94c6867c4330639e"
    assert digest_of({"b": [1, None], "a": "é"}, date(2026, 11, 25))[:16] == pinned
