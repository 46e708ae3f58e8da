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
from tests.publish.world_of_posts import Rig, ScriptedPublisher, a_post

LOST = Unknown("no answer")
REF = RemoteRef("7", "https://x.test/7")


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def passes(rig: Rig, count: int, seconds: float = 45) -> None:
    for _ in range(count):
        rig.clock.pass_by(seconds)
        rig.due()


def test_a_post_goes_out_once_and_its_address_is_kept(rig: Rig) -> None:
    assert rig.due().sent == [str(rig.posts[0].key)]
    passes(rig, 5)
    assert len(rig.publisher.sent) == 1
    assert (rig.entry().state, rig.entry().url) == (State.POSTED, "https://x.test/1")


def test_nothing_goes_out_before_its_time_but_uploads_do(rig: Rig) -> None:
    rig.clock.at = DUE - timedelta(minutes=9)
    rig.due()
    assert (rig.publisher.sent, len(rig.publisher.prepared)) == ([], 1)
    assert rig.entry().state is State.PREPARED
    rig.clock.at = DUE
    rig.due()
    assert (len(rig.publisher.sent), len(rig.publisher.prepared)) == (1, 1)


def test_an_unknown_outcome_is_looked_for_only_after_the_settle_time_and_twice(rig: Rig) -> None:
    rig.publisher.answers = [LOST]
    rig.publisher.finds = [None, None]
    rig.due()
    passes(rig, 1, 80)
    assert len(rig.publisher.finds) == 2
    passes(rig, 1, 15)
    assert (len(rig.publisher.finds), rig.entry().state) == (1, State.RECONCILING)
    passes(rig, 1, 20)
    assert len(rig.publisher.finds) == 1, "the second look came less than 30 s after the first"
    passes(rig, 1, 15)
    assert rig.entry().state is State.NEEDS_REVIEW
    assert len(rig.publisher.sent) == 1


@pytest.mark.parametrize("looks", [[REF], [None, REF]])
def test_a_lost_answer_of_a_post_that_is_there_ends_as_posted(
    rig: Rig, looks: list[RemoteRef | None]
) -> None:
    rig.publisher.answers, rig.publisher.finds = [LOST], list(looks)
    rig.due()
    passes(rig, 6)
    assert (rig.entry().state, rig.entry().url, len(rig.publisher.sent)) == (State.POSTED, REF.url, 1)


def test_on_unknown_retry_sends_again_under_the_same_key(rig: Rig) -> None:
    rig.rules = Rules(on_unknown="retry")
    rig.publisher.answers = [LOST]
    rig.due()
    passes(rig, 6)
    assert rig.entry().state is State.POSTED
    assert len({attempt.key for attempt in rig.publisher.sent}) == 1
    assert len(rig.publisher.sent) == 2


@pytest.mark.parametrize("resend", [Resend.SAME_KEY, Resend.SAME_CONTAINER])
def test_a_primitive_makes_resending_safe_without_a_person_and_without_waiting(
    rig: Rig, resend: Resend
) -> None:
    rig.publisher = ScriptedPublisher(resend, answers=[LOST])
    rig.due()
    rig.due()
    assert rig.entry().state is State.POSTED
    assert rig.publisher.sent[0].notes == rig.publisher.sent[1].notes


def test_the_idempotency_key_is_trusted_for_55_minutes_on_servers_that_honour_it(rig: Rig) -> None:
    rig.publisher = ScriptedPublisher(Resend.IDEMPOTENCY_KEY, answers=[LOST], extra={"honours_key": "yes"})
    rig.due()
    passes(rig, 6)
    assert (rig.entry().state, len(rig.publisher.sent)) == (State.POSTED, 2)


@pytest.mark.parametrize(("extra", "seconds"), [({}, 45), ({"honours_key": "yes"}, 3300)])
def test_an_old_or_untrusted_idempotency_key_asks_a_person(
    rig: Rig, extra: dict[str, str], seconds: float
) -> None:
    rig.publisher = ScriptedPublisher(Resend.IDEMPOTENCY_KEY, answers=[LOST], extra=extra)
    rig.due()
    passes(rig, 5, seconds)
    assert (rig.entry().state, len(rig.publisher.sent)) == (State.NEEDS_REVIEW, 1)


@pytest.mark.parametrize("resend", [Resend.NEVER, Resend.IDEMPOTENCY_KEY])
@pytest.mark.parametrize("on_unknown", ["hold", "retry"])
def test_reads_that_fail_end_with_a_person_and_never_with_a_blind_resend(
    rig: Rig, resend: Resend, on_unknown: str
) -> None:
    rig.rules = Rules(on_unknown="retry" if on_unknown == "retry" else "hold")
    rig.publisher = ScriptedPublisher(
        resend, answers=[LOST], finds=[Unreadable("500"), OSError("down"), Unreadable("500")]
    )
    rig.due()
    passes(rig, 8)
    assert (rig.entry().state, len(rig.publisher.sent)) == (State.NEEDS_REVIEW, 1)
    assert "could not be looked for" in rig.entry().why


@pytest.mark.parametrize("resend", [Resend.SAME_KEY, Resend.SAME_CONTAINER])
def test_with_a_primitive_it_is_sent_again_even_if_reading_fails(rig: Rig, resend: Resend) -> None:
    rig.publisher = ScriptedPublisher(resend, answers=[LOST], finds=[Unreadable("500")] * 9)
    rig.due()
    passes(rig, 3)
    assert (rig.entry().state, len(rig.publisher.sent)) == (State.POSTED, 2)


def test_an_unforeseen_exception_of_the_call_is_an_unknown_outcome(rig: Rig) -> None:
    rig.publisher.answers = [ZeroDivisionError("our bug")]
    rig.due()
    assert rig.entry().state is State.UNKNOWN


def test_a_duplicate_notice_without_a_trace_of_the_post_asks_even_with_retry(rig: Rig) -> None:
    rig.rules = Rules(on_unknown="retry")
    rig.publisher.answers = [Duplicate("duplicate content", status=403)]
    rig.due()
    passes(rig, 6)
    assert (rig.entry().state, len(rig.publisher.sent)) == (State.NEEDS_REVIEW, 1)


def test_a_duplicate_that_the_platform_names_and_hides_is_posted(rig: Rig) -> None:
    rig.publisher.answers = [
        Duplicate("DUPLICATE_POST", RemoteRef("urn:li:share:1", "https://l.test/1"), 422)
    ]
    rig.publisher.finds = [Unreadable("403")]
    rig.due()
    passes(rig, 4)
    assert (rig.entry().state, rig.entry().remote_id) == (State.POSTED, "urn:li:share:1")


def test_a_container_made_anew_after_an_unknown_outcome_asks_a_person(rig: Rig) -> None:
    gone = NotSent("expired", stale=("media",))
    rig.publisher = ScriptedPublisher(Resend.SAME_CONTAINER, answers=[LOST, gone])
    rig.due()
    passes(rig, 6)
    assert (rig.entry().state, len(rig.publisher.sent)) == (State.NEEDS_REVIEW, 2)


def test_a_container_that_is_refused_at_the_first_try_is_made_anew(rig: Rig) -> None:
    rig.publisher = ScriptedPublisher(Resend.SAME_CONTAINER, answers=[NotSent("not ready", stale=("media",))])
    rig.due()
    passes(rig, 3)
    assert [a.notes["media"] for a in rig.publisher.sent] == ["m1", "m2"]


def test_a_permanent_refusal_fails_and_is_not_tried_again(rig: Rig) -> None:
    rig.publisher.answers = [NotSent("422 too long", permanent=True)]
    rig.due()
    passes(rig, 5)
    assert (rig.entry().state, len(rig.publisher.sent)) == (State.FAILED, 1)


def test_a_permanent_refusal_after_an_unanswered_try_asks_instead_of_saying_that_nothing_is_out(
    rig: Rig,
) -> None:
    rig.rules = Rules(on_unknown="retry")
    rig.publisher.answers = [LOST, NotSent("401 token expired", permanent=True)]
    rig.due()
    passes(rig, 12)
    assert (rig.entry().state, len(rig.publisher.sent)) == (State.NEEDS_REVIEW, 2)
    assert rig.entry().why == "401 token expired"


def test_a_rate_limit_is_remembered_by_the_next_process_for_the_whole_account(rig: Rig) -> None:
    rig.posts = [a_post("day"), a_post("later", due=DUE + timedelta(minutes=5))]
    rig.publisher.answers = [NotSent("429", not_before=DUE + timedelta(minutes=10), status=429)]
    rig.due()
    passes(rig, 6, 60)
    assert len(rig.publisher.sent) == 1
    assert "asks to wait" in rig.due().held[str(rig.posts[1].key)]
    passes(rig, 1, 300)
    assert rig.entry(0).state is State.POSTED
    assert len(rig.publisher.sent) == 2, "the second post keeps the account's spacing"
    passes(rig, 1, 61)
    assert len(rig.publisher.sent) == 3


def test_refusals_without_a_time_are_tried_again_ever_more_slowly(rig: Rig) -> None:
    rig.publisher.answers = [NotSent("no connection")] * 3
    rig.due()
    gaps = []
    for _ in range(3):
        gaps.append((rig.entry().next - rig.clock.now()).total_seconds())
        passes(rig, 1, gaps[-1])
    assert gaps == sorted(gaps) and 30 <= gaps[0] < 45 and gaps[2] >= 120
    assert rig.entry().state is State.POSTED


def test_a_late_post_asks_instead_of_going_out(rig: Rig) -> None:
    rig.clock.at = DUE + timedelta(hours=6, seconds=1)
    rig.due()
    assert (rig.entry().state, rig.publisher.sent) == (State.EXPIRED, [])


def test_a_refused_post_is_held_with_every_reason_and_goes_out_when_they_are_gone(rig: Rig) -> None:
    key = rig.posts[0].key
    rig.refused = [
        Blocked(key=key, code="not-approved", why="nobody"),
        Blocked(key=key, code="finding", why="x"),
    ]
    assert rig.due().held == {str(key): "not-approved: nobody; finding: x"}
    assert rig.publisher.prepared == []
    rig.refused = []
    assert rig.due().sent == [str(key)]


def test_uploads_that_fail_are_repeated_and_what_was_uploaded_is_not(rig: Rig) -> None:
    rig.publisher.fails = [NotSent("connection refused")]
    rig.due()
    assert rig.entry().state is State.RETRY_AT
    passes(rig, 1)
    assert rig.entry().state is State.POSTED


def test_what_the_server_would_refuse_is_not_sent(rig: Rig) -> None:
    rig.posts = [a_post(text="x" * 600)]
    rig.due()
    assert (rig.entry().state, rig.entry().why, rig.publisher.sent) == (State.FAILED, "too long", [])


def test_two_posts_of_an_account_keep_their_distance_after_an_outage(rig: Rig) -> None:
    rig.rules = Rules(spacing={"one": timedelta(minutes=15)})
    rig.posts = [a_post("a"), a_post("b", due=DUE + timedelta(minutes=15))]
    rig.clock.at = DUE + timedelta(hours=1)
    rig.due()
    passes(rig, 1, 14 * 60)
    assert len(rig.publisher.sent) == 1
    passes(rig, 1, 61)
    assert len(rig.publisher.sent) == 2


def test_a_pause_between_choosing_and_sending_stops_the_call(rig: Rig) -> None:
    def pause_now(*_: object) -> None:
        with rig.ledger() as ledger:
            ledger.pause("A. Martin", rig.clock.now())

    real = rig.publisher.validate

    def validate(post: Post, limits: Limits) -> list[str]:
        pause_now()
        return real(post, limits)

    rig.publisher.validate = validate  # type: ignore[method-assign]
    assert "paused" in rig.due().held[str(rig.posts[0].key)]
    assert rig.publisher.sent == []


def test_after_many_unknown_outcomes_a_person_is_asked_even_with_retry(rig: Rig) -> None:
    rig.rules = Rules(on_unknown="retry")
    rig.publisher.answers = [LOST] * 50
    rig.due()
    passes(rig, 60)
    assert (rig.entry().state, len(rig.publisher.sent)) == (State.NEEDS_REVIEW, TRIES)


@pytest.mark.parametrize("resend", [Resend.SAME_KEY, Resend.SAME_CONTAINER])
def test_an_outage_of_an_hour_is_outlasted_ever_more_slowly_where_resending_is_safe(
    rig: Rig, resend: Resend
) -> None:
    def down() -> None:
        if rig.clock.now() < DUE + timedelta(hours=1):
            rig.publisher.answers = [Unknown("503", 503)]
            rig.publisher.finds = [Unreadable("503")]

    rig.publisher = ScriptedPublisher(resend, during=down)
    rig.due()
    passes(rig, 120, 45)
    assert rig.entry().state is State.POSTED
    assert 5 < len(rig.publisher.sent) < 25


@pytest.mark.parametrize("after", [NotSent("gone for good", permanent=True), None])
def test_what_may_be_out_is_never_called_failed_or_too_late(rig: Rig, after: NotSent | None) -> None:
    """An earlier try whose outcome nobody knows makes «certainly not out» a lie."""
    rig.rules = Rules(on_unknown="retry")
    rig.publisher.answers = [LOST, after or NotSent("later", not_before=DUE + timedelta(hours=7))]
    rig.due()
    passes(rig, 5)
    assert len(rig.publisher.sent) == 2
    rig.clock.at = DUE + timedelta(hours=7)
    rig.due()
    assert rig.entry().state is State.NEEDS_REVIEW
    with rig.ledger() as ledger:
        ledger.decide(rig.entry(), State.FAILED, rig.clock.now(), "given up")
    assert rig.entry().state is State.FAILED
