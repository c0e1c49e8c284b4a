"""Measures 5,000 typed transactions → bytes, envelope included, in CPU seconds."""

import importlib
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx

from bench_clients import data
from bench_clients.timing import cpu_seconds

REPETITIONS = 20


def ours() -> float:
    """The runtime's own encoder, Decimals as numbers."""
    from ventanilla_clients._runtime import decode, encode_json
    from ventanilla_clients.syncfy.models import TransactionListAnswer

    answer = decode(httpx.Response(200, content=_body()), TransactionListAnswer)
    return _measured(lambda: encode_json(answer, decimals="number"))


def stock() -> float:
    """The stock client's way: to_dict, then json."""
    model: Any = importlib.import_module("stock_syncfy.models").TransactionListAnswer
    answer = model.from_dict(json.loads(_body()))
    return _measured(lambda: json.dumps(answer.to_dict()).encode())


def _body() -> bytes:
    return data.answer(data.transactions())


def _measured(encode: Callable[[], bytes]) -> float:
    if json.loads(encode(), parse_float=Decimal) != json.loads(_body(), parse_float=Decimal):
        raise SystemExit("the transactions were not written as they were read")
    return cpu_seconds(encode, repetitions=REPETITIONS)
