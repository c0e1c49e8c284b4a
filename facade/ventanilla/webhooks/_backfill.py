"""Puts what should have been notified into an inbox, page by page, and moves the cursor on once all of it is there."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from ventanilla._flow import Do, Flow, Listing, Page
from ventanilla.webhooks.events import Event
from ventanilla.webhooks.inbox import Cursor, Inbox, Kept

T = TypeVar("T")


def fill(inbox: Inbox, name: str, listing: Listing[T], told: Callable[[T], tuple[Event, str] | None]) -> Flow[int]:
    """Put the events of a listing's items into an inbox, and return how many of them it did not know.

    The cursor moves at the end alone: what is broken off is read again from where it began.

    Args:
        inbox: to put them into.
        name: of the cursor.
        listing: what the provider has.
        told: returns the event that an item should have caused, and the cursor's value there; None for no event.
    """
    unknown, furthest = 0, ""
    answer: Any = None
    while True:
        try:
            step = listing.send(answer)
        except StopIteration:
            break
        if isinstance(step, Page):
            answer, items = None, step.items
            found = [each for each in map(told, items) if each is not None]
            furthest = max([furthest, *(value for _, value in found)])
            kept: tuple[Kept, ...] = yield Do(inbox.put, ([event for event, _ in found],))
            unknown += sum(each.arrival == "new" for each in kept)
        else:
            answer = yield step
    if furthest:
        yield Do(partial(inbox.put, [], cursor=Cursor(name, furthest)))
    return unknown
