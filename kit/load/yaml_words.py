"""What YAML made of a text that was not meant as YAML, in the words of someone who writes campaigns.

libyaml names the place where it gave up; a writer has to look where the text began. Texts of this product
begin with a reference sooner or later, and French has apostrophes.
"""

from __future__ import annotations

import re

import yaml

Place = tuple[int, int]

HASH_CUTS = re.compile(r"[ \t]{1,2}(?P<hash>#)(?=\w)")
"""After a text without quotes: a hashtag. A comment has a space after its mark, or stands apart in a column."""
NO_BREAK = "a no-break space stands here, pasted from elsewhere; type a plain space"

_NO_BREAKS = "[\u00a0\u202f\u2007\u2060]"
_MISPLACED_NO_BREAK = re.compile(rf" *(?:- +)*(?:[^\s'\"#{{\[:]+:|-)?(?P<at>{_NO_BREAKS})")
_QUOTES = "put the text in quotes"
_ENDS_EARLY = {
    "}": ("{", f"a text that begins with a reference or a brace is a mapping to YAML; {_QUOTES}"),
    "]": ("[", f"a text that begins with a bracket is a list to YAML; {_QUOTES}"),
    "'": ("'", "the text ends at its second ', an apostrophe; put it in double quotes"),
    '"': ('"', 'the text ends at its second "; put the whole text in single quotes'),
}


def begins_with_no_break(text: str) -> bool:
    """Whether a key holds the space that was to indent it, or a text the one after its dash."""
    return re.match(rf"-?{_NO_BREAKS}", text) is not None


def explain(error: yaml.YAMLError, text: str) -> tuple[str, Place]:
    """What is wrong and what would be right, and where to look."""
    problem = str(getattr(error, "problem", None) or error).splitlines()[0]
    here, began = (_mark(error, name) for name in ("problem_mark", "context_mark"))
    row, column = here
    lines = text.split("\n")
    line = lines[row - 1] if row <= len(lines) else ""
    character = line[column - 1 : column]
    if "\t" in line[: len(line) - len(line.lstrip())] or "'\\t'" in problem or character == "\t":
        return "a tab is used to indent; YAML indents with spaces", here
    if space := _no_break_before(lines, row):
        return NO_BREAK, space
    if found := _meant_as_text(problem, str(getattr(error, "context", "")), line, here, began):
        return found
    if "unexpected end of stream" in problem:
        return "a quote is opened here and never closed", began
    if "could not find expected ':'" in problem:
        return "a `key: value` line was expected", began
    if "mapping values are not allowed" in problem:
        if ": " in line[: column - 1]:
            return "a second `: ` on the line; put the text in quotes", here
        return "a key cannot stand here: it is indented deeper than the line before, or too long", here
    if "cannot start any token" in problem:
        return f"{character!r} cannot start a value here; put the text in quotes", here
    if "expected ',' or" in problem:
        return f"a comma is missing, or the bracket opened on line {began[0]} is not closed", here
    if "expected node content" in problem:
        return "a value is missing; is a bracket before it not closed?", here
    if "expected key" in problem or "expected '-'" in problem:
        return f"the indentation does not fit the block that begins on line {began[0]}", here
    return f"not valid YAML: {problem}", here


def _no_break_before(lines: list[str], row: int) -> Place | None:
    """The nearest line up to this one that a no-break space indents, or whose key or dash one follows."""
    for number in range(min(row, len(lines)), max(row - 50, 0), -1):
        if found := _MISPLACED_NO_BREAK.match(lines[number - 1]):
            return number, found.start("at") + 1
    return None


def _meant_as_text(
    problem: str, context: str, line: str, here: Place, began: Place
) -> tuple[str, Place] | None:
    """A text whose first character is YAML's own, at the place where that text begins."""
    if "alphabetic or numeric" in problem:
        sign = "*" if "alias" in context else "&"
        return f"a text that begins with {sign} is a reference to YAML; {_QUOTES}", began
    if "block sequence entries are not allowed" in problem:
        return f"a text that begins with a dash is a list to YAML; {_QUOTES}", here
    if "comment or line break" in problem and "block scalar" in context:
        return f"a text that begins with > or | goes on the next line; {_QUOTES}", began
    if "did not find expected" not in problem:
        return None
    before, after = line[: here[1] - 1], line[here[1] - 1 :]
    value = re.search(r"(?:^|[:,\[{-] *)(\*[^\s,]+) +$", before)
    if value:
        return f"a text that begins with * is a reference to YAML; {_QUOTES}", (here[0], value.start(1) + 1)
    end = before.rstrip()[-1:]
    glued = before == before.rstrip()
    if end not in _ENDS_EARLY or not after or after[0] in "{['\"#" or ("',' or" in problem and not glued):
        return None
    opening, message = _ENDS_EARLY[end]
    start = before.rstrip().rfind(opening, 0, len(before.rstrip()) - 1)
    return (message, (here[0], start + 1)) if start >= 0 else None


def _mark(error: yaml.YAMLError, name: str) -> Place:
    mark = getattr(error, name, None)
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
