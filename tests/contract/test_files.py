"""Files that we carry from elsewhere."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import product

import pytest

from bot.adapter import Later, Refused
from bot.message import Carried, Media
from tests.contract.promise import promise
from tests.contract.talk import Talk
from tests.contract.test_coming_in import FILE, KINDS


def carried(kind: str, data: bytes, *failures: Exception) -> Carried:
    """Return a file at another messenger, which breaks in the middle by each of `failures` before it
    comes."""
    left = list(failures)

    async def read() -> AsyncIterator[bytes]:
        yield data[:1000]
        if left:
            raise left.pop(0)
        yield data[1000:]

    return Carried(Media("elsewhere", kind, "1", f"it.{kind}", size=len(data)), read)


@promise("files")
async def test_a_file_from_elsewhere_is_carried(here: Talk) -> None:
    for kind in KINDS:
        await here.send("Bo: <b>a</b> &lt; b", ["Thanks"], carried=[carried(kind, FILE)])
        seen = await here.sees()
        assert (seen.text, seen.buttons, seen.files) == ("Bo: a < b", ["Thanks"], (FILE,)), kind


@promise("files")
async def test_a_file_of_somebody_without_a_name_is_sent_anew_where_it_lies(here: Talk) -> None:
    for kind in KINDS:
        rest = carried(kind, FILE[:-9])
        media = replace(rest.media, messenger=here.driver.chat.messenger, size=len(FILE), unnamed=True)
        await here.send("The one who asks", carried=[Carried(media, rest.read)])
        seen = await here.sees()
        assert (seen.text, seen.files) == ("The one who asks", (FILE[:-9],)), kind


@promise("files")
async def test_all_of_several_files_arrive(here: Talk) -> None:
    album = tuple(FILE + bytes([number]) for number in range(3))
    sent = await here.send("Three pages", carried=[carried("photo", data) for data in album])
    seen = await here.sees_files(3)
    assert (seen.text, seen.files) == ("Three pages", album)
    await here.send("Solved", reply_to=sent.id)
    assert (await here.sees()).text == "Solved"


@promise("files")
async def test_bytes_that_do_not_come_are_what_went_wrong(here: Talk) -> None:
    failures: tuple[Later | Refused, ...] = (Later(3.0), Refused("it is gone"))
    for failure, before in product(failures, (0, 1)):
        files = [carried("document", FILE) for _ in range(before)] + [carried("document", FILE, failure)]
        message = here.message("The list", carried=files)
        with pytest.raises(type(failure)) as raised:
            await here.adapter.send(message)
        assert raised.value is failure
        await here.adapter.send(message)
        assert (await here.sees_files(len(files))).files == (FILE,) * len(files)
