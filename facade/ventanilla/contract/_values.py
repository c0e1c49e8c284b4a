"""Holds whose keys contract tests use, and how much they send."""

from attrs import field, frozen


@frozen
class Account:
    """What lets the tests in; what is None comes from the variables that the faces read.

    On this machine a key that neither says is the one that the provider's document prints, which the mock takes.

    Attributes:
        api_key: Syncfy's, Facti's or Factura Online's.
        client_id, company_id, from_rfc: Facti's.
        secret_key, plugin: Factura Online's.
    """

    api_key: str | None = field(default=None, repr=False)
    client_id: str | None = field(default=None, repr=False)
    company_id: int | str | None = None
    from_rfc: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    plugin: str | None = field(default=None, repr=False)


@frozen
class Bounds:
    """How much is sent; None is the default for where the server is.

    Attributes:
        rate: requests a second.
        most_requests: requests in all.
        seconds: for how long.
    """

    rate: float | None = None
    most_requests: int | None = None
    seconds: float | None = None
