"""Jinja templates of posts, page and sheet: the one place that reads, limits and fills them.

Sandboxed, strict (a misspelt name is an error) and, for HTML, escaping. A template of the campaign folder is input from
anyone: it is filled in a process of its own (`kit.media.limited`), and whatever it does wrong is an InputError at its
file and line. A shipped one is filled here. The sandbox stops `range` at 100,000 and every way into Python.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kit.errors import InputError, Mistake
from kit.media.limited import Exhausted, LimitedProcess, serve
from kit.resources import Resources
from kit.text.foreign_json import read_json

MAX_BYTES = 10_000_000
"""Of what a template makes; the shipped page of nine languages has a twentieth."""
SECONDS = 15.0
"""For one filling. A page takes a tenth of a second, so a busy machine has room."""
_MEGABYTES = 500
_OBJECT = "__object__"
"""Marks what was no mapping on the way to the other process: a template may say `x.items` of it."""


@dataclass(frozen=True)
class Fault:
    """What is wrong in a template. `line` is 0 where nobody knows."""

    file: str
    line: int
    what: str

    def error(self, hint: str) -> InputError:
        """The same, for a person."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        mistake = Mistake(self.file, self.line, int(self.line > 0), "", self.what)
        return InputError(f"{place}: {self.what}", hint, [mistake])


@dataclass(frozen=True)
class Template:
    """A template of `templates/<folder>/`. `others` are globs of those that it may include.

    `html`: its values are escaped, and a line that holds a tag alone leaves no empty line.
    """

    folder: str
    name: str
    html: bool
    others: tuple[str, ...] = ()

    def fill(self, resources: Resources, values: Mapping[str, Any], hint: str) -> str:
        """The finished text. Raises InputError with file and line; `hint` says what would be right."""
        found = resources.names("templates", *(f"{self.folder}/{glob}" for glob in self.others))
        names = dict.fromkeys([*found, f"{self.folder}/{self.name}"])
        sources = tuple((name.partition("/")[2], _source(resources, name, hint)) for name in names)
        if any(resources.overrides_shipped("templates", name) for name in names):
            made = self._limited(sources, values)
        else:
            made = filled(self, sources, values)
        if isinstance(made, Fault):
            raise made.error(hint)
        return made

    def _limited(self, sources: Sequence[tuple[str, str]], values: Mapping[str, Any]) -> str | Fault:
        question = {"template": asdict(self), "sources": sources, "values": values}
        try:
            answer = read_json(_process().ask(json.dumps(question, default=_plain).encode()))
        except Exhausted as error:
            return Fault(f"templates/{self.folder}/{self.name}", 0, f"{error} to fill")
        return answer["made"] if "made" in answer else Fault(**answer)


def filled(template: Template, sources: Sequence[tuple[str, str]], values: Mapping[str, Any]) -> str | Fault:
    """The finished text, or what is wrong, whatever it is: a template may raise anything that Python can."""
    parts: list[str] = []
    size = 0
    try:
        ready = _environment(template.folder, template.html, tuple(sources)).get_template(template.name)
        for part in ready.generate(values):
            size += len(part.encode())
            if size > MAX_BYTES:
                raise OverflowError(f"it makes more than {MAX_BYTES // 1_000_000} MB")
            parts.append(part)
    except Exception as error:
        return _fault(error, template)
    return "".join(parts)


@lru_cache(maxsize=16)
def _environment(
    folder: str, html: bool, sources: tuple[tuple[str, str], ...]
) -> ImmutableSandboxedEnvironment:
    known = dict(sources)

    def load(name: str) -> tuple[str, str, None] | None:
        return (known[name], f"templates/{folder}/{name}", None) if name in known else None

    return ImmutableSandboxedEnvironment(
        loader=jinja2.FunctionLoader(load), undefined=jinja2.StrictUndefined, autoescape=html,
        trim_blocks=html, lstrip_blocks=html,
    )  # fmt: skip


def _source(resources: Resources, name: str, hint: str) -> str:
    data = resources.find("templates", name).read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"byte 0x{data[error.start]:02X} is not UTF-8; save the file as UTF-8"
        raise Fault(f"templates/{name}", line, what).error(hint) from error


def _fault(error: Exception, template: Template) -> Fault:
    """Where and what. Jinja writes the template's own file and line into the traceback."""
    start = f"templates/{template.folder}/"
    file, line = f"{start}{template.name}", 0
    if isinstance(error, jinja2.TemplateSyntaxError):
        return Fault(error.filename or file, error.lineno, error.message or "cannot be read")
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith(start):
            file, line = frame.filename, frame.lineno or 0
    if isinstance(error, jinja2.TemplateNotFound):
        what = f"there is no template {error.name!r} to include"
    elif isinstance(error, jinja2.TemplateError):
        what = error.message or type(error).__name__
    elif isinstance(error, RecursionError):
        what = "calls itself, or nests brackets, without end"
    elif isinstance(error, MemoryError):
        what = "needs too much memory"
    else:
        what = str(error) or type(error).__name__
    return Fault(file, line, what)


# the other process


@cache
def _process() -> LimitedProcess:
    return LimitedProcess(__name__, SECONDS, _MEGABYTES)


def _plain(value: object) -> object:
    """A value of a page as JSON. Raises TypeError for what no template is given."""
    if is_dataclass(value) and not isinstance(value, type):
        return {_OBJECT: vars(value)}
    raise TypeError(f"a template is given strings, numbers and rows of them, not {type(value).__name__}")


def _as_objects(found: Any) -> Any:
    """The same, with what was an object before it travelled as one again."""
    if isinstance(found, list):
        return [_as_objects(each) for each in found]
    if not isinstance(found, dict):
        return found
    held = {name: _as_objects(value) for name, value in found.items()}
    return SimpleNamespace(**held[_OBJECT]) if held.keys() == {_OBJECT} else held


def main() -> None:
    """What the other process runs."""

    def answer(question: bytes) -> bytes:
        asked = _as_objects(read_json(question))
        sources = tuple((name, source) for name, source in asked["sources"])
        made = filled(Template(**asked["template"]), sources, asked["values"])
        return json.dumps(asdict(made) if isinstance(made, Fault) else {"made": made}).encode()

    serve(answer)
