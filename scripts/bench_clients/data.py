"""Makes what the workers read: transactions like the provider's printed ones, and an answer about one user."""

import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).resolve().parents[2] / "tests" / "data" / "syncfy"
ROWS = 5_000
API_KEY = "7767a4a04f990e9231bafc949e8ca08a"
JSON = {"content-type": "application/json"}
SHOPS = ("ABARROTES LA ESPERANZA", "FARMACIA SAN ANGEL", "GASOLINERA INSURGENTES SUR 1457", "SPEI RECIBIDO BANORTE")


def answer(response: bytes, rid: str = "d337e963-680f-4009-85dc-ab439bfdc771") -> bytes:
    """Return the provider's envelope of a success around `response`."""
    head = b'{"rid":"%s","code":200,"errors":null,"status":true,"message":null,"response":' % rid.encode()
    return head + response + b"}"


def user_answer() -> bytes:
    """Return the answer to the creation of a user, as printed by the provider."""
    return answer(json.dumps(_sample("user_created")).encode())


def users_answer() -> bytes:
    """Return the answer to a search for one user, as printed by the provider."""
    return answer(json.dumps(_sample("users_by_id_external")).encode())


def transactions(rows: int = ROWS) -> bytes:
    """Return a JSON list of transactions: every field of the printed ones, with amounts that floats cannot hold.

    About 4.2 MB for 5,000 rows; the same bytes each time.
    """
    dice, samples = random.Random(1), _sample("transactions")
    return b"[%s]" % b",".join(_row(dice, samples[number % len(samples)], number) for number in range(rows))


def total(rows: int = ROWS) -> Decimal:
    """Return the exact sum of the amounts of `transactions(rows)`, for workers to prove that they read them."""
    read: list[dict[str, Any]] = json.loads(transactions(rows), parse_float=Decimal)
    return sum((row["amount"] for row in read), Decimal(0))


def _row(dice: random.Random, sample: dict[str, Any], number: int) -> bytes:
    seconds = 1_533_099_600 + number * 977
    changed = {
        "id_transaction": f"{dice.getrandbits(96):024x}",
        "id_account": f"5703f88223428348328b45{number % 4:02x}",
        "description": f"{dice.choice(SHOPS)} {dice.getrandbits(40):010x} CIUDAD DE MÉXICO, REF {number:07d}",
        "amount": Decimal(dice.randrange(-9_999_999, 10_000_000) * 2 + 1).scaleb(-2),
        "reference": f"{dice.getrandbits(64):016x}",
        "dt_transaction": seconds,
        "dt_refresh": seconds + dice.randrange(1_000_000),
    }
    amount = str(changed.pop("amount"))
    text = json.dumps({**sample, **changed, "amount": "AMOUNT"}, ensure_ascii=False)
    return text.replace('"AMOUNT"', amount).encode()


def _sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_bytes())
