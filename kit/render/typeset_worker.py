"""Typst for the templates of a campaign folder, in a process of its own that `kit.render.typeset` asks.

It sees one folder of templates and the fonts, no package and no network: a package is other people's code, and a
download tells somebody else what is being prepared. The first line of a question or answer is JSON; pictures follow.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kit.media.limited import serve
from kit.text.foreign_json import read_json

if TYPE_CHECKING:
    import typst

_NOWHERE = "http://127.0.0.1:9"
"""The discard port of this machine as proxy: a download fails at once."""

_NO_PACKAGES = ".no-packages"
"""A folder that is not there."""


def main() -> None:
    """What the other process runs."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        os.environ[name] = os.environ[name.upper()] = _NOWHERE
    for name in ("NO_PROXY", "no_proxy"):
        os.environ.pop(name, None)
    os.environ["RAYON_NUM_THREADS"] = "1"
    serve(lambda question: _answer(read_json(question)))


def answer_of(data: bytes) -> dict[str, Any]:
    """What an answer says: `made` and `values`, or `message` and `diagnostic`."""
    head, _, rest = data.partition(b"\n")
    answer: dict[str, Any] = read_json(head)
    if "sizes" in answer:
        made = []
        for size in answer["sizes"]:
            made.append(rest[:size])
            rest = rest[size:]
        answer["made"] = made
    return answer


def _answer(asked: dict[str, Any]) -> bytes:
    import typst

    try:
        compiler = _compiler(asked["root"], asked["template"], tuple(asked["fonts"]))
        made = compiler.compile(sys_inputs={"data": asked["data"]}, **asked["wanted"])
        values = read_json(compiler.query(f"<{asked['label']}>", field="value"))
    except typst.TypstError as error:
        return json.dumps({"message": error.message, "diagnostic": error.diagnostic}).encode()
    files = made if isinstance(made, list) else [made] if made else []
    head = json.dumps({"values": values, "sizes": [len(file) for file in files]})
    return b"\n".join((head.encode(), b"".join(files)))


@lru_cache(maxsize=8)
def _compiler(root: str, template: str, fonts: tuple[str, ...]) -> typst.Compiler:
    import typst

    nowhere = f"{root}/{_NO_PACKAGES}"
    return typst.Compiler(
        f"{root}/{template}",
        root=root,
        font_paths=_fonts(fonts),
        package_path=nowhere,
        package_cache_path=nowhere,
    )


@lru_cache(maxsize=2)
def _fonts(folders: tuple[str, ...]) -> typst.Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))
