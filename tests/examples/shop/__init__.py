"""A shop that knows its customers' bank accounts, is paid through Facti and pays its people: an example of a user.

It is configured by environment variables alone: SHOP_DATABASE (a file), SHOP_URL (where the world reaches it),
SHOP_IPN_PASSWORD, and those that ventanilla reads.
"""

from shop.app import create_app

__all__ = ["create_app"]
