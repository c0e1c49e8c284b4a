"""What was read takes the place of what is not newer, also within one second."""

from datetime import UTC, datetime

import pytest

from ventanilla.webhooks import supersedes
from ventanilla.webhooks.ordering import Moment


@pytest.mark.parametrize(
    ("read", "kept", "expected"),
    [
        (2, 1, True),
        (1, 2, False),
        (1, 1, True),
        (1, None, True),
        (None, None, True),
        (None, 1, False),
        (datetime.fromtimestamp(5, UTC), 5, True),
        (5, datetime.fromtimestamp(5.9, UTC), True),
        (datetime.fromtimestamp(4.9, UTC), 5, False),
    ],
)
def test_only_what_is_older_is_kept_out(read: Moment | None, kept: Moment | None, expected: bool) -> None:
    assert supersedes(read, kept) == expected


def strict(read: int, kept: int | None) -> bool:
    return kept is None or kept < read


def test_a_strict_comparison_would_lose_the_second_state_of_a_second() -> None:
    # A credential's states as they are read, each with the second of its last refresh.
    states = [(1, "one account"), (1, "two accounts"), (2, "three accounts"), (2, "four accounts")]

    def ends_with(rule: object) -> list[str]:
        kept: tuple[int, str] | None = None
        shown: list[str] = []
        for at, content in states:
            if (supersedes if rule is supersedes else strict)(at, kept and kept[0]):
                kept = at, content
            assert kept is not None
            shown.append(kept[1])
        return shown

    assert ends_with(supersedes) == [content for _, content in states]
    assert ends_with(strict) == ["one account", "one account", "three accounts", "three accounts"]
