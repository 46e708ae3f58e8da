"""Instagram or Threads, for tests that hold of both."""

from __future__ import annotations

from dataclasses import dataclass, field

from kit.publish.platforms.containers import Containers
from kit.publish.platforms.instagram import Instagram
from kit.publish.platforms.threads import Threads
from tests.publish.harness.fakes.containers import USER, FakeContainers
from tests.publish.harness.fakes.graph import TOKEN
from tests.publish.harness.faulty import PATIENT_S
from tests.publish.platforms.common import NOW


@dataclass
class ContainerPlatform:
    """One of both platforms: its fake and a publisher that waits without sleeping."""

    name: str
    server: FakeContainers
    sleeps: list[float] = field(default_factory=list)

    def publisher(self, files: str | None = "", token: str = TOKEN, limit: float = PATIENT_S) -> Containers:
        kind = {"instagram": Instagram, "threads": Threads}[self.name]
        public = self.server.public if files == "" else files
        return kind(
            USER, token, public, base=self.server.api, now=lambda: NOW, sleep=self.sleeps.append,
            time_limit_s=limit,
        )  # fmt: skip

    @property
    def text(self) -> str:
        return {"instagram": "caption", "threads": "text"}[self.name]
