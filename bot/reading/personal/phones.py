"""Telephone numbers, as `phonenumbers` (Google's libphonenumber) knows them."""

from collections.abc import Collection

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

COUNTRIES = ("DE", "AT", "CH", "GB", "IT", "PL", "GR", "UA", "TR", "FR", "ES", "SY", "IR", "AF")
"""Countries (ISO 3166) of our languages: a number without a country may be of each of them."""
PUBLIC = {
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
}
"""Kinds of numbers that no private person has."""


def kind(typed: str, countries: Collection[str]) -> int | None:
    """Return of which kind a number is, as `phonenumbers` counts them; None where it is valid nowhere.
    `countries` are those in which it is probably dialled."""
    number = _parsed(typed, (*countries, *COUNTRIES))
    return phonenumbers.number_type(number) if number is not None else None


def e164(typed: str, countries: Collection[str]) -> str | None:
    """Return a number as it is dialled from everywhere ("+496221123456"); None where it is valid in none of
    these countries, or in that which it names."""
    number = _parsed(typed, countries)
    if number is None:
        return None
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def spaced(number: str) -> str:
    """Return a number that `e164` has written as people read it ("+49 6221 123456"); others as they are."""
    parsed = _parsed(number, ()) if number.startswith("+") else None
    if parsed is None:
        return number
    return str(phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL))


def is_mobile(number: str) -> bool:
    """Whether a number that `e164` has written is that of a mobile phone, which one person mostly has."""
    return kind(number, ()) == PhoneNumberType.MOBILE


def _parsed(typed: str, countries: Collection[str]) -> phonenumbers.PhoneNumber | None:
    """Return a number that is valid; None for others."""
    digits = "".join(sign for sign in typed.replace("(0)", "") if sign.isdigit() or sign == "+")
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    for country in ["ZZ"] if digits.startswith("+") else dict.fromkeys(countries):
        try:
            number = phonenumbers.parse(digits, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number
    return None
