"""Knows everything one account holds, and what it holds before anybody has called."""

from attrs import define, field

from ventanilla.mock.facturaonline import seed
from ventanilla.mock.facturaonline.state import Employee, Group, Issuer, Payroll, Record, Series
from ventanilla.mock.world import World


@define(eq=False)
class Account:
    """One account, in the order things were created."""

    issuer: Issuer = seed.ISSUER
    series: tuple[Series, ...] = seed.SERIES
    groups: dict[str, Group] = field(factory=dict[str, Group])
    employees: dict[str, Employee] = field(factory=dict[str, Employee])
    payrolls: dict[str, Payroll] = field(factory=dict[str, Payroll])
    # By item uid and, once stamped, by CFDI UUID in lower case.
    records: dict[str, tuple[Payroll, Record]] = field(factory=dict[str, tuple[Payroll, Record]])
    # Serie and folio identify a CFDI, so series of one name share their count.
    folios: dict[str, int] = field(factory=lambda: dict(seed.FOLIOS))
    last_uid: int = 0

    def __attrs_post_init__(self) -> None:
        self.groups.update({group.uid: group for group in seed.groups()})
        self.employees.update({employee.uid: employee for employee in seed.employees()})
        for payroll in seed.payrolls():
            self.add(payroll)

    def add(self, payroll: Payroll) -> None:
        """File a payroll and its records."""
        self.payrolls[payroll.uid] = payroll
        for record in payroll.registros:
            self.records[record.uid] = (payroll, record)
            if record.uuid:
                self.records[record.uuid] = (payroll, record)

    def find(self, uid: str) -> tuple[Payroll, Record] | None:
        """Find a record by its item uid or by its CFDI's UUID in any case."""
        return self.records.get(uid) or self.records.get(uid.lower())

    def employee(self, uid: str) -> Employee | None:
        """Return an employee who has not been deleted."""
        employee = self.employees.get(uid)
        return None if employee is None or employee.borrado else employee

    def next_folio(self, name: str) -> int:
        """Take the next folio of the series called `name`."""
        self.folios[name] = self.folios.get(name, 0) + 1
        return self.folios[name]

    def new_uid(self, world: World) -> str:
        """Return an id as PHP's uniqid() makes them: 8 hexadecimal digits of seconds, 5 of microseconds."""
        # Never twice the same, even while a test holds the clock still.
        self.last_uid = max(int(world.now * 1_000_000), self.last_uid) + world.random.randrange(1, 1000)
        seconds, micros = divmod(self.last_uid, 1_000_000)
        return f"{seconds:08x}{micros:05x}"
