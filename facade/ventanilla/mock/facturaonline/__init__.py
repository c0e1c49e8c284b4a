"""Knows Factura Online as a whole: its payrolls, people, catalogues and series, behind one provider."""

from functools import partial

from ventanilla.mock._spec import Spec, load
from ventanilla.mock.facturaonline import items, payrolls, people
from ventanilla.mock.facturaonline.access import authenticate, refuse
from ventanilla.mock.provider import Handler, Provider

HANDLERS: dict[str, Handler] = {
    "list_payrolls": payrolls.list_payrolls,
    "get_payroll": payrolls.get_payroll,
    "create_payroll": payrolls.create_payroll,
    "get_payroll_item": items.get_payroll_item,
    "cancel_payroll_item": items.cancel_payroll_item,
    "email_payroll_item": items.email_payroll_item,
    "get_payroll_item_pdf": items.get_payroll_item_pdf,
    "get_payroll_item_xml": items.get_payroll_item_xml,
    "get_payroll_item_acuse": items.get_payroll_item_acuse,
    "list_employees": people.list_employees,
    "get_employee": people.get_employee,
    "create_employee": people.create_employee,
    "activate_employee": people.activate_employee,
    "deactivate_employee": people.deactivate_employee,
    "delete_employee": people.delete_employee,
    "list_groups": people.list_groups,
    "get_group": people.get_group,
    "create_group": people.create_group,
    "activate_group": people.activate_group,
    "deactivate_group": people.deactivate_group,
    "delete_group": people.delete_group,
    "list_catalogue": people.list_catalogue,
    "list_series": people.list_series,
}


def provider(spec: Spec | None = None, *, auth_status: int = 200) -> Provider:
    """Return Factura Online; `auth_status` is the HTTP status of a failed authentication, which nobody documents."""
    return Provider(
        name="facturaonline",
        spec=spec or load("facturaonline"),
        authenticate=partial(authenticate, auth_status=auth_status),
        refuse=refuse,
        handlers=HANDLERS,
    )
