"""Proves the check digits against python-stdnum and clabe, which the package itself does not use."""

from datetime import date
from random import Random

import pytest
from clabe import compute_control_digit, validate_clabe
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.mx import curp, rfc

from ventanilla import _identifiers as ids

_DIGITS = "0123456789"


@pytest.mark.parametrize("clabe", ["646180109301000010", "646180109302000019"])
def test_the_clabes_of_factis_document_are_valid(clabe: str) -> None:
    assert ids.clabe_is_valid(clabe)


@given(st.text(_DIGITS, min_size=17, max_size=17))
def test_the_clabe_digit_is_the_one_of_clabe(account: str) -> None:
    assert ids.clabe_digit(account) == compute_control_digit(account)


@given(st.text(_DIGITS, min_size=18, max_size=18))
def test_any_other_last_digit_makes_a_clabe_invalid(clabe: str) -> None:
    assert ids.clabe_is_valid(clabe) == (compute_control_digit(clabe[:17]) == clabe[17])


@pytest.mark.parametrize("clabe", ["", "64618010930100001", "6461801093010000100", "64618010930100001X", "٦" * 18])
def test_what_is_not_18_digits_is_no_clabe(clabe: str) -> None:
    assert not ids.clabe_is_valid(clabe)


def test_made_up_clabes_belong_to_a_known_bank() -> None:
    random = Random(3)
    assert all(validate_clabe(ids.random_clabe(random)) for _ in range(200))
    assert ids.clabe_of("646", "180", 10930100001) == "646180109301000010"


@pytest.mark.parametrize(
    "number",
    ["EKU9003173C9", "XOJI740919U48", "IXS7607092R5", "FUNK671228PH6", "H&E951128469", "XAMA620210DQ5", "JES900109Q90"],
)
def test_the_sats_test_rfcs_pass(number: str) -> None:
    assert ids.rfc_is_well_formed(number)
    assert ids.rfc_has_valid_digit(number) == rfc.is_valid(number, validate_check_digits=True)


@pytest.mark.parametrize("number", ["ACM010101ABC", "CGM011210S72", "GGM011210S72", "XAXX010101000", "XEXX010101000"])
def test_the_documents_rfcs_with_a_wrong_digit_are_still_well_formed(number: str) -> None:
    assert ids.rfc_is_well_formed(number)
    assert not ids.rfc_has_valid_digit(number)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "CT01109078C1",
        "eku9003173c9",
        "EKU9003173C9 ",
        "EKU9013173C9",
        "EKU9003323C9",
        "EKU9003173C9\n",
        "EKU٩٠03173C9",
    ],
)
def test_what_is_not_an_rfc_is_refused(number: str) -> None:
    assert not ids.rfc_is_well_formed(number)
    assert not ids.rfc_has_valid_digit(number)


@given(
    st.text("ABCDEFGHIJKLMNÑOPQRSTUVWXYZ&", min_size=3, max_size=4),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.text("123456789ABCDEFGHIJKLMNPQRSTUV", min_size=2, max_size=2),
)
def test_the_rfc_digit_is_the_one_of_stdnum(letters: str, born: date, homoclave: str) -> None:
    stem = f"{letters}{born:%y%m%d}{homoclave}"
    assert ids.rfc_digit(stem) == rfc.calc_check_digit(stem)
    assert ids.rfc_has_valid_digit(stem + ids.rfc_digit(stem))
    assert not ids.rfc_has_valid_digit(stem + ("1" if ids.rfc_digit(stem) != "1" else "2"))


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=17, max_size=17))
def test_the_curp_digit_is_the_one_of_stdnum(stem: str) -> None:
    assert ids.curp_digit(stem) == curp.calc_check_digit(stem)


def test_a_curp_needs_its_form_and_its_digit() -> None:
    assert ids.curp_is_valid("BOXW310820HNERXN09")
    assert not ids.curp_is_valid("BOXW310820HNERXN08")
    assert not ids.curp_is_valid("BOXW311320HNERXN09")


@given(st.text(_DIGITS, min_size=10, max_size=10))
def test_the_nss_digit_is_luhns(stem: str) -> None:
    assert ids.nss_digit(stem) == luhn.calc_check_digit(stem)
    assert ids.nss_is_valid(stem + ids.nss_digit(stem))
    assert not ids.nss_is_valid(stem + str((int(ids.nss_digit(stem)) + 1) % 10))


def test_made_up_companies_have_valid_rfcs() -> None:
    random = Random(5)
    numbers = [ids.random_company_rfc(random) for _ in range(300)]
    assert all(rfc.is_valid(number, validate_check_digits=True) and len(number) == 12 for number in numbers)


def test_made_up_people_have_valid_identifiers_whatever_their_names() -> None:
    random = Random(7)
    born = date(2000, 2, 29)
    # Every name that the generator can draw, so that none gives an impossible CURP.
    for sexo, names in (("H", ids._MEN), ("M", ids._WOMEN)):  # pyright: ignore[reportPrivateUsage]
        for paterno in ids._SURNAMES:  # pyright: ignore[reportPrivateUsage]
            for materno in ids._SURNAMES:  # pyright: ignore[reportPrivateUsage]
                for nombre in names:
                    person = ids.person_of(
                        random, nombre=nombre, paterno=paterno, materno=materno, nacimiento=born, sexo=sexo, estado="DF"
                    )
                    assert rfc.is_valid(person.rfc, validate_check_digits=True), person
                    assert curp.is_valid(person.curp), person
                    assert ids.rfc_has_valid_digit(person.rfc)
                    assert ids.curp_is_valid(person.curp)
                    assert curp.get_birth_date(person.curp) == born


@given(st.integers())
def test_every_seed_makes_valid_identifiers(seed: int) -> None:
    random = Random(seed)
    person, company, clabe = ids.random_person(random), ids.random_company_rfc(random), ids.random_clabe(random)
    assert rfc.is_valid(person.rfc, validate_check_digits=True), person
    assert curp.is_valid(person.curp), person
    assert curp.get_birth_date(person.curp) == person.nacimiento
    assert luhn.is_valid(person.nss), person
    assert len(person.nss) == 11
    assert rfc.is_valid(company, validate_check_digits=True)
    assert validate_clabe(clabe)


def test_the_same_seed_makes_the_same_people() -> None:
    first, second = ([ids.random_person(random) for _ in range(20)] for random in (Random(1), Random(1)))
    assert first == second
    assert all(ids.nss_is_valid(person.nss) for person in first)
    assert {curp.get_gender(person.curp) for person in first} == {"M", "F"}
