"""Is a receiver as an ASGI application: mount it anywhere, the last segment of the path is the token."""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import Any

from ventanilla.webhooks.receiver import Answer, Receiver

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class AsgiApp:
    """`app.mount("/hooks", receiver.asgi)`; the inbox is written in a thread, so that the loop goes on."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI says."""
        if scope["type"] == "lifespan":
            for wanted in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{wanted}.complete"})
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})
        elif (answer := await self._answer(scope, receive)) is not None:
            headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers]
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Message, receive: Receive) -> Answer | None:
        import anyio.to_thread

        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        peer = (scope.get("client") or (None,))[0]
        # Whether a mount has taken its prefix off the path or put it in root_path as well, the end is the same.
        call = partial(self._receiver.handle, scope["method"], scope["path"], headers, peer=peer)
        if (refusal := self._receiver.turn_away(scope["method"], scope["path"], headers, peer=peer)) is not None:
            return refusal
        body = bytearray()
        more = True
        while more and len(body) <= self._receiver.max_bytes:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            more = message.get("more_body", False)
        return await anyio.to_thread.run_sync(call, bytes(body))
