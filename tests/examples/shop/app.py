"""Knows the shop's pages: what comes in by HTTP, and which part of it answers."""

import os
from datetime import date
from typing import Any

import httpx
import requests
from flask import Flask, request
from flask.typing import ResponseReturnValue

from shop.bank import Bank
from shop.payroll import Payroll
from shop.store import Store
from shop.till import Till
from ventanilla import Facti, FacturaOnline, Syncfy
from ventanilla.errors import JobFailed, VentanillaError
from ventanilla.syncfy import Link


def create_app(transport: httpx.BaseTransport | None = None, session: requests.Session | None = None) -> Flask:
    """Return the shop, configured by the environment; tests may give it other wires to the world."""
    app = Flask("shop")
    store = Store(os.environ["SHOP_DATABASE"])
    _add_bank(app, store, Bank(store, Syncfy(transport=transport), session or requests.Session()))
    _add_till(app, store, Till(store, Facti(transport=transport)))
    _add_payroll(app, Payroll(store, FacturaOnline(transport=transport)))

    @app.errorhandler(VentanillaError)
    def explain(error: VentanillaError) -> ResponseReturnValue:
        return {"error": error.message, "hint": error.hint}, 422 if isinstance(error, JobFailed) else 502

    return app


def _add_bank(app: Flask, store: Store, bank: Bank) -> None:
    @app.post("/bank/<person>")
    def link(person: str) -> ResponseReturnValue:
        return _linked(bank.link(person, request.json["site"], request.json["login"]))

    @app.post("/bank/<person>/answers")
    def answer(person: str) -> ResponseReturnValue:
        return _linked(bank.answer(person, request.json))

    @app.get("/bank/<person>/accounts")
    def accounts(person: str) -> ResponseReturnValue:
        return bank.accounts(person)

    @app.post("/bank/<person>/synchronise")
    def synchronise(person: str) -> ResponseReturnValue:
        bank.synchronise(person)
        return "", 204

    @app.get("/movements")
    def movements() -> ResponseReturnValue:
        return [*store.rows("SELECT * FROM movements ORDER BY id")]

    @app.post("/hooks/syncfy")
    def hear_syncfy() -> ResponseReturnValue:
        bank.hear(request.json)
        return "", 204


def _linked(link: Link) -> ResponseReturnValue:
    if link.challenge is None:
        return {"linked": True}
    return {"linked": False, "asks": [{"name": each.name, "label": each.label} for each in link.challenge.fields]}, 202


def _add_till(app: Flask, store: Store, till: Till) -> None:
    @app.post("/orders")
    def place() -> ResponseReturnValue:
        wanted: dict[str, Any] = request.json
        return {"order": till.place(wanted["amount"], wanted["name"], wanted["email"])}, 201

    @app.get("/orders/<int:order>")
    def show(order: int) -> ResponseReturnValue:
        found = store.rows("SELECT * FROM orders WHERE id = ?", order)
        return found[0] if found else ({"error": "there is no such order"}, 404)

    @app.post("/hooks/facti")
    def hear_facti() -> ResponseReturnValue:
        return "", 204 if till.hear(request.get_data(), request.content_type or "") else 403


def _add_payroll(app: Flask, payroll: Payroll) -> None:
    @app.put("/payrolls/<day>")
    def issue(day: str) -> ResponseReturnValue:
        wanted: dict[str, Any] = request.json
        return payroll.issue(date.fromisoformat(day), wanted["group"], wanted["serie"], wanted["salaries"])
