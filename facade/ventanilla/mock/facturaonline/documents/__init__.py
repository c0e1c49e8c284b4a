"""Knows the three documents of a payroll item: the CFDI, its printed form and the receipt of its cancellation.

All of them say that they are samples. Seals and certificates are spelled out as missing, never imitated.
"""

from ventanilla.mock.facturaonline.documents._markup import printable
from ventanilla.mock.facturaonline.documents.acuse import acuse
from ventanilla.mock.facturaonline.documents.cfdi import cfdi
from ventanilla.mock.facturaonline.documents.pdf import pdf

__all__ = ["acuse", "cfdi", "pdf", "printable"]
