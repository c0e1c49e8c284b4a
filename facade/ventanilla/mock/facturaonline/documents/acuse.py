"""Knows the SAT's receipt of a cancellation, in the shape that Factura Online's document prints."""

from base64 import b64encode

from ventanilla.mock.facturaonline.documents._markup import Element, document

# 201: the SAT has received the request (Anexo 20, EstatusUUID).
RECEIVED = "201"
REMARK = "Acuse de prueba de ventanilla mock: sin sello del SAT y sin validez fiscal"
# Decodable base64, as a reader expects, of words that admit what it is.
_NO_SEAL = b64encode(b"ventanilla mock: documento de prueba, sin sello del SAT").decode()
_XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"


def acuse(*, rfc_emisor: str, uuid: str, fecha: str, estatus: str = RECEIVED) -> bytes:
    """Write the receipt: `fecha` is printed as it comes, the UUID in upper case as the SAT does."""
    folios = Element(
        "Folios",
        {"xmlns": "http://cancelacfd.sat.gob.mx"},
        (Element("UUID", {}, uuid.upper()), Element("EstatusUUID", {}, estatus)),
    )
    attributes = {
        "xmlns:xsd": "http://www.w3.org/2001/XMLSchema",
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "Fecha": fecha,
        "RfcEmisor": rfc_emisor,
    }
    return document(Element("Acuse", attributes, (folios, _signature())), REMARK)


def _signature() -> Element:
    key = Element("RSAKeyValue", {}, (Element("Modulus", {}, _NO_SEAL), Element("Exponent", {}, "AQAB")))
    info = (Element("KeyName", {}, "0000000000000000"), Element("KeyValue", {}, (key,)))
    parts = (_signed_info(), Element("SignatureValue", {}, _NO_SEAL), Element("KeyInfo", {}, info))
    return Element("Signature", {"Id": "SelloSAT", "xmlns": _XMLDSIG}, parts)


def _signed_info() -> Element:
    xpath = Element("XPath", {}, "not(ancestor-or-self::*[local-name()='Signature'])")
    transform = Element("Transform", {"Algorithm": "http://www.w3.org/TR/1999/REC-xpath-19991116"}, (xpath,))
    reference = (
        Element("Transforms", {}, (transform,)),
        Element("DigestMethod", {"Algorithm": "http://www.w3.org/2001/04/xmlenc#sha512"}),
        Element("DigestValue", {}, _NO_SEAL),
    )
    canonical = {"Algorithm": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"}
    method = {"Algorithm": "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512"}
    return Element(
        "SignedInfo",
        {},
        (
            Element("CanonicalizationMethod", canonical),
            Element("SignatureMethod", method),
            Element("Reference", {"URI": ""}, reference),
        ),
    )
