"""pydantic's findings in the words of someone who writes campaigns, each at its place."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from kit.load.tree import Path_, Tree
from kit.model.base import quoted
from kit.model.texts import suggestion
from kit.tables.hashtags import CAMPAIGN_HASHTAG

INHERITED = (
    "channel", "emergency", "territory", "source", "confidence", "never_link_as",
    "verified_on", "verified_by", "valid_from", "valid_to", "review_by", "status",
)  # fmt: skip
"""What a tool may say once for all its facts."""
_WORDS = {
    "missing": "missing; this key is required",
    "float_parsing": "{input} is not a number",
    "float_type": "a number was expected, not {input}",
    "finite_number": "{input} is not a number",
    "int_parsing_size": "{input} is too large",
    "int_from_float": "{input} is not a whole number",
    "less_than": "{input} is too large; it must be less than {lt}",
    "too_long": "{length} are too many; at most {max_length} are allowed",
    "url_too_long": "{input} is too long for an address",
    "date_from_datetime_inexact": "{input} is not a date; write it as 2026-11-25",
    "int_parsing": "{input} is not a whole number",
    "int_type": "a whole number was expected, not {input}",
    "string_type": "a text was expected, not {input}",
    "bool_type": "write true or false",
    "tuple_type": "a list was expected, not {input}",
    "list_type": "a list was expected, not {input}",
    "dict_type": "a mapping (`key: value` lines) was expected, not {input}",
    "model_type": "a mapping (`key: value` lines) was expected, not {input}",
    "model_attributes_type": "a mapping (`key: value` lines) was expected, not {input}",
    "string_too_short": "is empty; write at least one character",
    "string_too_long": "is {length} characters long; at most {max_length} are allowed",
    "too_short": "is empty; list at least {min_length}",
    "string_pattern_mismatch": "{input} does not have the form {pattern}",
    "literal_error": "{input} is not one of {expected}",
    "greater_than": "{input} is too small; it must be more than {gt}",
    "greater_than_equal": "{input} is too small; the least is {ge}",
    "less_than_equal": "{input} is too large; the most is {le}",
    "date_from_datetime_parsing": "{input} is not a date; write it as 2026-11-25",
    "date_parsing": "{input} is not a date; write it as 2026-11-25",
    "date_type": "{input} is not a date; write it as 2026-11-25",
    "time_parsing": "{input} is not a time; write it as 13:00",
    "time_type": "{input} is not a time; write it as 13:00",
    "url_parsing": "{input} is not an address; write it as https://…",
    "url_scheme": "{input} is not an address; write it as https://…",
    "url_type": "{input} is not an address; write it as https://…",
}
_FORMS = {
    r"^[^\n\r\t]*$": "one line was expected, without tabs",
    r"^[a-z0-9-]{1,40}$": "{input} may hold a-z, 0-9 and - only, at most 40 of them",
    r"^[a-z0-9_-]{1,40}$": "{input} may hold a-z, 0-9, - and _ only, at most 40 of them",
    CAMPAIGN_HASHTAG: (
        "{input} is not a hashtag; write # and letters, digits or _ without a space, one letter at least: #25Novembre"
    ),
    r"^#[0-9A-Fa-f]{6}$": "{input} is not a colour; write it as #F58220",
    # the value is not repeated: it may be the secret itself, and a log would keep it
    r"^[A-Z][A-Z0-9_]{2,63}$": (
        "is not the name of an environment variable, such as X_ACCESS_TOKEN; never write a secret here"
    ),
}
"""What a pattern asks for, in words; a pattern that is not here is shown as it is."""
_ALSO_WRITTEN: dict[str, set[str]] = {
    "Campaign": {"sources"},
    "Tool": set(INHERITED),
    "Fact": {"source"},
}
_NEVER_WRITTEN = {"id", "tool", "source_url", "source_date"}


def note_all(
    error: ValidationError,
    tree: Tree,
    model: type[BaseModel],
    origins: dict[Path_, Path_] | None = None,
    elsewhere: dict[Path_, tuple[Tree, Path_]] | None = None,
    base: Path_ = (),
) -> None:
    """Add every error to the tree of the file it stands in, each once.

    `origins` maps what was written out to where it was written, `elsewhere` a path prefix to
    another file's tree (a language kept in its own file); `base` is where the model begins.
    """
    seen = set()
    for item in error.errors(include_url=False):
        path: Path_ = item["loc"]
        if item["type"] == "too_short" and item["input"]:
            continue  # the list is short only of its wrong items, and each of those is here already
        message = _message(item, path, model)
        if path and path[-1] == "[key]":
            path = path[:-1]
        home, at = tree, (*base, *_origin(path, origins or {}))
        for prefix, (other, start) in (elsewhere or {}).items():
            if path[: len(prefix)] == prefix:
                home, at = other, (*start, *path[len(prefix) :])
        if (home.file, at, message) not in seen:
            seen.add((home.file, at, message))
            home.mistake(at, message)


def _origin(path: Path_, origins: dict[Path_, Path_]) -> Path_:
    """Where a path, or the nearest parent that was moved, stands in the file."""
    for end in range(len(path), 0, -1):
        if path[:end] in origins:
            return (*origins[path[:end]], *path[end:])
    return path


def _message(item: Any, path: Path_, model: type[BaseModel]) -> str:
    kind = item["type"]
    if kind == "extra_forbidden":
        return f"unknown key{suggestion(str(path[-1]), _keys_at(model, path[:-1]))}"
    if kind == "value_error":
        return str(item["ctx"]["error"])
    if kind == "missing" and path[-1] == "confidence" and "facts" in path:
        return "has no source; name one, or say confidence: K (unsourced)"
    value = item["input"]
    context = dict(item.get("ctx") or {})
    words = _FORMS.get(str(context.get("pattern")), _WORDS.get(kind, ""))
    if not words:
        return str(item["msg"])
    length = len(value) if isinstance(value, (str, list, tuple, dict)) else 0
    message = words.format(input=quoted(value), length=length, **{"max_length": "", **context})
    if kind == "literal_error":
        known = set(str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", "))
        nearest = suggestion(str(value), known)
        message += nearest if "mean" in nearest else ""
    return message


def _keys_at(model: Any, path: Path_) -> set[str]:
    """The keys allowed where an unknown one was found, following the models down the path."""
    for step in path:
        model = _inside(model, step)
        if model is None:
            return set()
    found = _models(model)
    if not found:
        return set()
    name = found[0].__name__
    keys = set(found[0].model_fields) | _ALSO_WRITTEN.get(name, set())
    return keys - _NEVER_WRITTEN if name == "Fact" else keys


def _inside(annotation: Any, step: str | int) -> Any:
    for model in _models(annotation):
        if step in model.model_fields:
            return model.model_fields[str(step)].annotation
    if _models(annotation):
        return None
    parts = [part for part in get_args(annotation) if part is not type(None) and part is not Ellipsis]
    if not parts:
        return None
    return _inside(parts[0], step) if len(parts) == 1 and _is_optional(annotation) else parts[-1]


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return (
        [p for p in get_args(annotation) if isinstance(p, type) and issubclass(p, BaseModel)]
        if (_is_optional(annotation))
        else []
    )


def _is_optional(annotation: Any) -> bool:
    return type(None) in get_args(annotation)
