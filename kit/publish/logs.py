"""Logs that a program can read and that hold no secret: one JSON object a line, blacked out at the end.

Redaction is done on the finished line, so that it also covers tracebacks, the debug logs of client
libraries, and whatever a server's answer quotes back to us.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from kit.publish.state_files import open_private

BLACK = "[redacted]"
_SHORTEST = 6
"""A secret shorter than this is not looked for by its value: it would black out ordinary words."""
_WORDS = (
    r"access_?token|refresh_?token|page_?token|access_?token_?secret|consumer_?key|consumer_?secret|oauth_token(?:_secret)?|client_secret|app_?secret|appsecret_proof|"
    r"api_?key|password|accessJwt|refreshJwt|oauth_signature|oauth_consumer_key|signature|code_verifier"
)
_PATTERNS = (
    # to the end of the line: an OAuth 1 header has many parts, and quotes of its own
    (re.compile(r"(?i)(authorization['\"]?\s*[:=]\s*)[^\r\n]+"), rf"\1{BLACK}"),
    (re.compile(r"(?i)\b(bearer|basic|dpop)\s+[A-Za-z0-9._~+/%=-]{6,}"), rf"\1 {BLACK}"),
    (re.compile(rf"(?i)((?:{_WORDS})=[\"']?)[^&\s\"'<>,;]+"), rf"\1{BLACK}"),
    (re.compile(rf"(?i)((?:\\?[\"'])[\w-]*(?:{_WORDS})(?:\\?[\"'])\s*:\s*(?:\\?[\"']))[^\"'\\]+"), rf"\1{BLACK}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), BLACK),
    (re.compile(r"(?i)(://[^/\s:@]+:)[^/\s@]+@"), rf"\1{BLACK}@"),
)  # fmt: skip


def redactor(secrets: Iterable[str] = ()) -> Callable[[str], str]:
    """A function that blacks out these values and whatever looks like a token."""
    values = sorted({s for s in secrets if len(s) >= _SHORTEST}, key=len, reverse=True)
    # as they stand in JSON and in a query string too
    shapes = [shape for v in values for shape in {v, json.dumps(v)[1:-1], _quoted(v)}]

    def redact(text: str) -> str:
        for shape in shapes:
            text = text.replace(shape, BLACK)
        for pattern, black in _PATTERNS:
            text = pattern.sub(black, text)
        return text

    return redact


def _quoted(value: str) -> str:
    from urllib.parse import quote

    return quote(value, safe="")


class JsonLines(logging.Formatter):
    """A record as one line: at, level, logger, message, and post, why, error where it has them."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Redacted before it is JSON: quoting could hide a secret from the patterns."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name in ("post", "why"):
            if (value := getattr(record, name, None)) is not None:
                line[name] = str(value)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps({key: self._redact(value) for key, value in line.items()}, ensure_ascii=False)


class _PrivateFile(RotatingFileHandler):
    """A log that only its owner can read, also the next one after a rotation; never behind a link."""

    def _open(self) -> TextIOWrapper:
        handle = open_private(Path(self.baseFilename), os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        return os.fdopen(handle, "a", encoding=self.encoding)


def start_logging(path: Path, redact: Callable[[str], str], *, debug: bool = False) -> logging.Handler:
    """Write all loggers to a private file beside the ledger, at most 4 × 5 MB; the handler, to end it.

    Client libraries stay at INFO: tweepy prints whole headers at DEBUG (measured 2026-11-23). httpx prints
    whole addresses at INFO, and an upload's carries a signature.
    """
    handler = _PrivateFile(path, maxBytes=5_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(JsonLines(redact))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("kit").setLevel(logging.DEBUG if debug else logging.INFO)
    return handler


def stop_logging(handler: logging.Handler) -> None:
    """End what `start_logging` began."""
    logging.getLogger().removeHandler(handler)
    handler.close()


def redacted_tracebacks(redact: Callable[[str], str]) -> None:
    """From now on, what Python prints when it stops on our own bug is blacked out as well."""

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.stderr.write(redact("".join(traceback.format_exception(kind, error, trace))))

    sys.excepthook = show
