"""Knows the bank accounts of the shop's customers: links them through Syncfy and keeps their movements."""

import os
from collections.abc import Mapping
from decimal import Decimal
from itertools import count
from typing import Any

import requests

from shop.store import Store
from ventanilla import Syncfy
from ventanilla.syncfy import Link

PAGE = 500


class Bank:
    """Uses the facade to link, and plain HTTP to fetch movements, as an integrator without it would."""

    def __init__(self, store: Store, syncfy: Syncfy, session: requests.Session) -> None:
        self._store, self._syncfy, self._session = store, syncfy, session
        self._hook = os.environ["SHOP_URL"] + "/hooks/syncfy"
        self._base, self._key = os.environ["SYNCFY_BASE_URL"], os.environ["SYNCFY_API_KEY"]

    def link(self, person: str, site: str, login: Mapping[str, str]) -> Link:
        """Begin to link a bank; the link waits where the bank asks for something."""
        link = self._syncfy.link(id_external=person, name=person, site=site, credentials=login, webhook=self._hook)
        self._store.run("INSERT OR REPLACE INTO links VALUES (?, ?)", person, link.to_json())
        return link

    def answer(self, person: str, answers: Mapping[str, str]) -> Link:
        """Go on with a link that waits; LookupError when there is none."""
        kept = self._store.value("SELECT link FROM links WHERE person = ?", person)
        if kept is None:
            raise LookupError(person)
        return self._syncfy.resume(Link.from_json(kept), answers)

    def accounts(self, person: str) -> list[str]:
        """Return the names of a person's accounts."""
        user = self._syncfy.find_user(person)
        return [] if user is None else [account.name for account in self._syncfy.accounts(user)]

    def synchronise(self, person: str) -> None:
        """Fetch everything that there is of a person: what the shop does at night, since webhooks get lost."""
        user = self._syncfy.find_user(person)
        for credential in self._syncfy.credentials(user) if user is not None else ():
            self._fetch(user.id_user if user else "", credential.id_credential)

    def hear(self, body: dict[str, Any]) -> None:
        """Take a webhook call, flat (version 1) or a batch (version 3): it only says where to look."""
        for payload in [event["payload"] for event in body["events"]] if "events" in body else [body]:
            if payload.get("event") == "refresh":
                self._fetch(payload["id_user"], payload["id_credential"])

    def _fetch(self, id_user: str, id_credential: str) -> None:
        headers = {"Authorization": f"api_key api_key={self._key},id_user={id_user}"}
        for skip in count(0, PAGE):
            query = {"id_credential": id_credential, "limit": str(PAGE), "skip": str(skip)}
            answer = self._session.get(f"{self._base}/transactions", params=query, headers=headers, timeout=10)
            answer.raise_for_status()
            envelope = answer.json(parse_float=Decimal)
            if not envelope["status"]:
                raise RuntimeError(envelope["message"])
            rows = envelope["response"]
            self._store.run_many(
                "INSERT OR REPLACE INTO movements VALUES (?, ?, ?, ?)",
                [(row["id_transaction"], id_credential, row["description"], str(row["amount"])) for row in rows],
            )
            if len(rows) < PAGE:
                return
