"""What ventanilla.webhooks shows exists, and whoever only receives loads no HTTP client."""

import subprocess
import sys

import pytest

from ventanilla import webhooks


def test_every_name_is_there() -> None:
    assert sorted(webhooks.__all__) == webhooks.__all__
    assert all(getattr(webhooks, name).__name__ == name for name in webhooks.__all__)
    unknown = "Paypal"
    with pytest.raises(AttributeError, match="no attribute 'Paypal'"):
        getattr(webhooks, unknown)


def test_receiving_loads_no_http_client_and_working_does() -> None:
    code = (
        "import sys\n"
        "from ventanilla.webhooks import MemoryInbox, Receiver, new_token\n"
        "token = new_token()\n"
        "receiver = Receiver(MemoryInbox(), tokens=[token])\n"
        "assert receiver.handle('POST', '/' + token, {}, b'{}').status == 200\n"
        "print('httpx' in sys.modules, end=' ')\n"
        "from ventanilla.webhooks import Worker\n"
        "print('httpx' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False True\n"
