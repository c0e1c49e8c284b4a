"""Knows the mock of one provider as a service under test: its clock, its webhooks, and how it begins anew."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import schemathesis

from ventanilla.contract._answers import JSON, Meaning, is_list, is_mapping
from ventanilla.contract._service import FORM, Case, Keys, Service, is_positive, left_alone
from ventanilla.mock._spec import Spec
from ventanilla.mock.asgi import App, Message, Receive, Send
from ventanilla.mock.clock import Clock, ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.wire import Request, Response, encode

__all__ = ["FORM", "JSON", "Case", "Keys", "Meaning", "Stage", "is_list", "is_mapping", "is_positive", "left_alone"]
# Sent among the secrets of every kind, and long enough that no answer has it by chance.
CANARY = "canario-que-nadie-debe-oir"
# Whoever controls a mock that has a token knows this one; others do not look at it.
TOKEN = "el-que-manda-en-la-ventanilla"
# Nobody listens there, and in process nobody needs to.
HOOK = "http://localhost:9/hook"
# Every request moves the clock by one step of a job: the steps in between are seen, and the last ones too.
STEP = 0.2
REFUSALS = Path(__file__).with_name("schemathesis.toml")


class Stage(Service):
    """One mock of one provider, and the line that leads to it."""

    def __init__(
        self, make: Callable[[Clock], Mock] = lambda clock: Mock(clock=clock, pace=STEP), hook: str = HOOK
    ) -> None:
        self._make, self.hook = make, hook
        self.deliveries: list[Delivery] = []
        self.begin()

    def begin(self) -> None:
        """Begin again with a new mock."""
        self.clock = ManualClock()
        self.mock = self._make(self.clock)
        Service.__init__(self, self, self.served())
        self._app = App(self.mock, sink=self._receive)
        self.prepare()

    def served(self) -> Spec:
        """Return the spec that the requests come from."""
        return self.mock.providers[self.name].spec

    def settings(self) -> dict[str, Any]:
        """Return the package's settings, with what only the mock refuses, and with the mock's control."""
        settings = super().settings()
        known = {project["title"]: project for project in settings["project"]}
        for project in tomllib.loads(REFUSALS.read_text(encoding="utf-8"))["project"]:
            if project["title"] in known:
                known[project["title"]]["checks"].update(project["checks"])
            else:
                settings["project"].append(project)
        return settings

    def load(self, config: Any) -> Any:
        """Return the package's schema; of a mock in another process, one that goes there by itself."""
        url = getattr(self.mock, "url", "")
        if not url:
            return super().load(config)
        self.origin = url.removesuffix(urlsplit(url).path)
        # The control's token opens its spec too; those that have none ask for none.
        headers = {"Authorization": f"Bearer {TOKEN}"}
        schema: Any = schemathesis.openapi.from_url(
            f"{url}/_mock/openapi/{self.name}.json", config=config, headers=headers
        )

        def noted(context: Any, case: Case, response: schemathesis.Response) -> None:
            self.note(response.status_code, response.content or b"")
            self.clock.advance(STEP)

        # In process __call__() sees and does this itself.
        schema.hooks.register_hook_with_name(noted, "after_call")
        return schema

    def answer(self, request: Request) -> Response:
        """Have the mock answer."""
        return self.mock.handle(request)

    def now(self) -> float:
        """Return the mock's time."""
        return self.clock.now()

    def wait(self, seconds: float) -> None:
        """Move the mock's time on."""
        self.clock.advance(seconds)

    def variables(self) -> dict[str, str]:
        """Hide nothing: the mock's keys are printed in the providers' documents."""
        return {}

    def unspoken(self) -> set[str]:
        """Hide nothing."""
        return set()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request; lifespan is declined, so that webhooks leave right after the request that caused them."""
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        status = 0

        async def overheard(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            self.note(status, message.get("body", b""))
            await send(message)

        self.clock.advance(STEP)
        await self._app(scope, receive, overheard)

    def _receive(self, delivery: Delivery) -> int:
        self.deliveries.append(delivery)
        return 200

    def control(self, target: str, body: Any) -> None:
        """Use one of the mock's own operations."""
        headers = {"Content-Type": JSON, "Authorization": f"Bearer {TOKEN}"}
        answer = self.mock.handle(Request("POST", f"/_mock{target}", headers, encode(body)))
        assert answer.status == 200, answer.body
