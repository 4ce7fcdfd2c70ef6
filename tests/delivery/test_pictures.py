"""Pictures and cards: another library reads every QR code, and the words around it are drawn and fit."""

import io
from collections.abc import Sequence
from time import process_time

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageColor

from bot.installation import Installation
from bot.making import painting
from bot.making.cards import ACROSS, DOWN, HEIGHT, WIDTH, Cards
from bot.making.painting import BOLD, FONTS, GROUND, INK, Page, wrapped
from bot.making.pictures import HIGHEST, USUAL, Qr
from bot.making.recipes import LARGEST, Drawing, Recipe
from bot.message import Made
from bot.text import Also, Reader, Verbatim, _, lines

LINK = "https://t.me/neckar_bot?start=join_B6N4JC3H"
LONG = "Netzwerk der Mentorinnen und Mentoren zwischen Neckar und Odenwald"


def made(recipe: Recipe) -> Made:
    """Make a file: it needs nothing that is remembered."""
    assert isinstance(recipe, Drawing)
    return recipe.make(None, Installation(), Reader())


def drawn(**words: object) -> Image.Image:
    png = made(Qr(LINK, Verbatim("A code"), **words)).content  # type: ignore[arg-type]  # any words
    return Image.open(io.BytesIO(png)).convert("RGB")


def read(picture: Image.Image) -> list[str]:
    """Return what another library reads in the QR codes of a picture."""
    return [each.text for each in zxingcpp.read_barcodes(picture)]


def pages(sheet: Made, dots: int) -> list[Image.Image]:
    """Show the pages of a sheet as with this many points an inch."""
    document = pypdfium2.PdfDocument(sheet.content)
    shown = [page.render(scale=dots / 72).to_pil().convert("RGB") for page in document]
    document.close()
    return shown


def sheet(names: Sequence[str], *, also: str = "en") -> Cards:
    cards = [(name, f"B6N4-JC{n:02}", f"{LINK}{n}") for n, name in enumerate(names)]
    scan = _("Scan the picture with your camera.")
    below = lines(scan, Also(scan, ("en", also)))
    return Cards("codes.pdf", Verbatim("The codes"), Verbatim(LONG), below, cards)


# --- to look at ----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1080, 360])
def test_the_code_is_read_as_large_as_it_is_and_on_a_small_phone(width: int) -> None:
    for words in ({}, {"above": Verbatim(LONG), "code": "B6N4-JC3H", "below": [Verbatim(LONG)] * 4}):
        picture = drawn(**words)
        assert picture.width == 1080
        small = picture.resize((width, picture.height * width // picture.width))
        assert read(small) == [LINK]


@pytest.mark.parametrize(
    "words",
    [
        {"above": Verbatim("Einladung zu Größe e. V.")},
        {"code": "B6N4-JC3H"},
        {"below": [Verbatim("Σκανάρετε την εικόνα")]},
        {"below": [Verbatim("Відскануйте зображення: ґ, є, і, ї")]},
        {"below": [Verbatim("امسح الصورة بالكاميرا، ثم Start")]},
    ],
)
def test_words_are_drawn_and_stored(words: dict[str, object]) -> None:
    few = drawn(below=[Verbatim("中")])
    assert drawn(**words).height > few.height - (words.keys() == {"code"}) * few.height
    picture = Qr(LINK, Verbatim("A code"), **words)  # type: ignore[arg-type]  # any words
    assert made(Qr.from_json(picture.to_json())) == made(picture)


def test_a_letter_that_cannot_be_drawn_is_no_empty_box() -> None:
    page = Page(1080, 200)
    assert page.words("中文", (0, 0), 1080, USUAL) == 0
    assert page.image.getcolors() == [(1080 * 200, ImageColor.getrgb(GROUND))]
    assert page.words("Ana", (0, 0), 1080, USUAL) > 0


@pytest.mark.parametrize("languages", [("en",), ("en", "de"), ("de", "en")])
def test_what_to_do_stands_on_a_picture_in_another_language_too(languages: tuple[str, ...]) -> None:
    scan = _("Scan the picture with your camera.")
    once, twice = drawn(below=[scan]), drawn(below=[scan, Also(scan, languages)])
    assert (twice.height > once.height) == (len(languages) > 1)


@pytest.mark.parametrize("many", [5, 100])
def test_a_paragraph_for_which_there_is_no_room_is_left_out_whole(many: int) -> None:
    """And nothing is drawn over the lower edge."""
    fits, more = Verbatim(LONG), lines([Verbatim(LONG)] * many)
    picture = drawn(code="B6N4-JC3H", below=[fits, more])
    assert (picture.height == drawn(code="B6N4-JC3H", below=[fits]).height) == (many == 100)
    assert picture.height <= HIGHEST
    edge = picture.crop((0, picture.height - 20, picture.width, picture.height))
    assert len(edge.getcolors() or []) == 1, "the ground alone"


def test_a_picture_is_small_and_can_be_read_in_light_and_in_dark() -> None:
    picture = made(Qr(LINK, Verbatim("A code"), above=Verbatim(LONG), code="B6N4-JC3H"))
    assert picture.is_picture
    assert len(picture.content) <= 150_000
    assert contrast(INK, GROUND) >= 4.5


def contrast(one: str, other: str) -> float:
    """Return how far two colours are apart (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    light, dark = sorted(map(_luminance, (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Return how light a colour is (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    parts = [part / 255 for part in ImageColor.getrgb(colour)]
    red, green, blue = (((part + 0.055) / 1.055) ** 2.4 for part in parts)  # none is nearly black
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


@pytest.mark.parametrize("words", [LONG, "Donaudampfschifffahrtsgesellschaftskapitän" * 2, "Ana"])
def test_words_break_into_lines_that_fit(words: str) -> None:
    font = painting._font(FONTS[0], 60, BOLD)
    found = wrapped(words, 640, font)
    assert all(font.getlength(line) <= 640 for line in found)
    assert "".join(found).replace(" ", "") == words.replace(" ", "")


# --- to print ------------------------------------------------------------------------------------


def test_every_card_of_a_sheet_is_read_as_printers_print_it() -> None:
    names = [f"Somebody {n}" for n in range(ACROSS * DOWN + 3)]
    file = made(sheet(names, also="de"))
    assert (file.name, file.type, file.description) == ("codes.pdf", "application/pdf", "The codes")
    assert file.content.startswith(b"%PDF-")
    for dots in (300, 150):
        first, second = pages(file, dots)
        assert sorted(read(first)) == sorted(f"{LINK}{n}" for n in range(10))
        assert sorted(read(second)) == sorted(f"{LINK}{n}" for n in range(10, 13))
        assert abs(first.width - 210 / 25.4 * dots) < 2, "A4"
        assert abs(first.height - 297 / 25.4 * dots) < 2


@pytest.mark.parametrize(
    "name",
    [
        "Bo",
        "سمير الحسن",
        "Їжак Олена",
        "Anna-Katharina von Hohenstein-Lichtenberg zu Neckargemünd",
        LONG * 3,
        "中",
    ],
)
def test_what_stands_on_a_card_stays_on_it(name: str) -> None:
    (page,) = pages(made(sheet([name], also="de")), 300)
    card = page.crop((0, 0, WIDTH - 4, HEIGHT - 4)).convert("L").point(lambda light: 255 * (light < 128))
    left, top, right, bottom = card.getbbox() or (0, 0, 0, 0)
    assert min(left, top) >= 20
    assert right <= WIDTH - 20
    assert bottom <= HEIGHT - 20, "not over the line along which it is cut"
    assert read(page) == [f"{LINK}0"]


def test_a_sheet_is_stored_and_the_same_each_time() -> None:
    cards = sheet(["Ana", "Bo"], also="de")
    assert made(Cards.from_json(cards.to_json())) == made(cards)
    assert made(sheet(["Ana", "Bo"])).content != made(cards).content, "in two languages"


def test_the_largest_sheet_is_no_burden() -> None:
    began = process_time()
    file = made(sheet([f"Somebody {n}" for n in range(200)], also="de"))
    assert len(file.content) < LARGEST / 4
    assert process_time() - began < 20
