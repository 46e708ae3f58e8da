"""What the harness runs, one row each: the plain publishers of the protocol, and every fake's own `ROWS`.

A platform's publisher joins by its fake alone: a file in `fakes/` with a server, a way to connect, a post.
"""

from __future__ import annotations

from tests.publish.harness.fakes import from_each
from tests.publish.harness.publishers import KINDS, Plain
from tests.publish.harness.row import DUE, PICTURE, Row, Served, make_post, with_picture
from tests.publish.harness.world import World

__all__ = ["DUE", "PICTURE", "ROWS", "Row", "Served", "make_post", "with_picture"]


def _plain(kind: str) -> Row:
    return Row(KINDS[kind], lambda port, now, _: Plain(kind, port, now), make_post(kind), World)


ROWS: dict[str, Row] = {kind: _plain(kind) for kind in KINDS} | from_each("ROWS")
