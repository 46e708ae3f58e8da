"""The harness's own platform: all four primitives that real platforms have, in as few words as possible.

A record under a client's key (as Bluesky), a single-use container (as Instagram), an idempotency
key (as Mastodon), and nothing (as X).
"""

from __future__ import annotations

import random
from typing import Any

from tests.publish.harness.faulty import FAULTS, Asked, Faulty, Said


class World(Faulty):
    """All that is out."""

    def begin(self) -> None:
        self.out: list[dict[str, str]] = []
        self.keys: dict[str, str] = {}
        self.containers: dict[str, str | None] = {}
        self.uploads = 0

    def publishes(self, asked: Asked) -> bool:
        return asked.path.endswith("/publish")

    def count(self, text: str) -> int:
        with self.lock:
            return sum(post["text"] == text for post in self.out)

    def answer(self, asked: Asked) -> Said | None:
        _, kind, action = asked.path.split("/")
        if action == "upload":
            return self._upload(kind)
        return self._find(kind, asked.json) if action == "find" else self._publish(kind, asked.json)

    def _publish(self, kind: str, body: dict[str, str]) -> Said:
        if kind == "container":
            known = self.containers.get(body["container"], "")
            if known == "":
                return Said({"error": "no such container", "stale": "container"}, 400)
            if known is not None:
                return Said({"error": "published already", "duplicate": known}, 400)
            self.containers[body["container"]] = made = self._add(body["text"])
            return Said({"id": made})
        if kind in ("key", "idempotency"):
            if body["key"] not in self.keys:
                self.keys[body["key"]] = self._add(body["text"])
            return Said({"id": self.keys[body["key"]]})
        return Said({"id": self._add(body["text"])})

    def _add(self, text: str) -> str:
        made = str(1000 + len(self.out))
        self.out.append({"id": made, "text": text})
        return made

    def _upload(self, kind: str) -> Said:
        self.uploads += 1
        name = f"{kind}-{self.uploads}"
        if kind == "container":
            self.containers[name] = None
        return Said({"id": name})

    def _find(self, kind: str, body: dict[str, Any]) -> Said:
        if kind == "key":
            return Said({"id": self.keys.get(body["key"])})
        if kind == "container":
            return Said({"id": self.containers.get(body["container"])})
        return Said({"id": next((p["id"] for p in self.out if p["text"] == body["text"]), None)})


def seeded_faults(chance: random.Random) -> list[str | None]:
    """The faults that a scenario's first publishing calls meet: half of the calls meet none."""
    return [chance.choice(FAULTS) if chance.random() < 0.5 else None for _ in range(3)]
