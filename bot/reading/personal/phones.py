"""Telephone numbers, as `phonenumbers` (Google's libphonenumber) knows them."""

from collections.abc import Collection

import phonenumbers
from phonenumbers import PhoneNumberType

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
    digits = "".join(sign for sign in typed.replace("(0)", "") if sign.isdigit() or sign == "+")
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    for country in ["ZZ"] if digits.startswith("+") else dict.fromkeys((*countries, *COUNTRIES)):
        try:
            number = phonenumbers.parse(digits, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.number_type(number)
    return None
