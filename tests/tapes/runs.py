"""What is recorded in these tests: the official client and our faces, at work on a mock through a recorder."""

import importlib
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ventanilla import Facti, FacturaOnline, Syncfy
from ventanilla.facturaonline import PayrollEntry, Perception
from ventanilla.mock import Mock
from ventanilla.mock.server import running
from ventanilla.tapes import recording

official: Any = importlib.import_module("sync.sync")  # it has no types
KEY = "7767a4a04f990e9231bafc949e8ca08a"
CLIENT_ID, FACTI_KEY = "d09168b32f80ai8ba24c416916y304n8", "26b413ah0ba67543c7642069a91h743t"
FO_KEYS = ("mock-api-key", "mock-secret-key")
PLUGIN = "9d4095c8f7ed5785cb14c0e3b033eeb8252416ed"
FO_HEADERS = {"F-Api-Key": FO_KEYS[0], "F-Secret-Key": FO_KEYS[1], "F-PLUGIN": PLUGIN}
PASSWORD, CODE = "correct horse battery staple", "73519482"
TOKEN_SITE, SAT = "56cf5728784806f72b8b4569", "5da784f1f9de2a06483abec1"
HOOK = "https://shop.example.mx/hooks/Zk3vY0pQ9xL2mN8b"


@contextmanager
def recorded(out: Path, *, mock: Mock | None = None, **options: Any) -> Generator[str]:
    """A recorder before a mock."""
    with running(mock=mock) as upstream, recording(upstream, out, **options) as url:
        yield url


def sync_py(url: str) -> list[str]:
    """What sync-py 1.0.4 does in its README, by its own calls; returns the secrets of the run."""
    run, key = official.Sync.run, {"api_key": KEY}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sync.sync.SYNC_API_URL", f"{url}/syncfy/v1")
        user = run(key, "/users", {"id_external": "MIST030794", "name": "Rey Misterio"}, "POST")
        run(key, "/users", {"id_external": "MIST030794"}, "GET")
        run(key, f"/users/{user['id_user']}", {"name": "Rey Misterio Jr."}, "PUT")
        token = official.Sync.auth(key, {"id_user": user["id_user"]})
        for name in ("account_types", "attachment_types", "countries", "sites", "site_organizations"):
            run(token, f"/catalogues/{name}", None, "GET")
        run(token, f"/sessions/{token['token']}/verify", None, "GET")
        refused = _linked(run, token, TOKEN_SITE, ["somebody@example.mx", PASSWORD])
        _until(run, token, refused["id_job"], 401)
        asked = _linked(run, token, TOKEN_SITE, ["test", "test"])  # the sandbox's own, and no other
        history = _until(run, token, asked["id_job"], 410)
        answer = {"twofa": {field["name"]: CODE for field in history[-1]["twofa"]}}
        run(token, f"/jobs/{asked['id_job']}/twofa", answer, "POST")
        _until(run, token, asked["id_job"], 200)
        sat = _linked(run, token, SAT, ["ACM010101ABC", "test"])
        _until(run, token, sat["id_job"], 200)
        only = {"id_credential": sat["id_credential"]}
        for path in ("credentials", "accounts", "transactions", "transactions/count", "attachments/count"):
            run(token, f"/{path}", only, "GET")
        (attachment,) = run(token, "/attachments", {**only, "limit": 1}, "GET")
        assert run(token, attachment["url"], None, "GET").startswith("<?xml")
        run(token, attachment["url"] + "/extra", None, "GET")
        hook = run(key, "/webhooks", {"url": HOOK, "events": ["refresh"]}, "POST")
        run(key, "/webhooks", None, "GET")
        run(key, f"/webhooks/{hook['id_webhook']}", None, "DELETE")
        run(token, f"/credentials/{sat['id_credential']}", None, "DELETE")
        with pytest.raises(official.Error):
            run({"api_key": "0123456789abcdef" * 2}, "/users", None, "GET")
    return [KEY, token["token"], PASSWORD, CODE, "somebody@example.mx", "ACM010101ABC", HOOK.rpartition("/")[2]]


def _linked(run: Any, token: Any, site: str, values: list[str]) -> Any:
    names = [field["name"] for field in run(token, "/catalogues/sites", {"id_site": site}, "GET")[0]["credentials"]]
    body = {"id_site": site, "credentials": dict(zip(names, values, strict=True))}
    return run(token, "/credentials", body, "POST")


def _until(run: Any, token: Any, job: str, code: int) -> Any:
    history: Any = None
    for _ in range(100):
        history = run(token, f"/jobs/{job}/status", None, "GET")
        if history[-1]["code"] == code:
            return history
        time.sleep(0.05)
    raise AssertionError(f"the job did not reach {code}: {history}")


def syncfy(base_url: str) -> list[str]:
    """Link and read through our face."""
    with Syncfy(api_key=KEY, base_url=base_url) as face:
        linked = face.link(
            id_external="BLDM140389",
            name="Blue Demon",
            site=TOKEN_SITE,
            credentials={"username": "test", "password": "test"},
            answer=lambda challenge: {field.name: CODE for field in challenge.fields},
        )
        list(face.transactions(linked.user, id_credential=linked.id_credential))
    return [KEY, CODE]


def facti(base_url: str) -> list[str]:
    """Ask for a payment, have it paid, and look at it, through our face."""
    with Facti(
        client_id=CLIENT_ID, api_key=FACTI_KEY, company_id=5, from_rfc="EKU9003173C9", base_url=base_url
    ) as face:
        asked = face.request_payment(
            folio=3, total_amount=Decimal("55.20"), to_client_name="El Santo", to_email="santo@example.mx"
        )
        face.mark_paid(asked.request_id)
        assert face.payment(asked.request_id).is_paid
        list(face.payments())
        face.payment_ways()
    return [CLIENT_ID, FACTI_KEY]


def facturaonline(base_url: str) -> list[str]:
    """Pay somebody, download and cancel, through our face."""
    key, secret = FO_KEYS
    with FacturaOnline(api_key=key, secret_key=secret, base_url=base_url) as face:
        salary = Perception(tipo="001", clave="001", descripcion="Sueldo", gravado=Decimal("15500.00"))
        payroll = face.issue_payroll(
            grupo="619ead8d6427a",
            fecha_pago=date(2026, 11, 15),
            inicial=date(2026, 11, 1),
            final=date(2026, 11, 15),
            descripcion="Quincena 21",
            concepto="Nómina quincenal",
            serie="NOM",
            entries=[PayrollEntry(employee="61c4b569c0baf", days=15, perceptions=[salary])],
        )
        uid = payroll.stamped[0].uid
        assert face.xml(uid).startswith(b"<?xml")
        assert face.pdf(uid).startswith(b"%PDF")
        face.cancel(uid, motivo="02")
    return [key, secret, PLUGIN]
