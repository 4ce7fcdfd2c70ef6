"""Charts: read on a phone in each script, the same from right to left, and never more than the words say."""

import io
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

import i18n
from bot.installation import Installation
from bot.making import charts, painting
from bot.making.charts import Bars, Chart, Road, in_words
from bot.making.painting import GROUND, INK, LIGHT
from bot.making.sheets import HIGHEST, SMALLEST, WIDTH, Row, Stone
from bot.message import Made
from bot.text import Reader, Verbatim
from tests.delivery.test_pictures import contrast
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab

LOOKED_AT = Path(__file__).parent / "charts"
"""Pictures that a person has looked at, as wide as a small phone; `--rewrite` paints them anew."""
WORDS = {
    "en": ["How everybody was", "Good", "So-so", "Not good", "20 families with a mentor until December"],
    "de": ["Wie es allen ging", "Gut", "Geht so", "Nicht gut", "20 Familien mit Begleitung bis Dezember"],
    "el": ["Πώς ήταν όλοι", "Καλά", "Έτσι κι έτσι", "Όχι καλά", "20 οικογένειες με μέντορα ως τον Δεκέμβριο"],
    "uk": ["Як було всім", "Добре", "Так собі", "Недобре", "20 родин із наставником до кінця грудня"],
    "ar": ["كيف كان الجميع", "جيد", "متوسط", "ليس جيدا", "20 عائلة مع مرشد حتى نهاية شهر ديسمبر"],
    "fa": ["حال همه چطور بود", "خوب", "متوسط", "نه چندان خوب", "20 خانواده با مربی تا پایان ماه دسامبر"],
}
FIGURES = [(12, 4, 1), (9, 6, 3), (20, 1, 0), (5, 5, 5), (8, 4, 4), (11, 3, 0), (24, 11, 15), (0, 0, 7)]


def pictures(locale: str) -> Iterator[Chart]:
    """Yield a chart of each kind, as full as it gets."""
    title, *labels = map(Verbatim, WORDS[locale])
    said = Verbatim("Bars")
    numbers = [Verbatim(str(sum(each))) for each in FIGURES]
    yield Bars(
        "a.png",
        title,
        said,
        [Row(number, [sum(each)], 50) for number, each in zip(numbers, FIGURES, strict=True)],
        labels[3],
    )
    for label in labels[1], labels[3]:
        yield Bars(
            "b.png", title, said, [Row(None, each, sum(each), label) for each in FIGURES], legend=labels[:3]
        )
        yield Bars(
            "c.png",
            title,
            said,
            [Row(number, [sum(each)], 30, label) for number, each in zip(numbers, FIGURES, strict=True)],
        )
    stones = [Stone(label, numbers[0], met, 4) for label, met in zip([*labels, title], range(5), strict=True)]
    yield Road("d.png", title, said, stones, 2, labels[3])


def made(chart: Chart, locale: str) -> Made:
    return chart.make(None, Installation(), Reader(locale))


def drawn(chart: Chart, locale: str) -> Image.Image:
    return Image.open(io.BytesIO(made(chart, locale).content)).convert("RGB")


@pytest.mark.parametrize("locale", WORDS)
def test_each_is_small_stays_on_its_ground_and_has_large_letters(
    locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = set()
    find = painting._font

    def noting(file: Path, size: int, weight: int) -> object:
        sizes.add(size)
        return find(file, size, weight)

    monkeypatch.setattr(charts, "_PAINTED", type(charts._PAINTED)())
    monkeypatch.setattr(painting, "_font", noting)
    painting._has.cache_clear()
    for chart in pictures(locale):
        picture = drawn(chart, locale)
        assert picture.width == WIDTH
        assert picture.height <= HIGHEST
        assert len(made(chart, locale).content) <= 150_000
        empty = Image.new("RGB", picture.size, GROUND)
        apart = ImageChops.difference(picture, empty).point(lambda far: 255 * (far > 8))
        box = apart.getbbox() or (0, 0, 0, 0)
        assert min(box[0], box[1], picture.width - box[2], picture.height - box[3]) >= 24
    painting._has.cache_clear()
    assert min(sizes) >= SMALLEST


def test_what_stands_on_anything_can_be_read() -> None:
    assert contrast(INK, GROUND) >= 4.5
    assert contrast(INK, LIGHT) >= 4.5
    assert min(contrast(GROUND, "#ffffff"), contrast(GROUND, "#17212b")) > 1.5, "in light and in dark"


@pytest.mark.parametrize("script", WORDS)
def test_from_right_to_left_it_is_the_same_mirrored(script: str) -> None:
    for chart in pictures(script):
        one, other = (_ink(drawn(chart, locale)) for locale in ("en", "ar"))
        assert len(one) == len(other)
        for (left, right), (mirrored_left, mirrored_right) in zip(one, other, strict=True):
            assert abs(left - (WIDTH - mirrored_right)) <= 2
            assert abs(right - (WIDTH - mirrored_left)) <= 2


def _ink(picture: Image.Image) -> Sequence[tuple[int, int]]:
    """Return from where to where there is ink, from one empty line of a picture to the next."""
    ink = ImageChops.difference(picture, Image.new("RGB", picture.size, GROUND)).convert("L")
    ink = ink.point(lambda far: 255 * (far > 60))
    _across, down = ink.getprojection()
    edges = [line for line, (one, other) in enumerate(pairwise([0, *down, 0])) if one != other]
    strips = [ink.crop((0, top, WIDTH, bottom)) for top, bottom in zip(edges[::2], edges[1::2], strict=True)]
    return [(box[0], box[2]) for strip in strips if (box := strip.getbbox()) is not None]


@pytest.mark.parametrize("locale", WORDS)
def test_each_looks_as_when_somebody_looked_at_it(locale: str, request: pytest.FixtureRequest) -> None:
    whole = Image.new("RGB", (360 * 6, 460), "#17212b")
    for place, chart in enumerate(pictures(locale)):
        picture = drawn(chart, locale)
        whole.paste(
            picture.resize((340, picture.height * 340 // WIDTH), Image.Resampling.LANCZOS),
            (place * 360 + 10, 10),
        )
    file = LOOKED_AT / f"{locale}.png"
    if request.config.getoption("--rewrite"):
        file.parent.mkdir(exist_ok=True)
        whole.quantize(16, dither=Image.Dither.NONE).save(file, optimize=True)
    apart = ImageChops.difference(whole, Image.open(file).convert("RGB"))
    assert max(ImageStat.Stat(apart).mean) < 3


def test_a_note_of_several_lines_is_painted() -> None:
    rows = [Row(Verbatim("3"), [3], 3)]
    one, other = (
        Bars("a.png", Verbatim("Title"), Verbatim(""), rows, Verbatim(f"One{gap}two")) for gap in " \n"
    )
    assert made(one, "en").content == made(other, "en").content


def test_letters_of_a_script_are_not_left_out() -> None:
    for locale, words in WORDS.items():
        assert all(painting.width_of(each, SMALLEST) > 0 for each in words), locale


def test_a_chart_is_stored_and_painted_once_for_all_who_read_a_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(charts, "_PAINTED", type(charts._PAINTED)())
    for chart in pictures("de"):
        again = type(chart).from_json(chart.to_json())
        assert made(again, "de") is made(chart, "de")
        assert made(chart, "de") is not made(chart, "en")
    monkeypatch.setattr(charts, "monotonic", lambda: 10.0**9)
    assert made(again, "de") is not made(chart, "en")
    assert len(charts._PAINTED) <= charts.KEPT


@pytest.mark.parametrize(
    ("words", "locale", "said"),
    [
        ("12 of 20", "de", "12 of 20"),
        ("12 من 20", "ar_EG", "١٢ من ٢٠"),
        ("12", "fa", "۱۲"),
        ("12", "ar", "12"),
    ],
)
def test_digits_are_those_of_the_language(words: str, locale: str, said: str) -> None:
    assert i18n.in_digits(words, locale) == said


@pytest.mark.parametrize(
    ("parts", "of", "bar"),
    [
        ([0], 20, "░░░░░░░░░░"),
        ([12], 20, "▓▓▓▓▓▓░░░░"),
        ([30], 20, "▓▓▓▓▓▓▓▓▓▓"),
        ([5, 3, 2], 10, "▓▓▓▓▓▒▒▒░░"),
        ([0, 0, 0], 0, "░░░░░░░░░░"),
    ],
)
def test_a_bar_in_words(parts: Sequence[int], of: int, bar: str) -> None:
    assert in_words(parts, of) == bar


@on_loop
async def test_the_words_go_alone_where_it_cannot_be_painted_or_nobody_wants_it(database: str) -> None:
    async with lab(database) as here:
        assert await _charted(here, "4") == ("Four of them", True)
        assert await _charted(here, "0") == ("Four of them", False), "nothing is divided by it"
        await here.says("ana", "/plain")
        assert await _charted(here, "4") == ("Four of them", False)


async def _charted(here: Lab, of: str) -> tuple[str, bool]:
    await here.says("ana", f"/chart {of}")
    shown = here.console.messages["ana"][-1]
    return shown.plain, shown.made is not None
