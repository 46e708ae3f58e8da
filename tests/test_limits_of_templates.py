"""Templates of a campaign folder are input from anyone: each mistake at its line, none a traceback, none without end."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kit.errors import InputError
from kit.load import Loaded, load
from kit.media.limited import LimitedProcess
from kit.model.plan import PostJob, VisualJob
from kit.plan import plan
from kit.render import typeset
from kit.render.post import fill
from kit.render.typeset import DoesNotFit, Typesetter
from kit.render.visual import TEMPLATE, data_for
from kit.resources import Resources
from kit.text import templates
from kit.text.templates import Template
from tests.support.campaign import narrowed

ROOT = Path(__file__).parent.parent
LOOP = "{% for i in range(99999) %}"


@dataclass(frozen=True)
class _Row:
    items: str


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load(narrowed(tmp_path_factory.mktemp("campaign") / "own"))


@pytest.fixture
def job(shipped: Loaded) -> PostJob:
    made = plan(shipped.campaign, shipped.theme, shipped.storyboards, shipped.schedule)
    return next(job for job in made.jobs if isinstance(job, PostJob))


def own(folder: Path, name: str, content: str | bytes) -> Resources:
    path = folder / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Resources(folder)


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "_process", lambda: LimitedProcess("kit.text.templates", 3.0, 500))


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("{{ 1/0 }}", "division by zero"),
        ("{{ 1//0 }}", "by zero"),
        ("{{ text + 1 }}", "can only concatenate str"),
        ("{{ no_such }}", "'no_such' is undefined"),
        ("{% for i in range(10**9) %}{% endfor %}", "Range too big"),
        ("{{ 'a' * 10**10 }}", "memory"),
        ("{% include 'x' %}", "there is no template 'x' to include"),
        ("{% include '../../../../../../etc/passwd' %}", "there is no template"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "calls itself"),
        ("{{ cycler.__init__.__globals__ }}", "unsafe"),
        ("{{ text.format_map }}{{ ''.__class__ }}", "unsafe"),
        ("{{ ", "unexpected"),
        (b"caf\xe9", "byte 0xE9 is not UTF-8"),
    ],
)
def test_each_mistake_of_a_post_template_is_at_its_line(
    tmp_path: Path, job: PostJob, source: str | bytes, what: str
) -> None:
    head = b"{{ text }}\n" if isinstance(source, bytes) else "{{ text }}\n"
    with pytest.raises(InputError) as caught:
        fill(job, own(tmp_path, "posts/x.txt.j2", head + source))  # type: ignore[operator]
    assert what in str(caught.value)
    assert str(caught.value).startswith("templates/posts/x.txt.j2:2: ")
    assert "a post template may use: hashtag, text" in caught.value.hint
    assert [mistake.line for mistake in caught.value.mistakes] == [2]


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("{{ 'a' * 20000000 }}", "it makes more than 10 MB"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "calls itself, or nests brackets, without end"),
    ],
)
def test_a_template_that_is_too_much_as_a_whole_is_named(
    tmp_path: Path, job: PostJob, source: str, what: str
) -> None:
    with pytest.raises(InputError, match=rf"^templates/posts/x\.txt\.j2: {what}"):
        fill(job, own(tmp_path, "posts/x.txt.j2", source))


def test_loops_without_end_are_stopped_and_the_next_template_is_filled(
    tmp_path: Path, job: PostJob, short_patience: None
) -> None:
    endless = LOOP * 3 + "{% endfor %}" * 3
    with pytest.raises(InputError, match=r"templates/posts/x\.txt\.j2: takes over 3 s to fill"):
        fill(job, own(tmp_path, "posts/x.txt.j2", endless))
    assert fill(job, own(tmp_path, "posts/x.txt.j2", "own: {{ hashtag }}")).startswith("own: #")


def test_a_campaigns_template_and_the_same_one_of_the_kit_give_the_same_text(
    tmp_path: Path, job: PostJob, shipped: Loaded
) -> None:
    source = (ROOT / "templates/posts/x.txt.j2").read_bytes()
    assert fill(job, own(tmp_path, "posts/x.txt.j2", source)) == fill(job, shipped.resources)


def test_html_is_escaped_and_objects_stay_objects_on_the_way_to_the_other_process(tmp_path: Path) -> None:
    resources = own(
        tmp_path,
        "page/a.html.j2",
        "{{ t.x }}{{ row.items }}{% for a, b in pairs %}{{ a }}{{ b }}{% endfor %}",
    )

    values = {"t": {"x": "<b>"}, "row": _Row("of it"), "pairs": [(1, None)]}
    assert Template("page", "a.html.j2", html=True).fill(resources, values, "") == "&lt;b&gt;of it1None"


def test_jinja_is_used_by_one_module_and_every_template_is_filled_there() -> None:
    users, filled = set(), set()
    for path in (ROOT / "kit").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] in ("jinja2", "markupsafe") for name in names):
                users.add(path.relative_to(ROOT).as_posix())
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Template" and node.args:
                filled.add(ast.literal_eval(node.args[0]))
    assert users == {"kit/text/templates.py"}
    assert {path.parent.name for path in (ROOT / "templates").rglob("*.j2")} == filled


# Typst


@pytest.fixture
def visual(shipped: Loaded, tmp_path: Path) -> Callable[[str], object]:
    """Sets a picture with a line added to the campaign's own `visual.typ`."""
    made = plan(shipped.campaign, shipped.theme, shipped.storyboards, shipped.schedule)
    picture = next(job for job in made.jobs if isinstance(job, VisualJob))
    source = (ROOT / "templates/visual/visual.typ").read_text()

    def set_with(line: str, instead: bool = False) -> object:
        resources = own(tmp_path, "visual/visual.typ", line if instead else f"{source}\n{line}\n")
        return Typesetter(resources).compile(TEMPLATE, data_for(picture, resources), picture)

    return set_with


def test_a_template_of_the_campaign_sets_the_very_bytes_that_the_shipped_one_does(
    visual: Callable[[str], tuple[list[bytes], object]], shipped: Loaded
) -> None:
    made = plan(shipped.campaign, shipped.theme, shipped.storyboards, shipped.schedule)
    picture = next(job for job in made.jobs if isinstance(job, VisualJob))
    known = Typesetter(shipped.resources).compile(TEMPLATE, data_for(picture, shipped.resources), picture)
    assert visual("") == known


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('#metadata("x") <box>', "gives a metadata <box> that is none"),
        (
            '#metadata((role: "number", text: "1", x: "a", y: 0, w: 0, h: 0, size_px: 1)) <box>',
            "x: Input should be",
        ),
        (
            '#metadata((role: "number", text: "1", font: "F", x: 0, y: 0, w: 0, h: 0, size_px: 1)) <box>',
            "font",
        ),
        ('#metadata((role: "number", text: "1", x: float.nan, y: 0, w: 0, h: 0, size_px: 1)) <box>', "x: "),
        ('#panic("kit-overflow: x")', "panicked with: kit-overflow: x"),
        ('#panic("kit-overflow:[1]")', "panicked with: kit-overflow:[1]"),
        ("#(1/0)", "cannot divide by zero"),
        ('#read("/etc/passwd")', "file not found"),
        ('#read("../../../../../../etc/passwd")', "would escape the project root"),
        ('#import "@preview/example:0.1.0": *', "packages are not read"),
        ("#for i in range(600) { pagebreak() }", "sets 601 pages; from 1 to 500 are right"),
    ],
)
def test_what_a_typst_template_does_wrong_is_a_mistake_in_it(
    visual: Callable[[str], object], line: str, what: str
) -> None:
    with pytest.raises(InputError) as caught:
        visual(line)
    assert what in str(caught.value) and not isinstance(caught.value, DoesNotFit)
    assert str(caught.value).startswith("templates/visual/visual.typ")


@pytest.mark.parametrize(
    "line",
    [
        "#let x = 0\n#while true { x += 1; if x < 0 { break } }",
        "#set page(width: 100000pt, height: 100000pt)\nx",
    ],
)
def test_a_sheet_that_never_ends_or_is_as_large_as_a_field_is_stopped(
    visual: Callable[..., object], monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr(typeset, "_SECONDS", 8.0)
    with pytest.raises(InputError, match=r"templates/visual/visual\.typ: (takes|needs) over|visual\.typ:"):
        visual(line, instead=True)


def test_shipped_templates_are_set_without_another_process(
    shipped: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(LimitedProcess, "ask")
    made = plan(shipped.campaign, shipped.theme, shipped.storyboards, shipped.schedule)
    picture = next(job for job in made.jobs if isinstance(job, VisualJob))
    Typesetter(shipped.resources).compile(TEMPLATE, data_for(picture, shipped.resources), picture)
