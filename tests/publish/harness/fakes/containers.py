"""What the fakes of Instagram and Threads share: containers that are published once."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

from tests.publish.harness.fakes.graph import ABSENT, FakeGraph, error
from tests.publish.harness.faulty import Asked, Said

USER = "17841400000000001"


@dataclass
class Container:
    fields: dict[str, str]
    looks: int = 0
    media: str | None = None


class FakeContainers(FakeGraph):
    """`slow`: looks at a container until it is finished. `forced`: what every container says of itself."""

    make = publish = listing = quota = status = reason = text = ""
    longest = 0
    slow = 1

    def begin(self) -> None:
        self.containers: dict[str, Container] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.forced: tuple[str, str] | None = None
        self.used, self.total, self.lag = 3, 25, False

    def publishes(self, asked: Asked) -> bool:
        return asked.method == "POST" and asked.path.endswith(f"/{self.publish}")

    def count(self, text: str) -> int:
        with self.lock:
            return sum(found[self.text] == text for found in self.media.values())

    def made(self) -> list[dict[str, str]]:
        return [container.fields for container in self.containers.values()]

    def asked_for(self, asked: Asked, parts: list[str]) -> Said | None:
        match asked.method, parts:
            case "POST", [user, what] if user == USER and what == self.make:
                return self._make(dict(asked.form))
            case "POST", [user, what] if user == USER and what == self.publish:
                return self._publish(asked.form["creation_id"])
            case "GET", [user, what] if user == USER and what == self.quota:
                config = {"quota_total": self.total, "quota_duration": 86400}
                return Said({"data": [{"quota_usage": self.used, "config": config}]})
            case "GET", [user, what] if user == USER and what == self.listing:
                return Said({"data": [] if self.lag else list(reversed(self.media.values()))})
            case "GET", [found] if found in self.containers:
                return self._look(found, self.containers[found])
            case "GET", [found] if found in self.media:
                return Said({"id": found, "permalink": self.media[found]["permalink"]})
            case "DELETE", [found]:
                return Said({"success": True}) if self.media.pop(found, None) else ABSENT
            case "GET", [_]:
                return ABSENT
        return None

    def _make(self, fields: dict[str, str]) -> Said | None:
        if len(fields.get(self.text, "")) > self.longest:
            return error(36004, 2207010)
        for name in ("image_url", "video_url"):
            if name in fields and fields[name].removeprefix(f"{self.public}/") not in self.files:
                return error(9004, 2207052)
        if not self.takes(fields):
            return error(100)
        made = str(17900 + len(self.containers))
        self.containers[made] = Container(fields)
        return Said({"id": made})

    @abstractmethod
    def takes(self, fields: dict[str, str]) -> bool:
        """Whether these fields make a container."""

    def _state(self, container: Container) -> tuple[str, str]:
        if container.media is not None:
            return "PUBLISHED", ""
        if self.forced:
            return self.forced
        return ("FINISHED" if container.looks > self.slow else "IN_PROGRESS"), ""

    def _look(self, name: str, container: Container) -> Said:
        container.looks += 1
        state, reason = self._state(container)
        return Said({"id": name, self.status: state} | ({self.reason: reason} if reason else {}))

    def _publish(self, name: str) -> Said:
        container = self.containers.get(name)
        if container is None or container.fields.get("is_carousel_item"):
            return error(24, 2207006)
        if container.media is not None:
            return error(100, message="Invalid parameter")
        if self._state(container)[0] != "FINISHED":
            return error(9007, 2207027)
        made = str(18000 + len(self.media))
        container.media = made
        self.media[made] = {
            "id": made, self.text: container.fields.get(self.text, ""), "timestamp": self.stamp(),
            "permalink": f"https://www.{self.listing}.example/p/{made}/",
        }  # fmt: skip
        return Said({"id": made})
