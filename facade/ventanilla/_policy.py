"""Holds how patient and how persistent a face is: deadlines, retries, limits; checked when it is made."""

from msgspec import Struct

from ventanilla.errors import ConfigurationError

MEBIBYTE = 2**20


class Policy(Struct, frozen=True, kw_only=True):
    """How long a face waits, how often it tries, and how much it reads.

    Attributes:
        deadline: seconds for one request and its retries: every attempt, every pause between them and every byte of
            the answer. An operation of a face may make several requests: a payment request reads what there is first.
        retries: further attempts of a read that failed in passing, and of a write that was proven not to have been
            sent. Any other write is never sent again.
        settle: seconds for which a payment request or a payroll is looked for after an answer got lost, since the
            provider may carry it out late and show it later still.
        max_bytes: largest JSON answer, decompressed.
        max_file_bytes: largest download.
        requests_per_second: how many requests a key may send in any second, over all faces of this process; None is
            what the provider documents (Syncfy: 5), `math.inf` is no limit.

    Raises:
        ConfigurationError: a value makes no sense.
    """

    deadline: float = 90.0
    retries: int = 3
    settle: float = 180.0
    max_bytes: int = 20 * MEBIBYTE
    max_file_bytes: int = 200 * MEBIBYTE
    requests_per_second: float | None = None

    def __post_init__(self) -> None:
        for name in ("deadline", "max_bytes", "max_file_bytes"):
            if not getattr(self, name) > 0:
                raise ConfigurationError(f"{name} of a Policy must be more than zero")
        for name in ("retries", "settle"):
            if not getattr(self, name) >= 0:
                raise ConfigurationError(f"{name} of a Policy must be zero or more")
        if self.requests_per_second is not None and not self.requests_per_second >= 1:
            raise ConfigurationError("requests_per_second of a Policy must be 1 or more, or None")
