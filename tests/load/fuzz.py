"""Spoil the shipped campaign in thousands of ways: the loader answers each with sense.

    python -m tests.load.fuzz --count 10000 [--seed N] [--case I]

Each case is a function of seed and number alone, so that it can be run again. What may come out:
a campaign all of whose texts can be written, or an InputError whose every mistake names a file.
Anything else (a traceback, silence, more than five seconds) is our bug: the case is saved under
test-report/fuzz/ and the exit status is 1.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import re
import signal
import sys
import tempfile
import textwrap
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from kit.errors import InputError
from kit.load import Loaded, load
from kit.text.dates import source_date
from kit.text.references import write

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 5
Files = dict[str, bytes]
Random = random.Random

NASTY = (
    b"", b"~", b"null", b"no", b"yes", b"on", b"true", b"0", b"-1", b"0800", b"0x11", b"1_000", b"1e999", b".inf",
    b".nan", b"17:30", b"24:00", b"2026-02-30", b"2026-11-25T00:00:00Z", b"9" * 5000, b"[]", b"{}", b"[[[]]]",
    b"{a: {b: c}}", b"[a, [b, {c: d}]]", b'""', b'" "', b"'", b'"', b"|", b">-", b"|+\n\n\n", b"*x", b"&x", b"&x y",
    b"!!python/object:os.system ls", b"!!binary aGk=", b"!<tag:x> y", b"?", b"? a", b"-", b"- - -", b": :", b"#",
    b"{3919}", b"{web}", b"{3919.number}", b"{x}", b"{", b"}}", b"{114.hours}", b"{day}", b"\xc3\xa9" * 400,
    "١٧".encode(), "\u202e\u2066".encode(), "👨‍👩‍👧‍👦".encode(), b'"\\0"', b'"\\e[31m"', b'"\\ud800"', b'"\\u2028"',
    b'"\\x85"', b"\xed\xa0\x80", b"\xff\xfe", b"../../etc/passwd", b"/etc/passwd", b"C:\\x", b"fr.yaml", b".", b"..",
    b"schedule.yaml", b"campaign.yaml", b"javascript:alert(1)", b"https://[::1", b"https://a.fr:99999",
    b"https://" + b"a" * 3000, b"always", b"account", b"Europe", b"../Paris", b"constructor", b"__class__", b"%", b"@x",
    b"`x", b"a: b: c", b"a" * 5000, b"fr", b"3919", b"help", b"overview", b"[fr, fr]", b"[mon, mon]", b"\x00",
)  # fmt: skip
TRAPS = (
    b"\n<<: *x\n", b"\n--- \n", b"\n...\n", b"\n%YAML 1.1\n---\n", b"\n\t", b"\t", b"\r", b"\xef\xbb\xbf",
    b"\n? [a, b]\n: c\n", b"\n? {a: b}\n", b"\n1: x\n", b"\n~: x\n", b"\n: x\n", b"\n\"\": x\n", b"\n&k k: *k\n",
    b"\n*x : y\n", b"\na: &a [*a]\n", b"\nb: &b {c: *b}\n", b"[" * 100, b"{a: " * 100, b"- " * 100, b"\n  - ",
    b"\nz: &z0 [x,x,x,x,x,x,x,x]\nz1: &z1 [*z0,*z0,*z0,*z0,*z0,*z0,*z0,*z0]\nz2: &z2 [*z1,*z1,*z1,*z1,*z1,*z1,*z1]\n"
    b"z3: &z3 [*z2,*z2,*z2,*z2,*z2]\nz4: [*z3,*z3,*z3,*z3,*z3,*z3,*z3,*z3,*z3,*z3,*z3,*z3,*z3]\n",
    "\u2028".encode(), "\u0085".encode(), "\ufeff".encode(), "\ufffe".encode(), b"\x00", b"\x1b", b"\xe9", b"!x ", b"# ",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What became of one case. `problem` is empty when it is one of the permitted ones."""

    number: int
    kind: str
    seconds: float
    mistakes: int = 0
    problem: str = ""


@cache
def originals() -> tuple[Files, ...]:
    """The shipped files, and the same with the French texts in a file of their own."""
    campaign = (ROOT / "campaign.yaml").read_text(encoding="utf-8")
    files = {"campaign.yaml": campaign.encode(), "schedule.yaml": (ROOT / "schedule.yaml").read_bytes()}
    for path in sorted(ROOT.glob("languages/*.yaml")):
        files[f"languages/{path.name}"] = path.read_bytes()
    for kind, name in (("themes", "nuit"), ("clips", "main")):
        files[f"templates/{kind}/{name}.yaml"] = (ROOT / "templates" / kind / f"{name}.yaml").read_bytes()
    inline = re.search(r"\n  fr:\n((?:    .*\n|\n)+)", campaign)
    if inline is None:
        return (files,)
    head, tail = campaign[: inline.start()], campaign[inline.end() :]
    apart = {
        **files,
        "campaign.yaml": f"{head}\n  fr: fr.yaml\n{tail}".encode(),
        "fr.yaml": textwrap.dedent(inline.group(1)).encode(),
    }
    return files, apart


def _flip(rng: Random, data: bytes) -> bytes:
    spoilt = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        if spoilt:
            spoilt[rng.randrange(len(spoilt))] = rng.choice(
                (rng.randrange(256), rng.choice(b" \t\n:-[]{}\"'#&*!|>%@`,?"))
            )
    return bytes(spoilt)


def _on_lines(change: Callable[[Random, list[bytes], int], None], rng: Random, data: bytes) -> bytes:
    rows = data.split(b"\n")
    change(rng, rows, rng.randrange(len(rows)))
    return b"\n".join(rows)


def _delete(rng: Random, rows: list[bytes], at: int) -> None:
    del rows[at : at + rng.choice((1, 1, 1, 3, 40))]


def _double(rng: Random, rows: list[bytes], at: int) -> None:
    rows[at:at] = rows[at : at + rng.choice((1, 1, 3, 40))]


def _swap(rng: Random, rows: list[bytes], at: int) -> None:
    other = rng.randrange(len(rows))
    rows[at], rows[other] = rows[other], rows[at]


def _indent(rng: Random, rows: list[bytes], at: int) -> None:
    rows[at] = (
        rng.choice((b" ", b"  ", b"\t", b"    ")) + rows[at] if rng.random() < 0.5 else rows[at].lstrip()
    )


def _value(rng: Random, rows: list[bytes], at: int) -> None:
    key, colon, _ = rows[at].partition(b": ")
    rows[at] = key + colon + rng.choice(NASTY) if colon else rows[at] + rng.choice(NASTY)


def _inner_value(rng: Random, rows: list[bytes], at: int) -> None:
    rows[at] = re.sub(
        rb"(?<=[:,\[] )[^,\[\]{}]+", lambda _: rng.choice(NASTY), rows[at], count=rng.choice((1, 2))
    )


def _key(rng: Random, rows: list[bytes], at: int) -> None:
    def rename(match: re.Match[bytes]) -> bytes:
        name = match.group()
        cut = rng.randrange(len(name))
        return rng.choice(
            (name[:cut] + name[cut + 1 :], name + b"s", name.upper(), b"x", b"<<", b'"\\0"', b"id", b"")
        )

    rows[at] = re.sub(rb"[\w-]+(?=:)", rename, rows[at], count=1)


def _anchor(rng: Random, rows: list[bytes], at: int) -> None:
    rows[at] = rows[at].replace(b": ", b": &x ", 1)
    later = rng.randrange(len(rows))
    rows[later] = re.sub(rb": .*", rng.choice((b": *x", b": *y", b": [*x, *x]")), rows[later], count=1)


def _splice(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(TRAPS) + data[at:]


def _cross(rng: Random, data: bytes) -> bytes:
    """The beginning of one file and the end of another."""
    other = rng.choice(list(rng.choice(originals()).values()))
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other)) :]


def _encode(rng: Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(rng.choice(("utf-16", "utf-16-le", "latin-1", "utf-8-sig", "cp1252")), "replace")


def _cut(rng: Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _reference(rng: Random, data: bytes) -> bytes:
    """Another name between the braces, perhaps one that exists elsewhere."""
    names = (
        b"{web}",
        b"{114}",
        b"{3919.hours}",
        b"{web.url}",
        b"{tools}",
        b"{}",
        b"{{x}}",
        b"{3919.languages}",
    )
    found = list(re.finditer(rb"\{[\w.]+\}", data))
    if not found:
        return data
    hit = rng.choice(found)
    return data[: hit.start()] + rng.choice(names) + data[hit.end() :]


_BY_LINE = (_delete, _double, _swap, _indent, _value, _value, _inner_value, _inner_value, _key, _key, _anchor)
MUTATIONS: tuple[Callable[[Random, bytes], bytes], ...] = (
    _flip, _splice, _cross, _encode, _cut, _reference, _reference,
    *(partial(_on_lines, change) for change in _BY_LINE),
)  # fmt: skip


def spoil(rng: Random) -> Files:
    """The shipped files with one to five mutations, most of them in the campaign."""
    files = dict(rng.choice(originals()))
    for _ in range(rng.choice((1, 1, 2, 3, 5))):
        name = rng.choice(("campaign.yaml", *files))
        files[name] = rng.choice(MUTATIONS)(rng, files[name])
    return files


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for child in value:
            yield from _strings(child)
    elif isinstance(value, str):
        yield value


def use(loaded: Loaded) -> None:
    """Do with a valid campaign what the stages after the loader do: it must be whole."""
    campaign = loaded.campaign
    for code in campaign.languages:
        for text in _strings(campaign.texts[code].model_dump()):
            write(campaign, code, text)
        for fact_id, fact in campaign.facts.items():
            if fact.status == "current":  # texts may not refer to the past
                write(campaign, code, f"{{{fact_id}}}")
            if fact.source_date:
                source_date(fact.source_date, _language(code))
        for tool in campaign.tools:
            write(campaign, code, f"{{{tool.id}}}")
            assert tool.picture.value is not None
            campaign.group(tool.group)
        for board in loaded.storyboards if code in campaign.clips.languages else ():
            lines = campaign.texts[code].clips[loaded.storyboards[board].words]
            said = {scene.text for scene in loaded.storyboards[board].scenes if scene.text}
            assert {"alt", *said} <= lines.keys()
    for slot in loaded.schedule.slots if loaded.schedule else ():
        for name in slot.accounts:
            assert loaded.schedule is not None
            loaded.schedule.zone_of(slot, loaded.schedule.account(name))


def _language(code: str) -> Any:
    from kit.tables.languages import LANGUAGES

    return LANGUAGES[code]


class TooSlow(BaseException):
    """The alarm. Not an Exception: nothing on the way may take it for its own."""


def _alarm(*_: object) -> None:
    raise TooSlow


def write_files(folder: Path, files: Files) -> None:
    """Put a case on disk."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def judge(folder: Path, number: int = 0) -> Outcome:
    """Load what lies in a folder and say what became of it."""
    signal.signal(signal.SIGALRM, _alarm)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
    start = time.perf_counter()
    kind, found, problem = "loaded", 0, ""
    try:
        loaded = load(folder)
        problem = "" if isinstance(loaded, Loaded) else f"load returned {loaded!r}"
        use(loaded)
    except InputError as error:
        kind, found = "refused", len(error.mistakes)
        bad = [mistake for mistake in error.mistakes if not mistake.file or not mistake.message]
        if not found or bad or len(set(error.mistakes)) != found or "\0" in str(error):
            problem = f"an InputError without sense: {error.mistakes!r}"
    except TooSlow:
        kind, problem = "failed", f"took more than {LIMIT_S} s"
    except Exception:
        problem = traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return Outcome(number, "failed" if problem else kind, time.perf_counter() - start, found, problem)


def run_case(seed: int, number: int) -> Outcome:
    """One case, in a folder of its own; a failed one is kept."""
    files = spoil(Random(f"{seed}:{number}"))
    with tempfile.TemporaryDirectory(prefix="kit-fuzz-") as folder:
        write_files(Path(folder), files)
        outcome = judge(Path(folder), number)
    if outcome.problem:
        write_files(ROOT / "test-report" / "fuzz" / f"{seed}-{number}", files)
    return outcome


def run(count: int, seed: int, workers: int = 2) -> list[Outcome]:
    """All cases, shared between processes."""
    if workers == 1:
        return [run_case(seed, number) for number in range(count)]
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        return pool.map(partial(run_case, seed), range(count), chunksize=50)


def main() -> int:
    """Run, report, and say by the exit status whether anything failed."""
    parser = argparse.ArgumentParser(description="Spoil the shipped campaign in many ways and load it.")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=25)
    parser.add_argument("--case", type=int, help="run this one case of the seed again")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    start = time.perf_counter()
    if options.case is None:
        outcomes = run(options.count, options.seed, options.workers)
    else:
        outcomes = [run_case(options.seed, options.case)]
    counts = Counter(outcome.kind for outcome in outcomes)
    slowest = max(outcomes, key=lambda outcome: outcome.seconds)
    for outcome in outcomes:
        if outcome.problem:
            print(f"FAIL seed {options.seed} case {outcome.number}: {outcome.problem}")
    print(
        f"seed {options.seed}: {len(outcomes)} cases in {time.perf_counter() - start:.0f} s: "
        f"{counts['loaded']} loaded, {counts['refused']} refused, {counts['failed']} failed; "
        f"{sum(outcome.mistakes for outcome in outcomes)} mistakes; "
        f"slowest {slowest.seconds:.2f} s (case {slowest.number})"
    )
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
