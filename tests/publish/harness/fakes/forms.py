"""A multipart body, taken apart."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP

from tests.publish.harness.faulty import Asked


def parts_of(asked: Asked) -> dict[str, bytes]:
    """Values and files of a form by name; a file's own name under `name:filename`."""
    head = f"Content-Type: {asked.headers['Content-Type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + asked.body)
    found: dict[str, bytes] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="Content-Disposition")
        value = part.get_payload(decode=True)
        assert isinstance(value, bytes)
        found[str(name)] = value
        if (filename := part.get_filename()) is not None:
            found[f"{name}:filename"] = filename.encode()
    return found


def form_of(asked: Asked) -> dict[str, str]:
    """The values of a form, however it was sent."""
    if asked.headers.get("Content-Type", "").startswith("multipart/"):
        return {name: value.decode("utf-8", "replace") for name, value in parts_of(asked).items()}
    return dict(asked.form)
