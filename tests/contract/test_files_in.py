"""Files for which a question waits, as whole bytes."""

from bot.message import Identity, Incoming, Media, Words
from bot.support.fetching import Fetching
from tests.contract.promise import promise
from tests.contract.talk import Talk
from tests.contract.test_coming_in import FILE


async def brought(here: Talk, most: int | None) -> Incoming:
    """Return what happened next, with its file where a question waits for one of at most this many bytes."""

    async def awaited(sender: Identity, media: Media) -> int | None:
        return most

    return await Fetching({here.driver.chat.messenger: here.adapter}, awaited).brought(await here.happened())


@promise("files")
async def test_a_document_that_a_question_waits_for_is_brought(here: Talk) -> None:
    for most, content in ((len(FILE), FILE), (100, FILE[:101]), (None, None)):
        here.driver.sends_file("document", FILE, "The list")
        incoming = await brought(here, most)
        assert isinstance(incoming.event, Words)
        assert (incoming.event.text, incoming.event.content) == ("The list", content)


@promise("files")
async def test_what_is_no_document_is_never_brought(here: Talk) -> None:
    here.driver.sends_file("photo", FILE, "The list")
    incoming = await brought(here, len(FILE))
    assert isinstance(incoming.event, Words)
    assert incoming.event.content is None
