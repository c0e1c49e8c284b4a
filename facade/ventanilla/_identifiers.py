"""Knows how Mexican identifiers are built: RFC, CURP, social security number (NSS) and CLABE, with their check digits.

Checks never normalise: a caller that accepts lower case or separators removes them first. A wrong check digit is a
reason to warn, not to refuse: the providers' own documents print RFCs whose digit is wrong.
"""

import re
from datetime import date, timedelta
from random import Random

from attrs import frozen

# The position of each character is its value; the blank stands for the missing first letter of a company's RFC.
_RFC_ALPHABET = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
_CURP_ALPHABET = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"

# The SAT's schemas narrow the last character to [0-9A]. It stays open here because Syncfy's own sandbox
# RFC, ACM010101ABC, ends in C: whether it can be a check digit is for rfc_has_valid_digit to say.
_RFC = re.compile(r"[A-ZÑ&]{3,4}\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[A-Z0-9]{3}", re.ASCII)
# The two characters that tell namesakes apart are never 0 nor O; the generic RFCs (XAXX010101000) have 00 there.
_HOMOCLAVE = re.compile(r"[1-9A-NP-V][1-9A-NP-Z][0-9A]", re.ASCII)
_CURP = re.compile(
    r"[A-Z][AEIOUX][A-Z]{2}\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[HMX]"
    r"([ABCMTZ]S|[BCJMOT]C|[CNPST]L|[GNQ]T|[GQS]R|C[MH]|[MY]N|[DH]G|NE|VZ|DF|SP)[BCDFGHJ-NP-TV-Z]{3}[0-9A-Z]\d",
    re.ASCII,
)
_DIGITS = re.compile(r"\d+", re.ASCII)


def clabe_digit(account: str) -> str:
    """Return the check digit of the first 17 digits of a CLABE."""
    total = sum(int(digit) * weight % 10 for digit, weight in zip(account[:17], (3, 7, 1) * 6, strict=False))
    return str(-total % 10)


def clabe_is_valid(clabe: str) -> bool:
    """Say whether `clabe` is 18 digits of which the last is the right check digit."""
    return len(clabe) == 18 and _DIGITS.fullmatch(clabe) is not None and clabe[17] == clabe_digit(clabe)


def rfc_digit(stem: str) -> str:
    """Return the check digit of an RFC given without it (11 characters for a company, 12 for a person)."""
    total = sum(_RFC_ALPHABET.index(character) * (13 - place) for place, character in enumerate(stem.rjust(12)))
    return "0123456789A"[-total % 11]


def rfc_is_well_formed(rfc: str) -> bool:
    """Say whether `rfc` has the form of an RFC: 12 characters (company) or 13 (person) with a possible date."""
    return _RFC.fullmatch(rfc) is not None


def rfc_has_valid_digit(rfc: str) -> bool:
    """Say whether `rfc` is well formed, its homoclave possible and its check digit right (never for generic RFCs)."""
    return rfc_is_well_formed(rfc) and bool(_HOMOCLAVE.fullmatch(rfc[-3:])) and rfc[-1] == rfc_digit(rfc[:-1])


def curp_digit(stem: str) -> str:
    """Return the check digit of the first 17 characters of a CURP."""
    total = sum(_CURP_ALPHABET.index(character) * (18 - place) for place, character in enumerate(stem[:17]))
    return str(-total % 10)


def curp_is_well_formed(curp: str) -> bool:
    """Say whether `curp` has the form that the SAT's schemas ask of a CURP."""
    return _CURP.fullmatch(curp) is not None


def curp_is_valid(curp: str) -> bool:
    """Say whether `curp` is well formed and its check digit right."""
    return curp_is_well_formed(curp) and curp[17] == curp_digit(curp)


def nss_digit(stem: str) -> str:
    """Return the check digit (Luhn) of the first 10 digits of a social security number."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(stem[:10]))
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def nss_is_valid(nss: str) -> bool:
    """Say whether `nss` is 11 digits of which the last is the right check digit."""
    return len(nss) == 11 and _DIGITS.fullmatch(nss) is not None and nss[10] == nss_digit(nss)


def clabe_of(bank: str, place: str, account: int) -> str:
    """Build a CLABE from a three-digit bank code, a three-digit place and an account number of up to 11 digits."""
    stem = f"{bank}{place}{account:011d}"
    return stem + clabe_digit(stem)


def random_clabe(random: Random, bank: str = "646", place: str = "180") -> str:
    """Return a CLABE with a random account (STP's bank code and place unless told otherwise)."""
    return clabe_of(bank, place, random.randrange(10**11))


def random_company_rfc(random: Random) -> str:
    """Return the RFC of a made-up company with a right check digit."""
    born = date(1980, 1, 1) + timedelta(days=random.randrange(15_000))
    letters = "".join(random.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(3))
    return _with_homoclave(random, f"{letters}{born:%y%m%d}")


@frozen(kw_only=True)
class Person:
    """A made-up person whose identifiers agree with their name, birth date, sex and state."""

    nombre: str
    paterno: str
    materno: str
    nacimiento: date
    sexo: str
    estado: str
    rfc: str
    curp: str
    nss: str


_WOMEN = ("ADRIANA", "BEATRIZ", "CARMEN", "DANIELA", "ELENA", "GABRIELA", "JIMENA", "LUCIA", "PATRICIA", "SOFIA")
_MEN = ("ALBERTO", "BENJAMIN", "CARLOS", "DIEGO", "ERNESTO", "GERARDO", "JORGE", "LUIS", "PABLO", "SERGIO")
_SURNAMES = (
    *("BAUTISTA", "CERVANTES", "DOMINGUEZ", "ESPINOZA", "FLORES", "GUTIERREZ", "HERNANDEZ", "JIMENEZ", "LOPEZ"),
    *("MENDOZA", "NAVARRO", "ORTIZ", "RAMIREZ", "SANCHEZ", "TORRES", "VELAZQUEZ", "ZAMORA"),
)
_STATES = ("AS", "BC", "CL", "CH", "DF", "GT", "HG", "JC", "MC", "NL", "OC", "PL", "QT", "SP", "SR", "TS", "VZ", "YN")
# Each registry alters the first four letters when they make an ugly word, the RFC the last one and the CURP the
# second; these are all that the names above can make (a test tries every combination with python-stdnum).
_UGLY_IN_RFC = {"RATA": "RATX"}
_UGLY_IN_CURP = {"BACA": "BXCA", "LOCA": "LXCA", "NACA": "NXCA", "RATA": "RXTA"}


def person_of(
    random: Random, *, nombre: str, paterno: str, materno: str, nacimiento: date, sexo: str, estado: str
) -> Person:
    """Build the identifiers of a person: `sexo` is H or M, `estado` a two-letter state as the CURP writes it."""
    root = paterno[0] + _first_of("AEIOU", paterno) + materno[0] + nombre[0]
    born = f"{nacimiento:%y%m%d}"
    inner = "".join(_first_of("BCDFGHJKLMNPQRSTVWXYZ", name) for name in (paterno, materno, nombre))
    # The CURP tells the century by its 17th character: a digit before 2000, a letter from then on.
    stem = f"{_UGLY_IN_CURP.get(root, root)}{born}{sexo}{estado}{inner}{'0' if nacimiento.year < 2000 else 'A'}"
    enrolled = (nacimiento.year + 18 + random.randrange(8)) % 100
    nss = f"{random.randint(1, 97):02d}{enrolled:02d}{nacimiento:%y}{random.randrange(10_000):04d}"
    return Person(
        nombre=nombre,
        paterno=paterno,
        materno=materno,
        nacimiento=nacimiento,
        sexo=sexo,
        estado=estado,
        rfc=_with_homoclave(random, _UGLY_IN_RFC.get(root, root) + born),
        curp=stem + curp_digit(stem),
        nss=nss + nss_digit(nss),
    )


def random_person(random: Random) -> Person:
    """Return a made-up person, 18 to 60 years old in 2024, with right check digits everywhere."""
    sexo = random.choice("HM")
    return person_of(
        random,
        nombre=random.choice(_MEN if sexo == "H" else _WOMEN),
        paterno=random.choice(_SURNAMES),
        materno=random.choice(_SURNAMES),
        nacimiento=date(1964, 1, 1) + timedelta(days=random.randrange(15_300)),
        sexo=sexo,
        estado=random.choice(_STATES),
    )


def _first_of(letters: str, name: str) -> str:
    """Return the first inner letter of `name` that is one of `letters`; X when there is none."""
    return next((letter for letter in name[1:] if letter in letters), "X")


def _with_homoclave(random: Random, stem: str) -> str:
    homoclave = random.choice("123456789ABCDEFGHIJKLMNPQRSTUV") + random.choice("123456789ABCDEFGHIJKLMNPQRSTUVWXYZ")
    return stem + homoclave + rfc_digit(stem + homoclave)
