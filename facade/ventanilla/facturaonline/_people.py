"""Knows employees and groups of employees, who must exist before they are paid."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve

from ventanilla._about import is_about, made
from ventanilla._face import Operations, listing, operation
from ventanilla._flow import Flow, Listing, call
from ventanilla._paging import rows, whole
from ventanilla._values import known
from ventanilla.facturaonline._amounts import pesos
from ventanilla.facturaonline._auth import PROVIDER
from ventanilla.facturaonline._checks import filled
from ventanilla.facturaonline._uids import uid_of
from ventanilla_clients._runtime import UNSET, Unset
from ventanilla_clients.facturaonline import api, models


class Employees(Operations):
    """Employees. Unofficial: the payroll document does not describe these calls; paths from the provider's SDK,
    bodies and answers from third-party integrations or inferred. No call that changes an employee is known.
    """

    @listing
    def employees(self) -> Listing[models.Employee]:
        """Iterate over all employees, the oldest first. Unofficial."""
        return _employees(self)

    @operation
    def employee(self, uid: str) -> Flow[models.Employee]:
        """Read one employee. Unofficial.

        Args:
            uid: uid of the employee.

        Raises:
            NotFound: there is no such employee.
        """
        answer = yield from call(api.employees.get_employee.sync_detailed, uid_of("uid", uid), client=self.raw)
        is_about(uid, answer.data.uid, "employee", PROVIDER, "get_employee")
        return answer.data

    @operation
    def create_employee(self, employee: models.NewEmployee) -> Flow[str]:
        """Register an employee in a group. Unofficial.

        Args:
            employee: the employee; pay in pesos as Decimal or decimal text, with up to six decimals.

        Returns:
            The uid of the new employee.

        Raises:
            InvalidRequest: an amount is a float or no amount; nothing was sent.
            Rejected: the provider refused the data; its message says where.
        """
        body = evolve(
            employee,
            salario=_pay("salario", known(employee.salario)),
            cuota_diaria=_pay("cuota_diaria", known(employee.cuota_diaria)),
        )
        new = (yield from call(api.employees.create_employee.sync_detailed, client=self.raw, body=body)).data
        return made(new, "uid", PROVIDER, "create_employee")

    @operation
    def activate_employee(self, uid: str) -> Flow[None]:
        """Activate an employee. Unofficial."""
        yield from call(api.employees.activate_employee.sync_detailed, uid_of("uid", uid), client=self.raw)

    @operation
    def deactivate_employee(self, uid: str) -> Flow[None]:
        """Deactivate an employee. Unofficial."""
        yield from call(api.employees.deactivate_employee.sync_detailed, uid_of("uid", uid), client=self.raw)

    @operation
    def delete_employee(self, uid: str) -> Flow[None]:
        """Delete an employee. Unofficial, and its path is inferred from that of groups."""
        yield from call(api.employees.delete_employee.sync_detailed, uid_of("uid", uid), client=self.raw)


class Groups(Operations):
    """Groups of employees, to which a payroll is addressed. Unofficial, as employees are."""

    @listing
    def groups(self) -> Listing[models.Group]:
        """Iterate over all groups of employees. Unofficial."""
        return _groups(self)

    @operation
    def group(self, uid: str) -> Flow[models.Group]:
        """Read one group of employees. Unofficial.

        Args:
            uid: uid of the group.

        Raises:
            NotFound: there is no such group.
        """
        answer = yield from call(api.groups.get_group.sync_detailed, uid_of("uid", uid), client=self.raw)
        is_about(uid, answer.data.uid, "group", PROVIDER, "get_group")
        return answer.data

    @operation
    def create_group(self, name: str) -> Flow[str]:
        """Create a group of employees and return its uid. Unofficial.

        Args:
            name: name of the group.
        """
        body = models.NewGroup(grupo=filled("name", name))
        new = yield from call(api.groups.create_group.sync_detailed, client=self.raw, body=body)
        return made(new, "uid", PROVIDER, "create_group")

    @operation
    def activate_group(self, uid: str) -> Flow[None]:
        """Activate a group. Unofficial."""
        yield from call(api.groups.activate_group.sync_detailed, uid_of("uid", uid), client=self.raw)

    @operation
    def deactivate_group(self, uid: str) -> Flow[None]:
        """Deactivate a group. Unofficial."""
        yield from call(api.groups.deactivate_group.sync_detailed, uid_of("uid", uid), client=self.raw)

    @operation
    def delete_group(self, uid: str) -> Flow[None]:
        """Delete a group. Unofficial."""
        yield from call(api.groups.delete_group.sync_detailed, uid_of("uid", uid), client=self.raw)


def _employees(face: Operations) -> Listing[models.Employee]:
    answer = yield from call(api.employees.list_employees.sync_detailed, client=face.raw)
    return (yield from whole(rows(answer, "data")))


def _groups(face: Operations) -> Listing[models.Group]:
    answer = yield from call(api.groups.list_groups.sync_detailed, client=face.raw)
    return (yield from whole(rows(answer, "data")))


def _pay(name: str, value: object) -> Decimal | Unset:
    # Written out: an exponent, as in 1E+3, is no decimal text to the provider.
    return UNSET if value is None else Decimal(format(pesos(value, name, places=6).normalize(), "f"))
