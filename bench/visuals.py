"""Stills: one language's screen set by the second, and the whole nine-language set by the minute.

    python -m bench visuals

PNG and JPEG are counted, with two workers, and the page's WebP is timed apart, since nobody uploads it. The
nine-language figure is a whole build: load, plan, draw, check every file, pages, manifest, checksums.
"""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

from bench.measure import ROOT
from kit.build import Request, build_loaded
from kit.load import load
from kit.model.plan import VisualJob
from kit.plan import plan
from kit.render import visual
from kit.render.typeset import Typesetter

WORKERS = 2


def one_language(scratch: Path, code: str = "fr") -> None:
    """The render stage alone, from a warm typesetter: what a second language costs."""
    loaded = load(ROOT)
    jobs = [j for j in plan(loaded.campaign, loaded.theme, {}).visuals if j.language == code]
    typesetter = Typesetter(loaded.resources)

    def drawn(with_webp: bool) -> tuple[int, float, float]:
        """Files made, seconds on the clock, seconds of processor."""
        module: Any = visual
        original = module.page_webp
        if not with_webp:
            module.page_webp = lambda *_: (b"", 1, 1)
        try:
            with ThreadPoolExecutor(WORKERS) as pool:
                list(pool.map(draw, jobs[: 2 * WORKERS]))
                started, cpu = time.perf_counter(), time.process_time()
                files = sum(pool.map(draw, jobs))
                return files, time.perf_counter() - started, time.process_time() - cpu
        finally:
            module.page_webp = original

    def draw(job: VisualJob) -> int:
        made = visual.render_visual(job, typesetter, scratch, "0")
        return sum(a.id.endswith((".jpg", job.piece)) for a in made)

    files, took, cpu = drawn(with_webp=False)
    _, whole, _ = drawn(with_webp=True)
    print(
        f"visuals, {code}: {files} files (PNG, JPEG) in {took:.2f} s, {files / took:.0f} a second (reach: 40); "
        f"{1000 * cpu / len(jobs):.0f} ms of processor a still; with its WebP {whole:.2f} s"
    )


def nine_languages(scratch: Path) -> None:
    """Everything a person waits for: drawn, then also checked, with pages, archives and manifest."""
    started = time.perf_counter()
    drawn: list[float] = []

    def told(what: str, _done: int, _of: int) -> None:
        if what == "check" and not drawn:
            drawn.append(time.perf_counter() - started)

    request = Request(out=scratch, today=date(2026, 11, 25), only=("visual/*",), workers=WORKERS)
    built = build_loaded(load(ROOT), request, told)
    took = time.perf_counter() - started
    languages = len({a.language for a in built.manifest.artifacts})
    print(
        f"visuals, {languages} languages: {len(built.made)} stills, {3 * len(built.made)} files drawn in "
        f"{drawn[0]:.1f} s (reach: 60); with all checks, pages, archives and manifest {took:.1f} s"
    )


def main() -> None:
    """Both figures."""
    with tempfile.TemporaryDirectory() as folder:
        one_language(Path(folder) / "one")
        nine_languages(Path(folder) / "nine")


if __name__ == "__main__":
    main()
