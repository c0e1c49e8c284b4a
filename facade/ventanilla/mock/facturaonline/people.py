"""Knows employees and their groups, the catalogues and the series.

The documents leave all of this out; paths come from the provider's own collection, answers are mostly inferred.
"""

from ventanilla.mock._ours import ours
from ventanilla.mock.facturaonline import wire
from ventanilla.mock.facturaonline.access import refused
from ventanilla.mock.facturaonline.account import Account
from ventanilla.mock.facturaonline.codes import catalogues
from ventanilla.mock.facturaonline.scenarios import scenario_of
from ventanilla.mock.facturaonline.state import Employee, Group, local
from ventanilla.mock.provider import Call, Reply
from ventanilla.mock.world import World

# The fields that third parties send at the creation of an employee; whatever else is sent is dropped.
FIELDS = frozenset(
    (
        *("grupo", "no_empleado", "nombre", "paterno", "materno", "rfc", "curp", "imss", "inicio"),
        *("calle", "colonia", "no_ext", "cp", "municipio", "estado", "banco", "clabe", "metodo_pago"),
        *("periodo", "regimen", "puesto", "departamento", "tipo_contrato", "tipo_jornada", "asimilados"),
        *("sindicalizado", "entidad_emite", "patronal", "cuota_diaria", "salario", "riesgo"),
    )
)


def list_employees(world: World, call: Call) -> Reply:
    """List every employee, the oldest first."""
    employees = world.state(Account).employees.values()
    shown = [wire.employee(employee) for employee in employees if not employee.borrado]
    return Reply({"status": "success", "data": shown})


def get_employee(world: World, call: Call) -> Reply:
    """Show one employee."""
    return Reply({"status": "success", "data": wire.employee(_employee(world, call))})


@ours("Fields that third parties do not send are taken and dropped.")
def create_employee(world: World, call: Call) -> Reply:
    """Register an employee in a group."""
    account = world.state(Account)
    group = account.groups.get(call.body["grupo"])
    if group is None or not group.activo:
        raise refused(call, "El grupo de empleados no existe o no está activo")
    try:
        scenario_of(call.body["nombre"])
    except LookupError as unknown:
        raise refused(call, str(unknown)) from None
    datos = {name: value for name, value in call.body.items() if isinstance(value, str) and name in FIELDS}
    uid = account.new_uid(world)
    account.employees[uid] = Employee(uid=uid, grupo=group.uid, datos=datos, creado=str(local(world.now)))
    return Reply({"response": "success", "data": {"uid": uid}})


def activate_employee(world: World, call: Call) -> Reply:
    """Let an employee be paid again."""
    _employee(world, call).activo = True
    return _done(call, "Empleado activado")


def deactivate_employee(world: World, call: Call) -> Reply:
    """Keep an employee from being paid."""
    _employee(world, call).activo = False
    return _done(call, "Empleado desactivado")


def delete_employee(world: World, call: Call) -> Reply:
    """Delete an employee; CFDIs already stamped remain."""
    _employee(world, call).borrado = True
    return _done(call, "Empleado eliminado")


def list_groups(world: World, call: Call) -> Reply:
    """List every group."""
    return Reply({"status": "success", "data": [wire.group(group) for group in world.state(Account).groups.values()]})


def get_group(world: World, call: Call) -> Reply:
    """Show one group."""
    return Reply({"status": "success", "data": wire.group(_group(world, call))})


def create_group(world: World, call: Call) -> Reply:
    """Create a group of employees."""
    account = world.state(Account)
    uid = account.new_uid(world)
    account.groups[uid] = Group(uid=uid, grupo=call.body["grupo"], creada=str(local(world.now)))
    return Reply({"response": "success", "uid": uid})


def activate_group(world: World, call: Call) -> Reply:
    """Let a group be paid again."""
    _group(world, call).activo = True
    return _done(call, "Grupo activado")


def deactivate_group(world: World, call: Call) -> Reply:
    """Keep a group from being paid."""
    _group(world, call).activo = False
    return _done(call, "Grupo desactivado")


@ours("A group that has employees is not deleted.")
def delete_group(world: World, call: Call) -> Reply:
    """Delete a group that has no employees left."""
    account = world.state(Account)
    group = _group(world, call)
    if any(employee.grupo == group.uid and not employee.borrado for employee in account.employees.values()):
        raise refused(call, "El grupo tiene empleados y no se puede eliminar")
    del account.groups[group.uid]
    return _done(call, "Grupo eliminado")


def list_catalogue(world: World, call: Call) -> Reply:
    """List the codes of one catalogue."""
    entries = catalogues()[call.path["catalogo"]]
    return Reply({"status": "success", "data": [{"key": key, "name": name} for key, name in entries.items()]})


def list_series(world: World, call: Call) -> Reply:
    """List every series, those of other documents included."""
    shown = [
        {
            "SerieID": series.id,
            "SerieName": series.name,
            "SerieType": series.type,
            "SerieDescription": series.description,
            "SerieStatus": series.status,
        }
        for series in world.state(Account).series
    ]
    return Reply({"status": "success", "data": shown})


def _employee(world: World, call: Call) -> Employee:
    employee = world.state(Account).employee(call.path["uid"])
    if employee is None:
        raise refused(call, "El empleado no existe")
    return employee


def _group(world: World, call: Call) -> Group:
    group = world.state(Account).groups.get(call.path["uid"])
    if group is None:
        raise refused(call, "El grupo de empleados no existe")
    return group


def _done(call: Call, message: str) -> Reply:
    return Reply({"response": "success", "message": message, "uid": call.path["uid"]})
