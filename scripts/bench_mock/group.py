"""Lists the rows of the group `mock` and their limits."""

from bench_mock import environment
from bench_mock.series import EARLY, FEW, LATE, MANY, SERIES
from bench_rows import Group, Row

POST, LIST = "POST: create a user", "list of 100 transactions"
FEWER, MORE = f"{FEW:,}", f"{MANY:,}"


def _scaled(number: int, what: str, work: str, things: str) -> Row:
    return Row(
        number,
        f"{MORE} {things}: {what}",
        f"{FEWER} {things}",
        f"scale.{work}_of_many",
        f"scale.{work}_of_few",
        "µs",
        1.2,
    )


MOCK = Group(
    name="mock",
    about="`ventanilla mock` against Prism, with state, journal and validation of both directions on",
    missing=environment.missing,
    set_up=environment.set_up,
    series=SERIES,
    rows=(
        Row(1, POST, "Prism", "post.ours", "post.prism", "µs", 1 / 5),
        Row(2, POST, "Prism -m -v error", "post.ours", "post.quiet", "µs", 1 / 3),
        Row(3, LIST, "Prism", "list.ours", "list.prism", "µs", 1 / 5),
        Row(4, "start to first answer: wall time", "Prism", "start.ours", "start.prism", "ms", 300, is_absolute=True),
        Row(5, f"memory after {LATE:,} requests", "", "memory.size", None, "MB", 70),
        Row(6, f"growth of memory from {EARLY:,} requests to {LATE:,}", "", "memory.growth", None, "MB", 5),
        _scaled(7, "read one by id", "user", "users"),
        _scaled(8, "create one, delete it", "new_user", "users"),
        _scaled(9, "list 50", "users", "users"),
        _scaled(10, "read one by id", "payment", "payments"),
        _scaled(11, "create one, delete it", "new_payment", "payments"),
        _scaled(12, "list 50", "payments", "payments"),
        Row(13, "leaving `with running()`: wall time", "", "inside.stop", None, "ms", 20),
        Row(14, "one call in process, beyond bare httpx", "", "inside.call", None, "µs", 60),
        Row(15, "a new namespace, with a first answer of each provider", "", "inside.create", None, "µs", 1_000),
        Row(16, "resetting a namespace after 30 requests", "", "inside.reset", None, "µs", 1_000),
    ),
)
