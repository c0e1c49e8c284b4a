"""The models, each loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .cancellation import Cancellation
    from .catalogue_answer import CatalogueAnswer
    from .catalogue_entry import CatalogueEntry
    from .created_employee import CreatedEmployee
    from .disability import Disability
    from .employee import Employee
    from .employee_answer import EmployeeAnswer
    from .employee_created import EmployeeCreated
    from .employee_list_answer import EmployeeListAnswer
    from .employment_subsidy import EmploymentSubsidy
    from .failure import Failure
    from .group import Group
    from .group_answer import GroupAnswer
    from .group_created import GroupCreated
    from .group_list_answer import GroupListAnswer
    from .item_action import ItemAction
    from .item_perception import ItemPerception
    from .list_catalogue_catalogo import ListCatalogueCatalogo
    from .new_deduction import NewDeduction
    from .new_employee import NewEmployee
    from .new_employee_asimilados import NewEmployeeAsimilados
    from .new_employee_sindicalizado import NewEmployeeSindicalizado
    from .new_group import NewGroup
    from .new_other_payment import NewOtherPayment
    from .new_payroll import NewPayroll
    from .new_payroll_tipo_nomina import NewPayrollTipoNomina
    from .new_payroll_version_cfdi import NewPayrollVersionCfdi
    from .new_perception import NewPerception
    from .new_record import NewRecord
    from .payroll import Payroll
    from .payroll_answer import PayrollAnswer
    from .payroll_created import PayrollCreated
    from .payroll_item import PayrollItem
    from .payroll_item_answer import PayrollItemAnswer
    from .payroll_list_answer import PayrollListAnswer
    from .payroll_record import PayrollRecord
    from .record_employee import RecordEmployee
    from .record_other_payment import RecordOtherPayment
    from .record_perception import RecordPerception
    from .series import Series
    from .series_answer import SeriesAnswer
    from .status_answer import StatusAnswer

else:  # To a type checker this would have every name, and a model that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # Kept, so that this is asked once for each.
        value = globals()[name] = getattr(importlib.import_module(f".{_MODULES[name]}", __name__), name)
        return value


__all__ = (
    "Cancellation",
    "CatalogueAnswer",
    "CatalogueEntry",
    "CreatedEmployee",
    "Disability",
    "Employee",
    "EmployeeAnswer",
    "EmployeeCreated",
    "EmployeeListAnswer",
    "EmploymentSubsidy",
    "Failure",
    "Group",
    "GroupAnswer",
    "GroupCreated",
    "GroupListAnswer",
    "ItemAction",
    "ItemPerception",
    "ListCatalogueCatalogo",
    "NewDeduction",
    "NewEmployee",
    "NewEmployeeAsimilados",
    "NewEmployeeSindicalizado",
    "NewGroup",
    "NewOtherPayment",
    "NewPayroll",
    "NewPayrollTipoNomina",
    "NewPayrollVersionCfdi",
    "NewPerception",
    "NewRecord",
    "Payroll",
    "PayrollAnswer",
    "PayrollCreated",
    "PayrollItem",
    "PayrollItemAnswer",
    "PayrollListAnswer",
    "PayrollRecord",
    "RecordEmployee",
    "RecordOtherPayment",
    "RecordPerception",
    "Series",
    "SeriesAnswer",
    "StatusAnswer",
)

_MODULES = {
    "Cancellation": "cancellation",
    "CatalogueAnswer": "catalogue_answer",
    "CatalogueEntry": "catalogue_entry",
    "CreatedEmployee": "created_employee",
    "Disability": "disability",
    "Employee": "employee",
    "EmployeeAnswer": "employee_answer",
    "EmployeeCreated": "employee_created",
    "EmployeeListAnswer": "employee_list_answer",
    "EmploymentSubsidy": "employment_subsidy",
    "Failure": "failure",
    "Group": "group",
    "GroupAnswer": "group_answer",
    "GroupCreated": "group_created",
    "GroupListAnswer": "group_list_answer",
    "ItemAction": "item_action",
    "ItemPerception": "item_perception",
    "ListCatalogueCatalogo": "list_catalogue_catalogo",
    "NewDeduction": "new_deduction",
    "NewEmployee": "new_employee",
    "NewEmployeeAsimilados": "new_employee_asimilados",
    "NewEmployeeSindicalizado": "new_employee_sindicalizado",
    "NewGroup": "new_group",
    "NewOtherPayment": "new_other_payment",
    "NewPayroll": "new_payroll",
    "NewPayrollTipoNomina": "new_payroll_tipo_nomina",
    "NewPayrollVersionCfdi": "new_payroll_version_cfdi",
    "NewPerception": "new_perception",
    "NewRecord": "new_record",
    "Payroll": "payroll",
    "PayrollAnswer": "payroll_answer",
    "PayrollCreated": "payroll_created",
    "PayrollItem": "payroll_item",
    "PayrollItemAnswer": "payroll_item_answer",
    "PayrollListAnswer": "payroll_list_answer",
    "PayrollRecord": "payroll_record",
    "RecordEmployee": "record_employee",
    "RecordOtherPayment": "record_other_payment",
    "RecordPerception": "record_perception",
    "Series": "series",
    "SeriesAnswer": "series_answer",
    "StatusAnswer": "status_answer",
}
