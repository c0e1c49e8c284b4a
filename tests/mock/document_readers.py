"""Opens documents with what others open them with: satcfdi and the SAT's own schemas, and PDFium, Chrome's viewer."""

import functools
import importlib
from typing import Any

from lxml import etree

# None of these has types.
_cfdi: Any = importlib.import_module("satcfdi.cfdi").CFDI
_transform: Any = importlib.import_module("satcfdi.transform")
_helpers: Any = importlib.import_module("satcfdi.transform.helpers")
_pdfium: Any = importlib.import_module("pypdfium2")
OtherNamespace: type[Exception] = importlib.import_module("satcfdi.exceptions").NamespaceMismatchError
PdfiumError: type[Exception] = _pdfium.PdfiumError
_XSD = "http://www.w3.org/2001/XMLSchema"
_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
WHITE = 255


def read_cfdi(xml: bytes) -> Any:
    """Return a CFDI or a withholding receipt as satcfdi reads it; raises when it is damaged or no schema takes it.

    Amounts are Decimals, dates are dates, and codes equal their text.
    """
    # satcfdi's own parser would mend what is damaged.
    root = etree.fromstring(xml)
    found = _cfdi.from_xml(root)
    collector = _transform.SchemaCollector()
    _transform.cfdi_schemas[found.tag](collector, found)
    _schema(*sorted(collector.base)).assertValid(root)
    return found


def read_acuse(xml: bytes) -> Any:
    """Return an acuse as satcfdi reads what it has no class for; raises when it or its signature is damaged."""
    root = etree.fromstring(xml)
    signature = root.find(_SIGNATURE)
    if signature is None:
        raise ValueError("the acuse has no signature")
    _schema("www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd").assertValid(signature)
    return _helpers.default_objectify(_cfdi, root)


@functools.cache
def _schema(*places: str) -> etree.XMLSchema:
    """Return the schemas at some places of satcfdi's copy as one."""
    root = etree.fromstring(f'<xs:schema xmlns:xs="{_XSD}"/>', base_url=f"{_transform.SCHEMA_ROOT}/schema.xsd")
    for place in places:
        etree.SubElement(root, f"{{{_XSD}}}import", {"namespace": "", "schemaLocation": place})
    return etree.XMLSchema(root)


def seen(pdf: bytes) -> str:
    """Return the text of a PDF's first page, drawn as a viewer draws it; raises when it cannot or the page is blank."""
    document = _pdfium.PdfDocument(pdf)
    try:
        page = document[0]
        if set(bytes(page.render().buffer)) <= {WHITE}:
            raise ValueError("the page is blank")
        return str(page.get_textpage().get_text_bounded())
    finally:
        document.close()
