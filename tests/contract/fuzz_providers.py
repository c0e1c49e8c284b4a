"""Knows how each provider's mock is set up for the campaign: the keys it takes, and what is there to begin with."""

from collections.abc import Mapping

from fuzz_stages import CANARY, STEP, Stage

from ventanilla.contract._facti import PAYMENT, FactiService
from ventanilla.contract._facturaonline import NOBODY, FacturaOnlineService
from ventanilla.contract._sites import LOGIN, SANDBOX
from ventanilla.contract._syncfy import ANSWERS, SyncfyService

__all__ = ["PAYMENT", "STAGES", "FactiStage", "FacturaOnlineStage", "SyncfyStage"]


class FactiStage(Stage, FactiService):
    """Facti, whose companies are told of payments."""

    credentials: Mapping[str, str] = {
        "client_id": "d09168b32f80ai8ba24c416916y304n8",
        "api_key": "26b413ah0ba67543c7642069a91h743t",
    }
    company = 5

    def prepare(self) -> None:
        self._asked = list[str]()
        for company in (5, 452, 453):
            self.control("/facti/ipn", {"company_id": company, "url": self.hook, "password": CANARY})
        self.pending()

    def secrets(self) -> set[str]:
        return {CANARY, *self.credentials.values()}


class FacturaOnlineStage(Stage, FacturaOnlineService):
    """Factura Online."""

    credentials: Mapping[str, str] = {
        "F-PLUGIN": "9d4095c8f7ed5785cb14c0e3b033eeb8252416ed",
        "F-Api-Key": "mock-api-key",
        "F-Secret-Key": "mock-secret-key",
    }

    def prepare(self) -> None:
        self.group = self.employee = self._ended = NOBODY
        self._ready = (NOBODY, NOBODY)


class SyncfyStage(Stage, SyncfyService):
    """Syncfy, with two users, their linked sites, and webhooks."""

    key: Mapping[str, str] = {"Authorization": "api_key api_key=7767a4a04f990e9231bafc949e8ca08a"}
    sites = SANDBOX
    login: Mapping[str, str] = {**LOGIN, "nip": CANARY}
    answers: Mapping[str, str] = {**ANSWERS, "nip": CANARY}
    # The clock runs so fast that sessions end between two requests.
    fresh_seconds = 0.0

    def prepare(self) -> None:
        self._tokens = set[str]()
        events = ["credential_create", "credential_update", "refresh", "documents_completed"]
        self.control("/webhooks", {"url": self.hook, "profile": "sync-v3"})
        self.send("POST", "/webhooks", {"url": self.hook, "events": events, "headers": {"X-Canario": CANARY}}, self.key)
        self.own, self.stranger = self.enter(), self.enter()
        for session in (self.own, self.stranger):
            self.link(session.headers)
            self.clock.advance(10 * STEP)

    def secrets(self) -> set[str]:
        tokens = {session.token for session in (self.own, self.stranger) if session is not None}
        return {CANARY, self.key["Authorization"].split("=")[1], *tokens}


STAGES: Mapping[str, type[Stage]] = {stage.name: stage for stage in (SyncfyStage, FactiStage, FacturaOnlineStage)}
