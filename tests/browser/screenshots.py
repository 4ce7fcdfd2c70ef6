"""The pictures of the stage in the README, in light and dark: `make screenshots` takes them.

Each holds the words that it shows, and so a test can read what is in the picture.
"""

import asyncio
import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.browser import chromium
from tests.browser.visitor import Visitor, visiting

FOLDER = Path(__file__).parents[1] / "picture"
PICTURES = {FOLDER / "stage_light.png": False, FOLDER / "stage_dark.png": True}
"""The files, and whether they are dark."""
WIDE, HIGH, SHARP = 1280, 720, 1.5
STEPS = 9
"""Of the example, which are played before the picture is taken."""
COLOURS = 128


async def scene(visitor: Visitor) -> str:
    """Play the scene on the page, and return the words that it shows."""
    await visitor.page.click("document.querySelector('#hint button')")
    for _ in range(STEPS):
        following = "document.querySelector('#next').textContent"
        before = await visitor.page.until(following)
        await visitor.page.click("document.querySelector('#script button')")
        await visitor.page.until(f"{following} !== {before!r}")
    return " ".join(str(await visitor.of("document.body.innerText")).split())


def words_in(picture: Path) -> str:
    """Return the words that a picture shows, as it says itself."""
    with Image.open(picture) as opened:
        return str(opened.info["Description"])


def small(shot: bytes, words: str) -> bytes:
    """Return a picture in few colours, which holds the words that it shows."""
    about = PngInfo()
    about.add_itxt("Description", words)
    out = io.BytesIO()
    with Image.open(io.BytesIO(shot)) as opened:
        opened.convert("RGB").quantize(COLOURS).save(out, "PNG", optimize=True, pnginfo=about)
    return out.getvalue()


async def main(address: str) -> None:
    """Take the pictures anew."""
    with tempfile.TemporaryDirectory() as folder:
        async with visiting(address, Path(folder)) as [visitor]:
            await visitor.page.look(WIDE, HIGH, sharp=SHARP)
            words = await scene(visitor)
            for file, dark in PICTURES.items():
                await visitor.page.look(WIDE, HIGH, dark=dark, sharp=SHARP)
                await asyncio.sleep(0.5)  # it is drawn anew
                file.write_bytes(small(await visitor.page.picture(), words))


if __name__ == "__main__":
    program = chromium.found()
    if program is None:
        sys.exit(chromium.MISSING)
    with chromium.running(program) as there:
        asyncio.run(main(there))
