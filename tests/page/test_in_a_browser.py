"""The partner page in the system's own browser: what only a layout and a history can show. Skipped without one."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kit.files import write_text
from kit.load import Loaded, load
from tests.page.test_page import ROOT, fabricated, rendered

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="no chromium here: scrolling and history are NOT checked"
)
WIDTHS_PX = (320, 360, 480, 640, 700, 720, 768, 820, 900, 960, 1024, 1152, 1280)
_HARNESS = """<!doctype html><title>-</title><body><script>
const said = [];
const wait = ms => new Promise(done => setTimeout(done, ms));
async function shown(path) {
  const frame = document.createElement("iframe");
  frame.style.cssText = "width: 1280px; height: 900px; border: 0";
  document.body.append(frame);
  await new Promise(done => { frame.onload = done; frame.src = path; });
  return frame;
}
(async () => { %s })().catch(error => said.push(String(error))).finally(() => {
  document.body.innerHTML = ""; document.title = JSON.stringify(said); document.body.id = "done";
});
</script>"""


class Quiet(SimpleHTTPRequestHandler):
    """Files of a folder, and nothing on the terminal."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load(ROOT)


@pytest.fixture(scope="module")
def site(loaded: Loaded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The pages of all languages without their pictures, which keep their room: the folder and its address."""
    folder = tmp_path_factory.mktemp("site")
    for page in rendered(loaded, fabricated(loaded)):
        write_text(folder / page.path, page.html)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def run(site: tuple[Path, str], steps: str, profile: Path) -> list[Any]:
    """What the steps put into `said`, in a page that frames ours."""
    folder, address = site
    write_text(folder / "harness.html", _HARNESS % steps)
    dom = subprocess.run(
        [str(BROWSER), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", f"--user-data-dir={profile}",
         "--virtual-time-budget=60000", "--dump-dom", f"{address}/harness.html"],
        capture_output=True, text=True, timeout=240, check=True,
    ).stdout  # fmt: skip
    assert 'id="done"' in dom, dom[:500]
    title = re.search("<title>(.*?)</title>", dom, re.S)
    assert title
    return list(json.loads(html.unescape(title[1])))


def test_no_page_scrolls_sideways_at_any_width(
    loaded: Loaded, site: tuple[Path, str], tmp_path: Path
) -> None:
    languages = list(loaded.campaign.languages)
    steps = f"""
      for (const language of {json.dumps(languages)}) {{
        const frame = await shown(`${{language}}/index.html`), root = frame.contentDocument.documentElement;
        // each state: what opens later may be wider than what is open at first
        frame.contentDocument.querySelectorAll("details").forEach(one => one.open = true);
        for (const width of {list(WIDTHS_PX)}) {{
          frame.style.width = `${{width}}px`;
          said.push([language, root.clientWidth > 0, width, root.scrollWidth - root.clientWidth]);
        }}
        frame.remove();
      }}"""
    found = run(site, steps, tmp_path)
    assert len(found) == len(languages) * len(WIDTHS_PX) and all(one[1] for one in found)
    assert [one for one in found if one[3] > 0] == []


def test_neither_a_place_on_the_page_nor_another_language_is_an_entry_in_the_history(
    site: tuple[Path, str], tmp_path: Path
) -> None:
    steps = """
      const frame = await shown("fr/index.html"), page = () => frame.contentDocument;
      await wait(500);
      const before = history.length;
      page().querySelector('a[href="#visuals"]').click();
      await wait(500);
      said.push(frame.contentWindow.location.hash, history.length - before);
      page().querySelector("a.skip").click();
      await wait(500);
      said.push(page().activeElement.id, history.length - before);
      const loaded = new Promise(done => frame.onload = done);
      page().querySelector("a[hreflang=en]").click();
      await loaded;
      await wait(500);
      said.push(page().documentElement.lang, history.length - before);"""
    assert run(site, steps, tmp_path) == ["#visuals", 0, "content", 0, "en", 0]
