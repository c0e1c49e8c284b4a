"""Journals that are old, broken or full, accounts with two spellings, searches that lag, histories that are long."""

import base64
import hashlib
import inspect
import json
import resource
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx

import ventanilla
from proving import canaries
from proving.odd_stage import KEYS, PREFIXES, Harness, ScriptedTransport, client, transport_of
from proving.odd_story import Broken, Stories, Story, is_ours, is_over, judge, key_of, pending, recover
from proving.parallel import processes
from proving.recipes import KEY, payroll, policy, request
from proving.scripted import Script, ScriptedServer
from proving.scripted_facturaonline import GROUP
from proving.stage import WAYS, Ended, Way
from ventanilla.errors import VentanillaError


def _payroll(face: Any, key: str = KEY) -> Any:
    return payroll(face, key=key)


CREATES: tuple[tuple[str, Callable[..., Any], str], ...] = (
    ("facti", request, "create_request"),
    ("facturaonline", _payroll, "create_payroll"),
)
MOST_CALLS = 14
RECORDS, BATCHES = 1000, 60


def stories(*, is_small: bool) -> Stories:
    """Yield them all."""
    for provider, do, write in CREATES:
        yield Story(f"spellings/{provider}", partial(_spellings, provider, do, write), len(SPELLINGS))
        yield Story(f"rotated key/{provider}", partial(_rotated, provider, do, write), 2)
        for state in STATES:
            yield Story(f"journal of version 1/{provider}/{state}", partial(_version_1, provider, do, write, state), 3)
        for failing in FAILINGS:
            for call in range(1, MOST_CALLS, 4 if is_small else 1):
                for lost in (False, True):
                    way = WAYS[call % 2]
                    tell = partial(_failing, provider, do, write, way, failing, call, lost)
                    fate = "lost" if lost else "answered"
                    yield Story(f"journal fails/{provider}/{failing}/{call}/{fate}/{way}", tell)
        for lag in (1, 2):
            for fate in ("dropped", "lost"):
                yield Story(f"lag/{provider}/{lag}/{fate}", partial(_lag, provider, do, write, lag, fate), 2)
        yield Story(f"rolled back/{provider}", partial(_dismissed_error, provider, do, write), 3)
    for way in WAYS[:1] if is_small else WAYS:
        yield Story(f"long history/{way}", partial(_long, is_small, way), 3)
    if not is_small:
        for provider, _, _ in CREATES:
            yield Story(f"full disk/{provider}", partial(_full_disk, provider))
    yield Story("journal/twins", _twins, 2)
    yield Story("facti/no company", _no_company, 2)


SPELLINGS = (
    *("http://127.0.0.1{path}", "http://127.0.0.1{path}/", "http://localhost{path}", "http://127.0.0.1:80{path}"),
    *("HTTP://127.0.0.1{path}", "http://LOCALHOST{path}/", "http://localhost.{path}", "https://localhost{path}"),
    *("https://127.0.0.1:443{path}", "https://api.example.mx{path}", "https://API.Example.MX{path}/"),
    *("https://api.example.mx.{path}", "https://api.example.mx:443{path}", "https://alias.example.mx{path}"),
    "http://[::1]{path}",
)


def _at(provider: str, origin: str, server: ScriptedServer, journal: str, **options: Any) -> Any:
    kind = getattr(ventanilla, {"facti": "Facti", "facturaonline": "FacturaOnline"}[provider])
    given: dict[str, Any] = {**KEYS[provider], "policy": policy(), "journal": journal, **options}
    return kind(base_url=origin, transport=ScriptedTransport(server), **given)


def _spellings(provider: str, do: Any, write: str, harness: Harness, broken: Broken) -> None:
    """Ask by one key at addresses that lead to one account, however they are spelled."""
    server = ScriptedServer()
    with tempfile.TemporaryDirectory() as folder:
        endings = list[Ended]()
        for spelling in SPELLINGS:
            origin = spelling.format(path=PREFIXES[provider])
            try:
                face = _at(provider, origin, server, str(Path(folder) / "journal"))
            except VentanillaError:
                continue  # a spelling that is refused makes nothing
            before = server.effects(write)
            endings.append(harness.end(partial(do, face)))
            if before and server.effects(write) > before:
                broken("duplicate", f"one key at {spelling} was another account")
            face.close()
        judge(server, write, endings, broken)


def _rotated(provider: str, do: Any, write: str, harness: Harness, broken: Broken) -> None:
    """Ask by one key before and after the API key was rotated, with the account named."""
    kind = getattr(ventanilla, {"facti": "Facti", "facturaonline": "FacturaOnline"}[provider])
    if "account" not in inspect.signature(kind).parameters:
        broken("no account", f"{kind.__name__} takes no account=, so a rotated key begins anew")
        return
    server = ScriptedServer()
    with tempfile.TemporaryDirectory() as folder:
        endings = list[Ended]()
        for number in range(2):
            secrets = {name: value for name, value in KEYS[provider].items() if "nArY" in str(value)}
            rotated = {name: f"{value}{number}" for name, value in secrets.items()}
            origin, journal = f"http://127.0.0.1{PREFIXES[provider]}", str(Path(folder) / "journal")
            face = _at(provider, origin, server, journal, account="nomina", **rotated)
            endings.append(harness.end(partial(do, face)))
            face.close()
        judge(server, write, endings, broken)


# Version 1, as it was written: the schema and the JSON in it are frozen here.
SCHEMA_1 = """
CREATE TABLE intents (
    scope TEXT NOT NULL, operation_id TEXT NOT NULL, natural_key TEXT NOT NULL, state TEXT NOT NULL,
    created_at REAL NOT NULL, intent BLOB NOT NULL, PRIMARY KEY (scope, operation_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX one_open_intent_for_a_key ON intents (scope, natural_key)
    WHERE state IN ('prepared', 'sent', 'unknown');
CREATE VIEW open_intents AS SELECT * FROM intents WHERE state IN ('prepared', 'sent', 'unknown');
PRAGMA user_version = 1;
"""
STATES = ("prepared", "sent", "unknown", "committed", "failed")
_WHOSE_1 = {
    "facti": f"Facti http://127.0.0.1/facti {hashlib.sha256(canaries.FACTI_CLIENT.encode()).hexdigest()[:16]}",
    "facturaonline": "Factura Online http://127.0.0.1/facturaonline/api "
    + hashlib.sha256(canaries.FACTURA_KEY.encode()).hexdigest()[:16],
}
_BODY_1 = {
    "facti": (
        b'{"folio":1043,"from_rfc":"EKU9003173C9","generate_invoice":0,"send_email_to_client":1,"status":0,'
        b'"to_client_name":"El Santo","to_email":"santo@example.mx","total_amount":"55.20"}'
    ),
    "facturaonline": (
        '{"concepto":"Nómina quincenal","descripcion":"Quincena 21","fecha_pago":"2026-11-15","final":"2026-11-15",'
        '"grupo":"619ead8d6427a","inicial":"2026-11-01","num_dias":15,"registros":[{"data":{"dias":15,'
        '"id":"61c4b569c0baf"},"percepciones":[{"clave":"001","descripcion":"Sueldo","exento":"0.00",'
        '"gravado":"15500.00","tipo":"001"}]}],"serie":17321,"tipo_nomina":"O","version_cfdi":"4.0"}'
    ).encode(),
}
_KEY_1 = {
    "facti": "db00e6f0e4f4f62be572eef2462e9a30d0320b203f317227148c0ba1ce84b089",
    "facturaonline": "d9b47f0d711478dde905239e27fbbb2432ad7b6b067862730df6a9debe4f7a32",
}
_RESULT_1: dict[str, Any] = {
    "facti": {
        "request_id": 77,
        "total_amount": "55.20",
        "limit_date": "2013-11-21",
        "send_to": "x@facti.mx",
        "references": [],
        "reference_errors": [],
        "was_found": False,
    },
    "facturaonline": "6257c33b8c944",
}
_ID_1 = {"facti": "77", "facturaonline": "6257c33b8c944"}
_WATERMARK_1 = {"facti": b"38", "facturaonline": b'["6206f3702bcdd"]'}


def _row_1(provider: str, write: str, state: str) -> tuple[Any, ...]:
    is_open = state in ("prepared", "sent", "unknown")
    body = _BODY_1[provider]
    watermark = _WATERMARK_1[provider] if state in ("sent", "unknown") else b"null"
    result = json.dumps(_RESULT_1[provider]).encode() if state == "committed" else b""
    intent = {
        "scope": _WHOSE_1[provider],
        "operation_id": KEY,
        "kind": write,
        "key": _KEY_1[provider],
        "fingerprint": hashlib.sha256(body).hexdigest(),
        "state": state,
        "body": base64.b64encode(body if is_open else b"").decode(),
        "watermark": base64.b64encode(watermark).decode(),
        "result": base64.b64encode(result).decode(),
        "note": "",
        "created_at": time.time() - 3600,
        "sent_at": None if state == "prepared" else time.time() - 3600,
    }
    return intent["scope"], KEY, intent["key"], state, intent["created_at"], json.dumps(intent).encode()


def _version_1(provider: str, do: Any, write: str, state: str, harness: Harness, broken: Broken) -> None:
    """Go on with a journal that an older version has left."""
    server = ScriptedServer()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal"
        database = sqlite3.connect(path)
        database.executescript("PRAGMA journal_mode = WAL;" + SCHEMA_1)
        database.execute("INSERT INTO intents VALUES (?, ?, ?, ?, ?, ?)", _row_1(provider, write, state))
        database.commit()
        database.close()
        path.chmod(0o600)
        face = _at(provider, f"http://127.0.0.1{PREFIXES[provider]}", server, str(path))
        found = harness.end(face.pending)
        open_ones: list[Any] = found.value or []
        keys = [key_of(each) for each in open_ones]
        if found.error is not None or (state in ("sent", "unknown")) != (keys == [KEY]):
            broken("old journal", f"pending() of one that is {state}: {found.error or keys}"[:160])
        resumed = harness.end(partial(face.resume, KEY))
        if not is_ours(resumed.error):
            broken("not ours", f"resume of one that is {state}: {type(resumed.error).__name__}: {resumed.error}"[:160])
        if server.requests(write):
            broken("sent later", f"`resume` sent what an older version has left {state}")
        before = server.requests(write)
        again = harness.end(partial(do, face))
        if not is_ours(again.error):
            broken("not ours", f"the same key of one {state}: {type(again.error).__name__}: {again.error}"[:160])
        if state == "committed" and (again.error is not None or _id(again.value) != _ID_1[provider]):
            broken("old journal", f"the same key of one that is committed: {again}: {again.error or again.value}"[:160])
        if state in ("sent", "unknown", "committed") and server.requests(write) > before:
            broken("sent again", f"the same key sent what an older version has left {state}")
        face.close()


class Faulty:
    """A journal that fails at one call, whatever its methods are."""

    def __init__(self, inner: Any, call: int, make: Callable[[], BaseException], *, after: bool) -> None:
        self._inner, self._call, self._make, self._after = inner, call, make, after
        self.calls = 0

    def mend(self) -> None:
        """Fail no more."""
        self._call = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def called(*arguments: Any, **options: Any) -> Any:
            self.calls += 1
            fails = self.calls == self._call
            if fails and not self._after:
                raise self._make()
            value = found(*arguments, **options)
            if fails:
                raise self._make()
            return value

        return called


FAILINGS: dict[str, tuple[Callable[[], BaseException], bool]] = {
    "no space": (partial(OSError, 28, "No space left on device"), False),
    "locked": (partial(sqlite3.OperationalError, "database is locked"), False),
    "written and then broken": (partial(sqlite3.OperationalError, "disk I/O error"), True),
    "corrupt": (partial(sqlite3.DatabaseError, "database disk image is malformed"), False),
    "no memory": (MemoryError, False),
}


def _memory() -> Any:
    import importlib

    for name in ("ventanilla.journal", "ventanilla.intents"):
        try:
            return importlib.import_module(name).MemoryJournal()
        except ModuleNotFoundError:
            continue
    raise RuntimeError("there is no journal in memory")


def _lost() -> BaseException:
    return httpx.ReadError("lost")


def _failing(
    provider: str,
    do: Any,
    write: str,
    way: Way,
    failing: str,
    call: int,
    lost: bool,
    harness: Harness,
    broken: Broken,
) -> None:
    """Ask while the journal fails at one of its calls; afterwards it is whole again."""
    make, after = FAILINGS[failing]
    server = ScriptedServer()
    server.scripts = [Script(write, raises=_lost)] if lost else []
    journal = Faulty(_memory(), call, make, after=after)
    face = client(provider, way, transport=transport_of(server, way), journal=journal)
    first = harness.end(partial(do, face))
    asked, done = server.requests(write), server.effects(write)
    said = f" (call {call} of the journal: {failing})"
    judge(server, write, [first], broken, said=said)
    if done and is_over(first):
        broken("false not sent", f"{type(first.error).__name__}, and it was done{said}")
    journal.mend()
    for intent in pending(harness, face):
        harness.end(partial(face.resume, key_of(intent)))
    if first.error is not None and server.requests(write) > asked:
        broken("sent later", f"{first}, and `resume` of what is pending sent it{said}")
    endings = recover(harness, face, partial(do, face))
    judge(server, write, [first, *endings], broken, said=said)
    harness.close(face)


def _lag(provider: str, do: Any, write: str, lag: int, fate: str, harness: Harness, broken: Broken) -> None:
    """Two orders alike, while the search lags: each has an object of its own, or is unknown."""
    server = ScriptedServer()
    service = server.facti if provider == "facti" else server.facturaonline
    with tempfile.TemporaryDirectory() as folder:
        face = _at(provider, f"http://127.0.0.1{PREFIXES[provider]}", server, str(Path(folder) / "journal"))
        first = harness.end(partial(do, face, "order-A"))
        service.lag = lag
        server.scripts = [Script(write, executes=fate == "lost", raises=_lost)]
        reads = 0
        inner = server.answer

        def answer(*arguments: Any) -> Any:
            nonlocal reads
            reads += 1
            if reads > 1:  # the search catches up once the watermark was read
                service.lag = 0
            return inner(*arguments)

        changed: Any = server
        changed.answer = answer
        second = harness.end(partial(do, face, "order-B"))
        if first.error is None and second.error is None and _id(first.value) == _id(second.value):
            broken("false success", f"two orders share {_id(first.value)} (the search lagged by {lag}, {fate})")
        if fate == "dropped" and second.error is None:
            broken("false success", f"the second order was never carried out, and is {second} (lag {lag})")
        judge(server, write, [first, second], broken, most=2)
        face.close()


def _id(value: Any) -> str:
    return str(getattr(value, "request_id", getattr(value, "uid", value)))


def _dismissed_error(provider: str, do: Any, write: str, harness: Harness, broken: Broken) -> None:
    """A call that said that nothing was sent is over: what is pending does not send it later."""
    server = ScriptedServer()
    journal = Faulty(_memory(), 2, partial(OSError, 28, "No space left on device"), after=False)
    face = client(provider, "sync", transport=transport_of(server, "sync"), journal=journal)
    first = harness.end(partial(do, face, "order-A"))
    journal.mend()
    second = harness.end(partial(do, face, "order-A2"))
    for intent in pending(harness, face):
        harness.end(partial(face.resume, key_of(intent)))
    if is_over(first) and second.error is None and server.effects(write) > 1:
        broken("duplicate", f"{type(first.error).__name__} said not sent, and `resume` sent it after its correction")
    face.close()


def _long(is_small: bool, way: Way, harness: Harness, broken: Broken) -> None:
    """An account with years of payrolls, and an answer that gets lost: its own is found, and none is stamped again."""
    server = ScriptedServer()
    record = server.facturaonline.payrolls[0]["registros"][0]
    old = server.facturaonline.payrolls[0]
    # At full size 60,000 records, some 45 MB; small, as much more than the limit that is set.
    batches, records, options = (20, 60, {"max_bytes": 200_000}) if is_small else (BATCHES, RECORDS, {})
    for number in range(1, batches + 1):
        made = [{**record, "uid": f"{number:06x}{each:07x}"} for each in range(records)]
        server.facturaonline.payrolls.append({**old, "uid": f"{number:013x}", "grupo": GROUP, "registros": made})
    server.scripts = [Script("create_payroll", raises=_lost)]
    face = client("facturaonline", way, transport=transport_of(server, way), policy=policy(settle=1.0, **options))
    first = harness.end(partial(payroll, face))
    endings = [first]
    if first.error is not None and not is_over(first):
        endings.append(harness.end(partial(face.resume, KEY)))
        if endings[-1].error is not None:
            broken("not found again", f"{first}, it was done, and resume: {endings[-1]}: {endings[-1].error}"[:200])
            endings.append(harness.end(partial(face.resume, KEY, send_again=True)))
    elif first.error is not None and not is_small:
        broken("not found again", f"{first}: {first.error}: the history is too long to create a payroll"[:200])
    judge(server, "create_payroll", endings, broken)
    harness.close(face)


def _full_disk(provider: str, harness: Harness, broken: Broken) -> None:
    """A disk that is full while the journal is written: nothing is sent that is not on it."""
    context = processes()
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_fill, args=(provider, there))
    process.start()
    there.close()
    try:
        for kind, said in here.recv() if here.poll(60.0) else [("not ours", "the process did not end")]:
            broken(kind, said)
    except EOFError:
        broken("not ours", "the process died")
    process.join(60.0)
    here.close()


def _fill(provider: str, line: Any) -> None:
    import asyncio

    from ventanilla.testing import without_waiting

    problems = list[tuple[str, str]]()
    do, write = next((do, write) for name, do, write in CREATES if name == provider)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with asyncio.Runner() as runner, without_waiting(), tempfile.TemporaryDirectory() as folder:
        harness = Harness(runner)
        for size in (0, 100, 4096, 8192, 12288, 16384, 20480, 24576, 28672, 32768, 40960, 49152):
            server = ScriptedServer()
            face = _at(provider, f"http://127.0.0.1{PREFIXES[provider]}", server, str(Path(folder) / f"journal-{size}"))
            limits = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
            try:
                first = harness.end(partial(do, face))
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            said = f" (files end at {size} bytes)"

            def broken(kind: str, text: str) -> None:
                problems.append((kind, text))

            done = server.effects(write)
            endings = [first, *recover(harness, face, partial(do, face))]
            judge(server, write, endings, broken, said=said)
            if done and is_over(first):
                broken("false not sent", f"{type(first.error).__name__}, and it was done{said}")
            face.close()
    line.send(problems)
    line.close()


def _twins(harness: Harness, broken: Broken) -> None:
    """Two keys, one content, the first committed and the second's answer lost: each has its own."""
    for provider, do, write in CREATES:
        server = ScriptedServer()
        face = client(provider, "sync", transport=transport_of(server, "sync"))
        first = harness.end(partial(do, face, "order-A"))
        server.scripts = [Script(write, raises=_lost)]
        second = harness.end(partial(do, face, "order-B"))
        judge(server, write, [first, second], broken, most=2)
        if second.error is None and first.error is None and _id(first.value) == _id(second.value):
            broken("false success", f"{provider}: two keys share {_id(first.value)}")
        face.close()


def _no_company(harness: Harness, broken: Broken) -> None:
    """A Facti client that cannot search: it says so before anything is made, or makes it once."""
    server = ScriptedServer()
    server.scripts = [Script("create_request", raises=_lost)]
    face = client("facti", "sync", transport=transport_of(server, "sync"), company_id=None)
    endings = [harness.end(partial(request, face))]
    endings += recover(harness, face, partial(request, face))
    judge(server, "create_request", endings, broken)
    face.close()
