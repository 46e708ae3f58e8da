"""What is decided about one post, for every answer a platform can give."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kit.model.post import Blocked, Post
from kit.publish.engine import Rules
from kit.publish.protocol import Duplicate, Limits, NotSent, RemoteRef, Resend, Unknown, Unreadable
from kit.publish.records import State
from kit.publish.sending import TRIES
from tests.publish.moments import DUE
from tests.publish.world_of_posts import Desk, ScriptedPublisher, a_post

LOST = Unknown("no answer")
REF = RemoteRef("7", "https://x.test/7")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def passes(desk: Desk, count: int, seconds: float = 45) -> None:
    for _ in range(count):
        desk.clock.pass_by(seconds)
        desk.due()


def test_a_post_goes_out_once_and_its_address_is_kept(desk: Desk) -> None:
    assert desk.due().sent == [str(desk.posts[0].key)]
    passes(desk, 5)
    assert len(desk.publisher.sent) == 1
    assert (desk.entry().state, desk.entry().url) == (State.POSTED, "https://x.test/1")


def test_nothing_goes_out_before_its_time_but_uploads_do(desk: Desk) -> None:
    desk.clock.at = DUE - timedelta(minutes=9)
    desk.due()
    assert (desk.publisher.sent, len(desk.publisher.prepared)) == ([], 1)
    assert desk.entry().state is State.PREPARED
    desk.clock.at = DUE
    desk.due()
    assert (len(desk.publisher.sent), len(desk.publisher.prepared)) == (1, 1)


def test_an_unknown_outcome_is_looked_for_only_after_the_settle_time_and_twice(desk: Desk) -> None:
    desk.publisher.answers = [LOST]
    desk.publisher.finds = [None, None]
    desk.due()
    passes(desk, 1, 80)
    assert len(desk.publisher.finds) == 2
    passes(desk, 1, 15)
    assert (len(desk.publisher.finds), desk.entry().state) == (1, State.RECONCILING)
    passes(desk, 1, 20)
    assert len(desk.publisher.finds) == 1, "the second look came less than 30 s after the first"
    passes(desk, 1, 15)
    assert desk.entry().state is State.NEEDS_REVIEW
    assert len(desk.publisher.sent) == 1


@pytest.mark.parametrize("looks", [[REF], [None, REF]])
def test_a_lost_answer_of_a_post_that_is_there_ends_as_posted(
    desk: Desk, looks: list[RemoteRef | None]
) -> None:
    desk.publisher.answers, desk.publisher.finds = [LOST], list(looks)
    desk.due()
    passes(desk, 6)
    assert (desk.entry().state, desk.entry().url, len(desk.publisher.sent)) == (State.POSTED, REF.url, 1)


def test_on_unknown_retry_sends_again_under_the_same_key(desk: Desk) -> None:
    desk.rules = Rules(on_unknown="retry")
    desk.publisher.answers = [LOST]
    desk.due()
    passes(desk, 6)
    assert desk.entry().state is State.POSTED
    assert len({attempt.key for attempt in desk.publisher.sent}) == 1
    assert len(desk.publisher.sent) == 2


@pytest.mark.parametrize("resend", [Resend.SAME_KEY, Resend.SAME_CONTAINER])
def test_a_primitive_makes_resending_safe_without_a_person_and_without_waiting(
    desk: Desk, resend: Resend
) -> None:
    desk.publisher = ScriptedPublisher(resend, answers=[LOST])
    desk.due()
    desk.due()
    assert desk.entry().state is State.POSTED
    assert desk.publisher.sent[0].notes == desk.publisher.sent[1].notes


def test_the_idempotency_key_is_trusted_for_55_minutes_on_servers_that_honour_it(desk: Desk) -> None:
    desk.publisher = ScriptedPublisher(Resend.IDEMPOTENCY_KEY, answers=[LOST], extra={"honours_key": "yes"})
    desk.due()
    passes(desk, 6)
    assert (desk.entry().state, len(desk.publisher.sent)) == (State.POSTED, 2)


@pytest.mark.parametrize(("extra", "seconds"), [({}, 45), ({"honours_key": "yes"}, 3300)])
def test_an_old_or_untrusted_idempotency_key_asks_a_person(
    desk: Desk, extra: dict[str, str], seconds: float
) -> None:
    desk.publisher = ScriptedPublisher(Resend.IDEMPOTENCY_KEY, answers=[LOST], extra=extra)
    desk.due()
    passes(desk, 5, seconds)
    assert (desk.entry().state, len(desk.publisher.sent)) == (State.NEEDS_REVIEW, 1)


@pytest.mark.parametrize("resend", [Resend.NEVER, Resend.IDEMPOTENCY_KEY])
@pytest.mark.parametrize("on_unknown", ["hold", "retry"])
def test_reads_that_fail_end_with_a_person_and_never_with_a_blind_resend(
    desk: Desk, resend: Resend, on_unknown: str
) -> None:
    desk.rules = Rules(on_unknown="retry" if on_unknown == "retry" else "hold")
    desk.publisher = ScriptedPublisher(
        resend, answers=[LOST], finds=[Unreadable("500"), OSError("down"), Unreadable("500")]
    )
    desk.due()
    passes(desk, 8)
    assert (desk.entry().state, len(desk.publisher.sent)) == (State.NEEDS_REVIEW, 1)
    assert "could not be looked for" in desk.entry().why


@pytest.mark.parametrize("resend", [Resend.SAME_KEY, Resend.SAME_CONTAINER])
def test_with_a_primitive_it_is_sent_again_even_if_reading_fails(desk: Desk, resend: Resend) -> None:
    desk.publisher = ScriptedPublisher(resend, answers=[LOST], finds=[Unreadable("500")] * 9)
    desk.due()
    passes(desk, 3)
    assert (desk.entry().state, len(desk.publisher.sent)) == (State.POSTED, 2)


def test_an_unforeseen_exception_of_the_call_is_an_unknown_outcome(desk: Desk) -> None:
    desk.publisher.answers = [ZeroDivisionError("our bug")]
    desk.due()
    assert desk.entry().state is State.UNKNOWN


def test_a_duplicate_notice_without_a_trace_of_the_post_asks_even_with_retry(desk: Desk) -> None:
    desk.rules = Rules(on_unknown="retry")
    desk.publisher.answers = [Duplicate("duplicate content", status=403)]
    desk.due()
    passes(desk, 6)
    assert (desk.entry().state, len(desk.publisher.sent)) == (State.NEEDS_REVIEW, 1)


def test_a_duplicate_that_the_platform_names_and_hides_is_posted(desk: Desk) -> None:
    desk.publisher.answers = [
        Duplicate("DUPLICATE_POST", RemoteRef("urn:li:share:1", "https://l.test/1"), 422)
    ]
    desk.publisher.finds = [Unreadable("403")]
    desk.due()
    passes(desk, 4)
    assert (desk.entry().state, desk.entry().remote_id) == (State.POSTED, "urn:li:share:1")


def test_a_container_made_anew_after_an_unknown_outcome_asks_a_person(desk: Desk) -> None:
    gone = NotSent("expired", stale=("media",))
    desk.publisher = ScriptedPublisher(Resend.SAME_CONTAINER, answers=[LOST, gone])
    desk.due()
    passes(desk, 6)
    assert (desk.entry().state, len(desk.publisher.sent)) == (State.NEEDS_REVIEW, 2)


def test_a_container_that_is_refused_at_the_first_try_is_made_anew(desk: Desk) -> None:
    desk.publisher = ScriptedPublisher(
        Resend.SAME_CONTAINER, answers=[NotSent("not ready", stale=("media",))]
    )
    desk.due()
    passes(desk, 3)
    assert [a.notes["media"] for a in desk.publisher.sent] == ["m1", "m2"]


def test_a_permanent_refusal_fails_and_is_not_tried_again(desk: Desk) -> None:
    desk.publisher.answers = [NotSent("422 too long", permanent=True)]
    desk.due()
    passes(desk, 5)
    assert (desk.entry().state, len(desk.publisher.sent)) == (State.FAILED, 1)


def test_a_permanent_refusal_after_an_unanswered_try_asks_instead_of_saying_that_nothing_is_out(
    desk: Desk,
) -> None:
    desk.rules = Rules(on_unknown="retry")
    desk.publisher.answers = [LOST, NotSent("401 token expired", permanent=True)]
    desk.due()
    passes(desk, 12)
    assert (desk.entry().state, len(desk.publisher.sent)) == (State.NEEDS_REVIEW, 2)
    assert desk.entry().why == "401 token expired"


def test_a_rate_limit_is_remembered_by_the_next_process_for_the_whole_account(desk: Desk) -> None:
    desk.posts = [a_post("day"), a_post("later", due=DUE + timedelta(minutes=5))]
    desk.publisher.answers = [NotSent("429", not_before=DUE + timedelta(minutes=10), status=429)]
    desk.due()
    passes(desk, 6, 60)
    assert len(desk.publisher.sent) == 1
    assert "asks to wait" in desk.due().held[str(desk.posts[1].key)]
    passes(desk, 1, 300)
    assert desk.entry(0).state is State.POSTED
    assert len(desk.publisher.sent) == 2, "the second post keeps the account's spacing"
    passes(desk, 1, 61)
    assert len(desk.publisher.sent) == 3


def test_refusals_without_a_time_are_tried_again_ever_more_slowly(desk: Desk) -> None:
    desk.publisher.answers = [NotSent("no connection")] * 3
    desk.due()
    gaps = []
    for _ in range(3):
        gaps.append((desk.entry().next - desk.clock.now()).total_seconds())
        passes(desk, 1, gaps[-1])
    assert gaps == sorted(gaps) and 30 <= gaps[0] < 45 and gaps[2] >= 120
    assert desk.entry().state is State.POSTED


def test_a_late_post_asks_instead_of_going_out(desk: Desk) -> None:
    desk.clock.at = DUE + timedelta(hours=6, seconds=1)
    desk.due()
    assert (desk.entry().state, desk.publisher.sent) == (State.EXPIRED, [])


def test_a_refused_post_is_held_with_every_reason_and_goes_out_when_they_are_gone(desk: Desk) -> None:
    key = desk.posts[0].key
    desk.refused = [
        Blocked(key=key, code="not-approved", why="nobody"),
        Blocked(key=key, code="finding", why="x"),
    ]
    assert desk.due().held == {str(key): "not-approved: nobody; finding: x"}
    assert desk.publisher.prepared == []
    desk.refused = []
    assert desk.due().sent == [str(key)]


def test_uploads_that_fail_are_repeated_and_what_was_uploaded_is_not(desk: Desk) -> None:
    desk.publisher.fails = [NotSent("connection refused")]
    desk.due()
    assert desk.entry().state is State.RETRY_AT
    passes(desk, 1)
    assert desk.entry().state is State.POSTED


def test_what_the_server_would_refuse_is_not_sent(desk: Desk) -> None:
    desk.posts = [a_post(text="x" * 600)]
    desk.due()
    assert (desk.entry().state, desk.entry().why, desk.publisher.sent) == (State.FAILED, "too long", [])


def test_two_posts_of_an_account_keep_their_distance_after_an_outage(desk: Desk) -> None:
    desk.rules = Rules(spacing={"one": timedelta(minutes=15)})
    desk.posts = [a_post("a"), a_post("b", due=DUE + timedelta(minutes=15))]
    desk.clock.at = DUE + timedelta(hours=1)
    desk.due()
    passes(desk, 1, 14 * 60)
    assert len(desk.publisher.sent) == 1
    passes(desk, 1, 61)
    assert len(desk.publisher.sent) == 2


def test_a_pause_between_choosing_and_sending_stops_the_call(desk: Desk) -> None:
    def pause_now(*_: object) -> None:
        with desk.ledger() as ledger:
            ledger.pause("A. Martin", desk.clock.now())

    real = desk.publisher.validate

    def validate(post: Post, limits: Limits) -> list[str]:
        pause_now()
        return real(post, limits)

    desk.publisher.validate = validate  # type: ignore[method-assign]
    assert "paused" in desk.due().held[str(desk.posts[0].key)]
    assert desk.publisher.sent == []


def test_after_many_unknown_outcomes_a_person_is_asked_even_with_retry(desk: Desk) -> None:
    desk.rules = Rules(on_unknown="retry")
    desk.publisher.answers = [LOST] * 50
    desk.due()
    passes(desk, 60)
    assert (desk.entry().state, len(desk.publisher.sent)) == (State.NEEDS_REVIEW, TRIES)


@pytest.mark.parametrize("resend", [Resend.SAME_KEY, Resend.SAME_CONTAINER])
def test_an_outage_of_an_hour_is_outlasted_ever_more_slowly_where_resending_is_safe(
    desk: Desk, resend: Resend
) -> None:
    def down() -> None:
        if desk.clock.now() < DUE + timedelta(hours=1):
            desk.publisher.answers = [Unknown("503", 503)]
            desk.publisher.finds = [Unreadable("503")]

    desk.publisher = ScriptedPublisher(resend, during=down)
    desk.due()
    passes(desk, 120, 45)
    assert desk.entry().state is State.POSTED
    assert 5 < len(desk.publisher.sent) < 25


@pytest.mark.parametrize("after", [NotSent("gone for good", permanent=True), None])
def test_what_may_be_out_is_never_called_failed_or_too_late(desk: Desk, after: NotSent | None) -> None:
    """An earlier try whose outcome nobody knows makes «certainly not out» a lie."""
    desk.rules = Rules(on_unknown="retry")
    desk.publisher.answers = [LOST, after or NotSent("later", not_before=DUE + timedelta(hours=7))]
    desk.due()
    passes(desk, 5)
    assert len(desk.publisher.sent) == 2
    desk.clock.at = DUE + timedelta(hours=7)
    desk.due()
    assert desk.entry().state is State.NEEDS_REVIEW
    with desk.ledger() as ledger:
        ledger.decide(desk.entry(), State.FAILED, desk.clock.now(), "given up")
    assert desk.entry().state is State.FAILED
