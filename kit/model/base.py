"""What every model of the kit has in common: it is frozen and refuses unknown keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from pathlib import PurePosixPath
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AnyUrl,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    UrlConstraints,
    ValidationError,
    model_validator,
)

_LONGEST_PATH = 1000
_LONGEST_PART = 255
"""Bytes that a file system takes; a longer name is an OSError wherever it is looked for."""
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
_NOT_IN_AN_ADDRESS = re.compile(r"[\s\"<>\\^`{|}]")

Violation = tuple[tuple[str | int, ...], str]
"""A broken rule: the path from the model to the key to correct, and what is wrong."""


class Model(BaseModel):
    """A frozen value. Unknown keys are refused: a misspelt `captoin:` must be an error, not a missing caption."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)

    @classmethod
    def violations(cls, given: Mapping[str, Any]) -> Iterable[Violation]:
        """What is wrong between keys. `given` is what was written: perhaps text, perhaps wrong."""
        return ()

    @model_validator(mode="wrap")
    @classmethod
    def _fields_and_rules(cls, given: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Report broken rules together with wrong fields.

        Why not an after-validator: it runs only when every field is right, so its mistake would
        first show in the second run. And a rule here can say at which key it is broken.
        """
        errors: list[Any] = [
            {"type": "value_error", "loc": path, "input": given, "ctx": {"error": ValueError(message)}}
            for path, message in (cls.violations(given) if isinstance(given, dict) else ())
        ]
        try:
            value = handler(given)
        except ValidationError as error:
            errors += [
                {key: part for key, part in item.items() if key != "msg"}
                for item in error.errors(include_url=False)
            ]
        if errors:
            raise ValidationError.from_exception_data(cls.__name__, errors)
        return value


def quoted(value: object) -> str:
    """A value as a message shows it, at most 60 characters long."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…'"


def entry(item: object, key: str) -> Any:
    """`item[key]` of a mapping or a model, None when there is none."""
    return item.get(key) if isinstance(item, Mapping) else getattr(item, key, None)


def duplicate_ids(items: object, key: str) -> Iterable[Violation]:
    """A list's entries whose id was used before."""
    seen = set()
    for number, item in enumerate(items if isinstance(items, (list, tuple)) else ()):
        name = entry(item, "id")
        if isinstance(name, str) and name in seen:
            yield (key, number, "id"), f"{quoted(name)} is the id of an earlier entry too; ids are unique"
        elif isinstance(name, str):
            seen.add(name)


def duplicates(names: object, at: tuple[str | int, ...]) -> Iterable[Violation]:
    """A list's names that stand in it twice."""
    seen = set()
    for number, name in enumerate(names if isinstance(names, (list, tuple)) else ()):
        if isinstance(name, str) and name in seen:
            yield (*at, number), f"{quoted(name)} is listed twice"
        elif isinstance(name, str):
            seen.add(name)


def _yes_or_no(value: object) -> object:
    """Only `true` and `false` are booleans.

    Why: YAML 1.1 also reads `no`, `on` and `y` as booleans, which turns the Norwegian
    language code and the word "on" into False and True.
    """
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError(f"{quoted(value)} is not a yes or no; write true or false")


def _day(value: object) -> object:
    """Only `2026-11-25` is a day. Why: pydantic also reads `0` as 1970-01-01."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError(f"{quoted(value)} is not a date; write it as 2026-11-25")
    return value


def _clock(value: object) -> object:
    """Only `13:00` is a time of day: no seconds, and no zone of its own."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{2}:[0-9]{2}", value):
        raise ValueError(f"{quoted(value)} is not a time; write it as 13:00")
    return value


def inside_folder(value: str) -> str:
    """A path in YAML stays inside the campaign folder: it may come from someone else."""
    path = PurePosixPath(value.replace("\\", "/"))
    if len(value.encode()) > _LONGEST_PATH or any(len(part.encode()) > _LONGEST_PART for part in path.parts):
        raise ValueError(f"{quoted(value)} is too long for the name of a file")
    if path.is_absolute() or ".." in path.parts or ":" in value:
        raise ValueError(f"{quoted(value)} leaves the campaign folder; write a path inside it")
    return str(path)


def _no_device(value: str) -> str:
    """An id names files, and Windows cannot unpack a file of these names, whatever its extension.

    Rule: Microsoft, "Naming Files, Paths, and Namespaces" (read 2026-11-30).
    """
    if value in _DEVICES:
        raise ValueError(f"{quoted(value)} is the name of a device on Windows, which cannot unpack its files")
    return value


def _address_as_typed(value: object) -> object:
    """Refused and not percent-encoded: an address with a space or a quote is half a sentence, or an attack."""
    if isinstance(value, str) and (wrong := _NOT_IN_AN_ADDRESS.search(value.strip())):
        raise ValueError(f"{quoted(value)} is not an address: {wrong.group()!r} cannot stand in one")
    return value


def _no_user(value: AnyUrl) -> AnyUrl:
    """`https://official.example@evil.example/` looks like the one and opens the other."""
    if value.username is not None or value.password is not None:
        raise ValueError(f"{quoted(str(value))} hides its host behind an @; write https://host/…")
    return value


def is_this_machine(value: AnyUrl) -> bool:
    """Whether an address leads nowhere but to the machine that opens it."""
    host = (value.host or "").rstrip(".")
    return host in ("127.0.0.1", "[::1]", "localhost") or host.endswith(".localhost")


def _public(value: AnyUrl) -> AnyUrl:
    """Somewhere harmless that opens for anybody: not plain http, not a bare IP address.

    This very machine is let through, to try the page; the check fails it (`exit-not-public`).
    """
    host = (value.host or "").rstrip(".")
    if is_this_machine(value):
        return value
    if value.scheme != "https" or not re.fullmatch(r"[^:\[\]]*\.[^\d.\]][^.\]]*", host):
        raise ValueError(f"{quoted(str(value))} is not a public address; write https:// and a domain")
    return value


Version = Annotated[int, Field(ge=1, le=1)]
"""Version of a file format. An int and not a Literal: YAML scalars arrive as text."""
Flag = Annotated[bool, BeforeValidator(_yes_or_no)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\n\r\t]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
Id = Annotated[Slug, AfterValidator(_no_device)]
"""A slug that is given here, and becomes the name of files and folders."""
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,40}$")]
"""What a reference may be made of: a dot or a capital would make `{3919.number}` ambiguous."""
Day = Annotated[date, BeforeValidator(_day)]
Clock = Annotated[time, BeforeValidator(_clock)]
Address = Annotated[
    AnyUrl,
    UrlConstraints(allowed_schemes=["https", "http"], host_required=True),
    BeforeValidator(_address_as_typed),
    AfterValidator(_no_user),
]
"""A web address. Only these schemes: `javascript:` would run on the page it is linked from."""
PublicAddress = Annotated[Address, AfterValidator(_public)]
FilePath = Annotated[str, AfterValidator(inside_folder)]
