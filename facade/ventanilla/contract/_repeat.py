"""Knows how a broken rule is told: in a sentence and a command line for curl, neither of which shows a secret."""

from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

from ventanilla._echoes import Echoes
from ventanilla._redact import HIDDEN, hidden
from ventanilla.contract._campaign import Finding
from ventanilla.contract._service import Service
from ventanilla.mock._curl import command_line
from ventanilla.mock.wire import Request

# What schemathesis, requests and the line say of their own accord.
OWN = frozenset(
    {"x-schemathesis-testcaseid", "user-agent", "accept-encoding", "accept", "connection", "content-length"}
)
LONGEST = 1000


class Teller:
    """Tells what broke a rule of a service.

    Args:
        service: what is tested; it knows the secrets, and where it is.
    """

    def __init__(self, service: Service) -> None:
        self.service = service

    def finding(self, operation: str, case_id: str, check: Any, recorder: Any) -> Finding:
        """Return what a failed check has found.

        Args:
            operation: the id of the operation.
            case_id: the case that was checked; a rule may have sent another one.
            check: schemathesis' record of the failure.
            recorder: what was sent and answered.
        """
        failure = check.failure_info.failure
        exchange = recorder.interactions.get(failure.case_id or case_id) or recorder.interactions.get(case_id)
        label: str = recorder.cases[case_id].value.operation.label
        message, title = failure.message.strip(), failure.title
        first, _, rest = (message or title).partition("\n")
        is_whole = not message or title.startswith("Custom check failed")
        sentence = first if is_whole else f"{title}: {first}"
        curl = "" if exchange is None else self.curl(exchange.request)
        return Finding(operation, label, check.name, self.plain(sentence), self.plain(rest.strip()), curl)

    def plain(self, text: str) -> str:
        """Return a text without secrets, and not too long."""
        return hidden(text, self.service.unspoken())[:LONGEST]

    def curl(self, sent: Any) -> str:
        """Return a command line that sends a recorded request again, with variables in place of secrets."""
        url = urlsplit(str(sent.uri))
        headers = {name.lower(): values[0] for name, values in sent.headers.items() if name.lower() not in OWN}
        target = self._named(f"{url.path}?{url.query}" if url.query else url.path)
        shown = {name: self._named(value) for name, value in headers.items()}
        body = self._named((sent.body or b"").decode("latin-1")).encode("latin-1")
        line = command_line(Request(sent.method, target, shown, body), self.service.origin)
        for name in self.service.variables():
            # The mark is no word of a shell, so it stands inside of single quotes; where it ends them, they stay ended.
            line = line.replace(f"{_mark(name)}'", f'\'"${name}"').replace(_mark(name), f"'\"${name}\"'")
        return line

    def _named(self, text: str) -> str:
        for name, secret in self.service.variables().items():
            for form in (secret, quote(secret, safe=""), quote_plus(secret)):
                text = text.replace(form, _mark(name))
        # The whole of it: what is cut off could not be sent again.
        return Echoes(dict.fromkeys(self.service.unspoken(), HIDDEN), HIDDEN).hide(text)


def _mark(name: str) -> str:
    return f"<<{name}>>"
