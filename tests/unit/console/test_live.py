"""News is told to whom it concerns, once, and what was missed is known."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.console.ports import News
from services.console.use_cases import live
from services.console.use_cases.live import (
    MOST_PENDING,
    PER_ACCOUNT,
    REMEMBERED,
    Listener,
    LiveFeed,
    TooManyListenersError,
)
from tests.fakes.news import InMemoryNews

WEST, LAMBETH = ("west-london",), ("lambeth",)


def news(number: int = 1, *, hub: str = "west-london", kind: str = "match") -> News:
    return News(kind=kind, id=str(number), hub=hub, status="proposed")


def open_feed() -> LiveFeed:
    feed = LiveFeed(clock=lambda: 1_000.0)
    feed.tell(None)
    return feed


def heard(listener: Listener) -> list[str]:
    return [each.id for _, each in listener.take()]


def test_a_listener_hears_news_of_its_hubs_alone() -> None:
    feed = open_feed()
    listener = feed.listen("amina", WEST, WEST, None)

    feed.tell(news(1))
    feed.tell(news(2, hub="lambeth"))

    assert heard(listener) == ["1"]


def test_news_of_messages_is_for_who_may_know_people() -> None:
    feed = open_feed()
    viewer, coordinator = feed.listen("vera", WEST, (), None), feed.listen("ben", WEST, WEST, None)

    feed.tell(news(1, kind="message"))

    assert (heard(viewer), heard(coordinator)) == ([], ["1"])


def test_of_what_was_not_taken_yet_only_the_newest_of_each_is_told() -> None:
    feed = open_feed()
    listener = feed.listen("amina", WEST, WEST, None)

    for number in (1, 2, 1):
        feed.tell(news(number))

    assert heard(listener) == ["2", "1"]


def test_who_comes_again_hears_what_was_told_meanwhile() -> None:
    feed = open_feed()
    listener = feed.listen("amina", WEST, WEST, None)
    feed.tell(news(1))
    [(stamp, _)] = listener.take()
    feed.leave(listener)
    feed.tell(news(2))

    again = feed.listen("amina", WEST, WEST, stamp + live.OVERLAP)

    assert (heard(again), again.missed) == (["2"], False)


def test_who_was_away_for_more_than_is_remembered_has_missed_something() -> None:
    feed = open_feed()
    for number in range(REMEMBERED + 1):
        feed.tell(news(number))

    again = feed.listen("amina", WEST, WEST, 1_000_000)

    assert again.missed
    assert heard(again) == []


def test_before_anything_can_be_heard_everything_may_have_been_missed() -> None:
    assert LiveFeed().listen("amina", WEST, WEST, 1).missed


def test_a_listener_that_takes_nothing_is_told_that_it_missed_something() -> None:
    feed = open_feed()
    slow = feed.listen("amina", WEST, WEST, None)

    for number in range(MOST_PENDING + 2):
        feed.tell(news(number))

    assert (slow.missed, slow.is_over) == (True, False)
    assert heard(slow) == [str(MOST_PENDING + 1)]


def test_who_comes_again_after_more_than_it_could_take_goes_on_to_hear() -> None:
    feed = open_feed()
    for number in range(MOST_PENDING + 1):
        feed.tell(news(number))

    again = feed.listen("amina", WEST, WEST, 1_000_000)

    assert (heard(again), again.missed, again.is_over) == ([], True, False)
    feed.tell(news(7))
    assert heard(again) == ["7"]


def test_an_account_has_so_many_connections_and_no_more() -> None:
    feed = open_feed()
    listeners = [feed.listen("amina", WEST, WEST, None) for _ in range(PER_ACCOUNT)]

    with pytest.raises(TooManyListenersError):
        feed.listen("amina", WEST, WEST, None)
    feed.leave(listeners[0])
    feed.listen("amina", WEST, WEST, None)
    feed.listen("ben", WEST, WEST, None)

    assert feed.listening == PER_ACCOUNT + 1


def test_a_process_has_so_many_connections_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PER_PROCESS", 1)
    feed = open_feed()
    feed.listen("amina", WEST, WEST, None)

    with pytest.raises(TooManyListenersError):
        feed.listen("ben", WEST, WEST, None)


def test_all_ends_when_the_service_stops() -> None:
    feed = open_feed()
    listener = feed.listen("amina", WEST, WEST, None)

    feed.end()

    assert listener.is_over
    with pytest.raises(TooManyListenersError):
        feed.listen("amina", WEST, WEST, None)


@asynccontextmanager
async def following(feed: LiveFeed, source: InMemoryNews) -> AsyncIterator[None]:
    task = asyncio.create_task(feed.follow(source))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_source_that_breaks_off_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RETRY_SECONDS", 0.0)
    feed, source = open_feed(), InMemoryNews()
    listener = feed.listen("amina", WEST, WEST, None)

    async with following(feed, source), asyncio.timeout(5):
        source.break_off()
        source.break_off()
        source.tell(news(7))
        while not listener.pending:
            await listener.changed.wait()
            listener.changed.clear()

    assert heard(listener) == ["7"]
