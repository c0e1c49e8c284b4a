"""The models, each loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .authentication_answer import AuthenticationAnswer
    from .authentication_form import AuthenticationForm
    from .clabe import Clabe
    from .clabe_answer import ClabeAnswer
    from .clabe_search import ClabeSearch
    from .concepto import Concepto
    from .deletion_answer import DeletionAnswer
    from .details_answer import DetailsAnswer
    from .failure import Failure
    from .invoice_receiver import InvoiceReceiver
    from .ipn_data import IpnData
    from .ipn_form import IpnForm
    from .new_request import NewRequest
    from .payment import Payment
    from .payment_deletion import PaymentDeletion
    from .payment_details import PaymentDetails
    from .payment_list_answer import PaymentListAnswer
    from .payment_search import PaymentSearch
    from .payment_update import PaymentUpdate
    from .payment_update_payed import PaymentUpdatePayed
    from .payment_way import PaymentWay
    from .payment_way_search import PaymentWaySearch
    from .payment_ways_answer import PaymentWaysAnswer
    from .reference import Reference
    from .reference_error import ReferenceError_
    from .request_answer import RequestAnswer

else:  # To a type checker this would have every name, and a model that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # Kept, so that this is asked once for each.
        value = globals()[name] = getattr(importlib.import_module(f".{_MODULES[name]}", __name__), name)
        return value


__all__ = (
    "AuthenticationAnswer",
    "AuthenticationForm",
    "Clabe",
    "ClabeAnswer",
    "ClabeSearch",
    "Concepto",
    "DeletionAnswer",
    "DetailsAnswer",
    "Failure",
    "InvoiceReceiver",
    "IpnData",
    "IpnForm",
    "NewRequest",
    "Payment",
    "PaymentDeletion",
    "PaymentDetails",
    "PaymentListAnswer",
    "PaymentSearch",
    "PaymentUpdate",
    "PaymentUpdatePayed",
    "PaymentWay",
    "PaymentWaysAnswer",
    "PaymentWaySearch",
    "Reference",
    "ReferenceError_",
    "RequestAnswer",
)

_MODULES = {
    "AuthenticationAnswer": "authentication_answer",
    "AuthenticationForm": "authentication_form",
    "Clabe": "clabe",
    "ClabeAnswer": "clabe_answer",
    "ClabeSearch": "clabe_search",
    "Concepto": "concepto",
    "DeletionAnswer": "deletion_answer",
    "DetailsAnswer": "details_answer",
    "Failure": "failure",
    "InvoiceReceiver": "invoice_receiver",
    "IpnData": "ipn_data",
    "IpnForm": "ipn_form",
    "NewRequest": "new_request",
    "Payment": "payment",
    "PaymentDeletion": "payment_deletion",
    "PaymentDetails": "payment_details",
    "PaymentListAnswer": "payment_list_answer",
    "PaymentSearch": "payment_search",
    "PaymentUpdate": "payment_update",
    "PaymentUpdatePayed": "payment_update_payed",
    "PaymentWay": "payment_way",
    "PaymentWaysAnswer": "payment_ways_answer",
    "PaymentWaySearch": "payment_way_search",
    "Reference": "reference",
    "ReferenceError_": "reference_error",
    "RequestAnswer": "request_answer",
}
