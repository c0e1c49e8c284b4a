"""Lists the rows of the group `clients` and their limits."""

from bench_clients import environment
from bench_clients.series import SERIES
from bench_rows import Group, Row

DECODE, ENCODE = "bytes → 5,000 typed transactions", "5,000 typed transactions → bytes"

CLIENTS = Group(
    name="clients",
    about="the generated clients and the facade against pydantic, the stock client, msgspec, httpx and sync-py",
    missing=environment.missing,
    set_up=environment.set_up,
    series=SERIES,
    rows=(
        Row(1, DECODE, "pydantic v2, Decimal", "decode.ours", "decode.pydantic", "ms", 0.5),
        Row(2, DECODE, "stock client", "decode.ours", "decode.stock", "ms", 0.25),
        Row(3, DECODE, "msgspec.Struct, the limit", "decode.ours", "decode.struct", "ms", 1.6),
        Row(4, ENCODE, "stock client", "encode.ours", "encode.stock", "ms", 0.2),
        Row(5, "one call, in-process transport", "httpx and json", "call.ours", "call.raw", "µs", 1.15),
        Row(6, "one call, TLS with keep-alive", "sync-py 1.0.4", "tls.ours", "tls.sync_py", "µs", 0.4),
        Row(7, "cold import and one call", "import httpx, attrs, msgspec", "cold.ours", "cold.libraries", "ms", 1.25),
        Row(8, "1,000,000 transactions: growth of memory", "", "paging.ours", None, "MB", 5.0),
        Row(9, "generating the three clients: wall time", "", "generate.ours", None, "s", 10.0),
    ),
)
