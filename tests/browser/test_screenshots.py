"""The pictures of the stage in the README show what the page shows today."""

import re
from pathlib import Path

from adapters.browser.server import EXAMPLE
from adapters.browser.words import of
from tests.browser.screenshots import PICTURES, scene, words_in
from tests.browser.visitor import visiting
from tests.support.aio import on_loop
from tests.support.stage import play

README = Path(__file__).parents[2] / "README.md"


@on_loop
async def test_the_pictures_show_what_the_page_shows(browser: str, tmp_path: Path) -> None:
    async with visiting(browser, tmp_path) as [visitor]:
        shown = await scene(visitor)
    pictured = [words_in(picture) for picture in PICTURES]
    assert pictured == [shown] * 2, "take them anew: make screenshots"


def test_the_pictures_show_what_the_bot_says_today(tmp_path: Path) -> None:
    """Also where there is no browser."""
    said = play(EXAMPLE.read_text("utf-8"), f"sqlite:///{tmp_path}/db")
    messages = re.findall(r"^    > (?:Ana|Bo): (.{30,}?)(?:\n|$)", said, re.M)
    shown = words_in(next(iter(PICTURES)))
    assert [each for each in messages[:5] if each not in shown] == [], "take them anew: make screenshots"
    assert of("en", ["en", "de"])["words"]["hint"] in shown


def test_the_example_goes_to_its_end(tmp_path: Path) -> None:
    said = play(EXAMPLE.read_text("utf-8"), f"sqlite:///{tmp_path}/db")
    assert (
        "> Ana: Bo can help." in said and "(photo: photo.bin" in said and "Mia: /pulse\n    > Mia: " in said
    )


def test_the_readme_shows_them() -> None:
    readme = README.read_text("utf-8")
    assert all(f"tests/picture/{picture.name}" in readme for picture in PICTURES)
