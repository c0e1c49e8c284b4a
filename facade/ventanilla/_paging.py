"""Knows how to read a list that the provider hands out by limit and skip, a page at a time."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from ventanilla._flow import Flow, Listing, Page
from ventanilla.errors import InvalidRequest

Item_co = TypeVar("Item_co", covariant=True)
T = TypeVar("T")


class ListAnswer(Protocol[Item_co]):
    """An envelope whose response is a list."""

    @property
    def response(self) -> Sequence[Item_co]:
        """The items."""
        ...


def pages(fetch: Callable[[int, int], Flow[ListAnswer[T]]], size: int, prefetch: bool = False) -> Listing[T]:
    """Hand out pages until one is short.

    Args:
        fetch: a flow for (limit, skip).
        size: items for each request, 1 to 5000 (the provider's own links use 5000).
        prefetch: read the next page while this one is used.
    """
    if not 1 <= size <= 5000:
        raise InvalidRequest(f"page_size must be 1 to 5000, not {size}", field="page_size")
    skip = 0
    while True:
        items = (yield from fetch(size, skip)).response
        count = len(items)
        if items:
            yield Page(items, ahead=prefetch)
        del items  # it must not live on while the next page is read
        if count < size:
            return
        skip += count
