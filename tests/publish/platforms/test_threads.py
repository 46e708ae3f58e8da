"""Threads alone: text without a picture, its own errors, its own counting."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit.publish.protocol import Duplicate, NotSent, Posted
from tests.publish.harness.fakes.files import picture
from tests.publish.harness.fakes.threads import FakeThreads
from tests.publish.platforms.common import attempt, clip, files_of, post_of, prepared, sent, served
from tests.publish.platforms.container_platform import ContainerPlatform


@pytest.fixture
def threads() -> Iterator[ContainerPlatform]:
    with served(FakeThreads(files_of())) as server:
        yield ContainerPlatform("threads", server)


def test_threads_says_text_alone(threads: ContainerPlatform) -> None:
    post = post_of("threads")
    result, _ = sent(threads.publisher(files=None), post)
    assert isinstance(result, Posted)
    assert threads.server.made() == [{"media_type": "TEXT", "text": post.text}]


def test_threads_takes_a_clip_with_alternative_text(threads: ContainerPlatform) -> None:
    result, _ = sent(threads.publisher(), post_of("threads", clip()))
    assert isinstance(result, Posted)
    (made,) = threads.server.made()
    assert (made["media_type"], made["alt_text"]) == ("VIDEO", clip().alt)


def test_threads_makes_a_new_container_only_after_the_same_was_not_found_three_times(
    threads: ContainerPlatform,
) -> None:
    post = post_of("threads", picture())
    ready, _ = prepared(threads.publisher(), post)
    for number, stale in ((1, ()), (2, ()), (3, ("container",))):
        threads.server.faults = ["403"]
        result = threads.publisher().send(post, ready, attempt(ready.notes, number))
        assert isinstance(result, NotSent) and result.stale == stale and not result.permanent
    threads.server.faults = ["429"]
    limited = threads.publisher().send(post, ready, attempt(ready.notes, 9))
    assert isinstance(limited, NotSent) and not limited.stale


def test_threads_that_did_publish_what_it_did_not_find_is_found(threads: ContainerPlatform) -> None:
    post = post_of("threads", picture())
    _, ready = sent(threads.publisher(), post)
    threads.server.faults = ["403"]
    assert isinstance(threads.publisher().send(post, ready, attempt(ready.notes, 2)), Duplicate)


def test_threads_counts_an_emoji_by_its_bytes(threads: ContainerPlatform) -> None:
    publisher = threads.publisher()
    limits = publisher.limits()
    assert publisher.validate(post_of("threads", text="🧡" * 125), limits) == []
    assert publisher.validate(post_of("threads", text="🧡" * 126), limits)
