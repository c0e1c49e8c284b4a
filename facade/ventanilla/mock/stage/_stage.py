"""Knows one test's mock: its world, how applications reach it, what happens in it, and what came of that."""

from collections.abc import Iterator, Mapping
from typing import Any, Unpack

from ventanilla.mock import scenarios
from ventanilla.mock._packing import unpacked
from ventanilla.mock.core import Mock
from ventanilla.mock.faults import Fault, Faults, Standing
from ventanilla.mock.journal import Journal, Wanted
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.snapshots import Snapshot
from ventanilla.mock.stage._checks import Checks, lines
from ventanilla.mock.stage._clock import StageClock
from ventanilla.mock.stage._post import Post
from ventanilla.mock.stage._reach import Reach
from ventanilla.mock.stage._settings import Settings, lifecycle_of, provider_of
from ventanilla.mock.stage._webhooks import Webhooks
from ventanilla.mock.stage._wires import InProcess, OnSocket
from ventanilla.mock.triggers import Triggered, replay, trigger
from ventanilla.mock.world import World


class Stage(Reach):
    """The mock of one test: nobody else's requests, clock, faults or webhooks are in it.

        def test_session_that_expired_is_renewed(ventanilla_mock, ventanilla_syncfy):
            user = ventanilla_syncfy.create_user("El Santo")
            assert [*ventanilla_syncfy.countries(user)]
            ventanilla_mock.clock.advance(minutes=6)
            assert [*ventanilla_syncfy.countries(user)]
            ventanilla_mock.assert_called(operation="create_session", times=2)

    Where nothing else is said its clock stands still at the moment the test begins, and whatever takes time at a
    provider (a job, stamping, a customer who pays) is over at once: whoever asks next sees how it ended.

    Attributes:
        name: the name of its namespace.
        clock: its time.
        webhooks: the calls that leave it, and who takes them.
    """

    def __init__(self, mock: Mock, name: str, settings: Settings, server: str | None = None) -> None:
        self.post = Post(mock, is_shared=server is not None)
        couriers = self.post.courier, self.post.async_courier
        super().__init__(name, InProcess(mock, *couriers) if server is None else OnSocket(server))
        self._mock, self._settings = mock, settings
        settings.begin(self.world)
        self.clock = StageClock(mock, self._world, self.post)
        self.webhooks = Webhooks(self._world, self.post)
        self._open.callback(self.post.close)

    @property
    def world(self) -> World:
        """The world behind it, for whatever is not at hand here; hold its `lock` while you touch it."""
        return self._mock.world_of(self.name)

    def scenario(self, provider: str, name: str, times: int = 1) -> None:
        """Have the next `times` jobs, payment requests or records of a provider play a scenario of the table.

        `ventanilla mock scenarios` prints it. Raises LookupError for one that cannot be chosen, with those that can.
        """
        with self.world.lock:
            scenarios.choose(self.world, provider, name, times)

    def fault(self, effect: str | Mapping[str, Any], **fields: Any) -> Standing:
        """Have something go wrong, and return the fault: its `struck` counts how often it has.

            mock.fault({"kind": "status", "status": 503}, operation="create_request", when="after", times=1)
            mock.fault("reset", provider="syncfy", nth=2)
            mock.fault("webhook-lost", event="payment_notification")

        Args:
            effect: what happens: its kind, or its kind with what it needs.
            fields: for whom and when: provider, operation, nth, probability, times, ttl, when; for webhook calls
                profile and event.

        Raises ValueError that names the field and what is allowed.
        """
        kind = {"kind": effect} if isinstance(effect, str) else dict(effect)
        fault = Fault.from_json({"effect": kind, **fields})
        fault.check(self._mock.providers)
        with self.world.lock:
            return self.world.faults[self.world.faults.add(fault, self.world.now).id]

    @property
    def faults(self) -> Faults:
        """The faults that stand: iterate over them, `remove(id)`, `clear()`."""
        return self.world.faults

    def lifecycle(self, provider: str, mode: str, polls: int = 1) -> None:
        """Say how the processes of a provider get on from now on.

        Args:
            provider: syncfy, facti, facturaonline.
            mode: `immediate` (at once), `timed` (each step takes the pace, in seconds of the clock), `polls` (a step
                each time that somebody has asked so often) or `event` (a step when `step` says so).
            polls: how often.
        """
        chosen = lifecycle_of(mode, polls)
        with self.world.lock:
            self.world.lifecycles[provider_of(provider)] = chosen

    def step(self, provider: str, process: object) -> bool:
        """Let a process make its next step, where the lifecycle is `event`; return whether there was one to make.

        Args:
            provider: whose process it is.
            process: the id of the job (Syncfy), payment request (Facti) or payroll (Factura Online).
        """
        with self.world.lock:
            is_made = self.world.push(provider_of(provider), str(process))
        self.webhooks.settle()
        return is_made

    def trigger(self, event: str, **options: str | int) -> Triggered:
        """Make an event happen by the calls that lead to it, and its webhook calls leave.

        Args:
            event: its name in any version, e.g. `refresh`, `documents.fail` or `payment_notification`.
            options: what the event takes; `ventanilla.mock.triggers.known()` lists them, `url` is one of most.

        Raises ValueError for an unknown event or option, and when one of the calls is refused.
        """
        triggered = trigger(self._mock, self.world, event, origin=self._wires.origin, **options)
        self.webhooks.settle()
        return triggered

    async def atrigger(self, event: str, **options: str | int) -> Triggered:
        """Make an event happen as `trigger` does; its webhook calls are made in the running event loop."""
        triggered = trigger(self._mock, self.world, event, origin=self._wires.origin, **options)
        await self.webhooks.asettle()
        return triggered

    def replay(self, delivery: Delivery | str, times: int = 1) -> Delivery:
        """Make a webhook call again, whatever it came to: the same id, headers and body.

        Raises LookupError when there is no call of this id.
        """
        replayed = replay(self._mock, self.world, delivery if isinstance(delivery, str) else delivery.id, times)
        self.webhooks.settle()
        return replayed

    async def areplay(self, delivery: Delivery | str, times: int = 1) -> Delivery:
        """Make a webhook call again as `replay` does, in the running event loop."""
        replayed = replay(self._mock, self.world, delivery if isinstance(delivery, str) else delivery.id, times)
        await self.webhooks.asettle()
        return replayed

    def snapshot(self, name: str | None = None) -> Snapshot:
        """Keep everything as it is now, for `restore`, in this test or in another one."""
        with self.world.lock:
            return self.world.snapshots.take(name)

    def restore(self, snapshot: Snapshot | str) -> None:
        """Put everything back to what it was, the clock included; the journal stays.

        Args:
            snapshot: one of this test or of another, or the name of one of this test.

        Raises LookupError for an unknown name.
        """
        world = self.world
        with world.lock:
            kept = world.snapshots[snapshot] if isinstance(snapshot, str) else snapshot
            unpacked(world, kept.content)()
            for delivery in world.outbox.deliveries():
                delivery.world = self.name

    def reset(self, seed: int | None = None) -> None:
        """Begin anew, as the test began, with another seed if one is given."""
        self._settings.begin(self.world, seed)

    @property
    def journal(self) -> Journal:
        """The requests that came and how they were answered: find, count, wait."""
        return self.world.journal

    def assert_called(self, times: int | None = None, **wanted: Unpack[Wanted]) -> None:
        """Assert that requests came, and how many if it is said.

            mock.assert_called(operation="create_request", times=1)
            mock.assert_called(provider="syncfy", status=401)

        Args:
            times: exactly so many; at least one where left out.
            wanted: provider, operation, method, path, status, since, broken, fault, as `journal.find` takes them.

        Raises AssertionError that shows what came; ValueError for a provider or operation that there is not.
        """
        __tracebackhide__ = True
        self._checks.called(times, **wanted)

    def assert_not_called(self, **wanted: Unpack[Wanted]) -> None:
        """Assert that no such request came; arguments and errors as in `assert_called`."""
        __tracebackhide__ = True
        self._checks.not_called(**wanted)

    def assert_no_broken_requests(self) -> None:
        """Assert that every request was one that the provider's spec allows; the error says which rule was broken."""
        __tracebackhide__ = True
        self._checks.nothing_broken()

    def sections(self) -> Iterator[tuple[str, str]]:
        """Yield what happened, as titles and text without secrets: the last requests and webhook calls."""
        requests = lines(self.journal, limit=SHOWN)
        if not requests and isinstance(self._wires, InProcess):
            requests = [UNREACHED]
        yield f"ventanilla mock: requests ({len(self.journal)})", "\n".join(requests)
        if webhooks := self.webhooks.lines():
            yield f"ventanilla mock: webhooks ({len(self.webhooks.deliveries())})", "\n".join(webhooks)

    def close(self) -> None:
        """Forget the world and close the connections."""
        self._mock.forget(self.name)
        self._open.close()

    @property
    def _checks(self) -> Checks:
        return Checks(self.journal, self._mock.providers)

    def _world(self) -> World:
        return self.world


SHOWN = 50
UNREACHED = (
    "none came. In one process only clients get there that were given ventanilla_mock.transport(), .async_transport() "
    "or .requests_adapter(); for others open a socket: @pytest.mark.ventanilla(socket=True)"
)
