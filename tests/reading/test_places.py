"""Places and times are understood in any of our languages; what is not sure is asked with the clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import Doubtful, Unclear
from bot.reading.where import places

NOW = datetime(2026, 11, 29, 13, 5, tzinfo=UTC)
HOME = "Europe/Berlin"

RIGHT = {
    "Europe/Berlin": "München, Munich, munchen, Muenchen, Monaco di Baviera, Monachium, Мюнхен, ميونخ, Köln, "
    "Cologne, Leipzig, Frankfurt, Frankfurt am Main, Берлін, برلين, Germany, Deutschland, Niemcy, ألمانيا, "
    "Nürnberg, ich wohne in der Nähe von Köln, bei mir ist es ganz normal deutsche zeit, "
    "same as germany, CET, MEZ, UTC+1",
    "Europe/Athens": "Athens, Athen, Αθήνα, αθηνα, Atene, Thessaloniki, Θεσσαλονίκη, Patras, "
    "Griechenland, Ελλάδα",
    "Europe/Warsaw": "Lublin, Warschau, Warszawa, Polska, Kraków, Krakau, polnische Zeit",
    "Europe/Kyiv": "Kyiv, Kiev, Київ, Lviv, Lemberg, Львів, Ukraine, Україна, Odessa",
    "Europe/Istanbul": "İzmir, Izmir, Gaziantep, Türkei, Türkiye",
    "Asia/Damascus": "Damaskus, دمشق, Aleppo, Syria, سوريا",
    "Asia/Tehran": "Teheran, تهران, Iran",
    "Asia/Kabul": "Kabul, Afghanistan",
    "Europe/Rome": "Rom, Roma, Mailand, Milano, Italien",
    "Europe/London": "London, England, the UK",
    "Europe/Zurich": "Zürich, Schweiz, Basel",
    "America/New_York": "New York, NYC",
    "Asia/Kolkata": "UTC+5:30, +5:30",
    "Etc/GMT-3": "utc+3, GMT +3",
}


@pytest.mark.parametrize(
    ("words", "zone"), [(each, zone) for zone, words in RIGHT.items() for each in words.split(", ")]
)
def test_a_place_has_a_zone(words: str, zone: str) -> None:
    assert places.zone(words, NOW, HOME, "en") in {zone, zone.replace("Kyiv", "Kiev")}


def test_a_place_may_come_with_its_country() -> None:
    assert places.zone("Berlin, Germany", NOW, "Asia/Tokyo", "en") == HOME


@pytest.mark.parametrize("words", ["", "hello", "I don't know", "Weinheim", "nein", "?", "x" * 300])
def test_what_is_no_place_is_said(words: str) -> None:
    with pytest.raises(Unclear) as unclear:
        places.zone(words, NOW, HOME, "en")
    assert not isinstance(unclear.value, Doubtful)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("Paris Hilton", "Europe/Paris"),
        ("USA", "America/New_York"),
        ("Russia", "Europe/Moscow"),
        ("Springfield", "America/Chicago"),
        ("Mannheim, near the river", "Europe/Berlin"),
    ],
)
def test_what_is_not_sure_is_asked(words: str, first: str) -> None:
    with pytest.raises(Doubtful) as doubtful:
        places.zone(words, NOW, HOME, "en")
    assert next(iter(doubtful.value.choices)) == first


def test_of_cities_of_one_name_the_one_at_home_is_meant() -> None:
    assert places.zone("Barcelona", NOW, "Europe/Madrid", "en") == "Europe/Madrid"
    with pytest.raises(Doubtful):
        places.zone("Barcelona", NOW, HOME, "en")


def test_a_clock_tells_the_zone() -> None:
    assert places.at_clock([time(2, 0), time(14, 0)], NOW, HOME, "en") == HOME
    with pytest.raises(Doubtful) as doubtful:
        places.at_clock([time(15, 10)], NOW, HOME, "en")
    choices = {NOW.astimezone(ZoneInfo(each)).utcoffset() for each in doubtful.value.choices}
    assert choices == {timedelta(hours=2)}
    with pytest.raises(Unclear):
        places.at_clock([time(13, 50)], NOW, HOME, "en")


@given(st.text(), st.sampled_from(["en", "de"]))
def test_whatever_is_typed_is_a_place_or_unclear(words: str, locale: str) -> None:
    try:
        assert ZoneInfo(places.zone(words, NOW, HOME, locale)).key
    except Unclear as unclear:
        assert unclear.text.msgid
