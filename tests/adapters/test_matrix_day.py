"""The whole program between Matrix and Telegram: a homeserver as others run it, a strict Bot API server, and
people with real apps at both ends."""

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from adapters.matrix.account import Account
from bot.__main__ import main
from bot.program import cast
from bot.program.app import App
from bot.program.compose import SETTINGS, real
from bot.program.demo import DEMO_START
from bot.program.state import placed
from bot.support.clock import WoundClock
from db.help import relays
from db.models import Identity, MemberRole
from db.network import networks
from tests.program.test_run import answers, code_in, hears, joins, program, settings, until
from tests.support.aio import on_loop
from tests.support.matrix_person import PASSWORD, Person, Shown, matrix_name, new_account, numbered
from tests.support.synapse import homeserver
from tests.telegram_server import TelegramServer, User


def both(folder: Path, server: TelegramServer, account: Account, *, speed: int = 100) -> Path:
    """A config file with both messengers, as an operator writes it."""
    path = settings(folder, server)
    path.write_text(
        f'{path.read_text()}[matrix]\nhomeserver = "{account.homeserver}"\nuser = "{account.user}"\n'
        f'password = "{PASSWORD}"\nstore = "{account.folder}"\nmessages_per_second = {speed}\n'
        "unsigned_devices = true\n"
    )
    return path


def is_closing(shown: Shown) -> bool:
    """Whether a message shows what was chosen in the place of its numbers."""
    return "\n\n➤ " in shown.text


async def sees(person: Person, words: str, room: str = "") -> Shown:
    """The next message that is not one whose buttons were taken off; it must hold the words."""
    while is_closing(shown := await person.hears(room)):
        pass
    assert words in shown.text, shown.text
    return shown


async def finds(person: Person, words: str, room: str) -> Shown:
    """The next message that holds the words, in a room where many write."""
    while words not in (shown := await person.hears(room)).text or is_closing(shown):
        pass
    return shown


async def chooses(person: Person, shown: Shown, label: str, how: str) -> None:
    """Choose what is offered in a message: by a "tap", by its "number", or by its "words"."""
    labels = numbered(shown.text)[1]
    number = labels.index(label) + 1
    if how == "tap":
        digit = f"{number}\ufe0f\u20e3"
        await person.until(lambda: digit in shown.digits)
        await person.taps(shown, digit)
    else:
        await person.writes(shown.room, str(number) if how == "number" else label.lower())


# --- the first day -----------------------------------------------------------------------------------


@on_loop
async def test_a_first_day_between_telegram_and_an_encrypted_chat_on_matrix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = new_account(homeserver(), tmp_path)
    async with TelegramServer() as server, Person.on(homeserver(), "Bo", strict=True) as bo:
        config = both(tmp_path, server, account)
        assert await asyncio.to_thread(main, ["--config", str(config), "found", "Neckar Mentors"]) == 0
        code = code_in(capsys.readouterr().out)
        ana = server.user(2, "Ana", "en")
        async with program(config) as running:
            await joins(ana, f"join_{code}")
            typed = await _invites(ana)
            room = await _joins_on_matrix(bo, matrix_name(account), typed)

            # One request for each way to say yes on Matrix.
            for how, need in (
                ("tap", "Who translates a birth certificate?"),
                ("number", "Where is the family office?"),
                ("words", "Who knows a notary?"),
            ):
                await _asks(ana, need)
                asked = await sees(bo, "Ana aus Neckar Mentors hat eine Frage: Papiere.")
                assert asked.encrypted
                assert need in asked.text
                await chooses(bo, asked, "Ich kann helfen", how)
                await sees(bo, "Du kannst jetzt mit Ana schreiben.")
                helped = await hears(ana, "Bo can help. Just write here")
                await bo.until(partial(_is_closed, asked))
                assert asked.text.endswith("➤ Ich kann helfen")
                if how == "tap":
                    await _talk(server, ana, bo, room)
                ana.presses(helped, "It is settled")
                await hears(ana, "Good to hear")
                await sees(bo, "Gute Nachricht von Ana: Es ist geklärt.")
            log = running.log
        assert not bo.unreadable
        assert all(shown.encrypted for shown in bo.messages)
        assert server.refusals == []
        assert " error " not in log
        for secret in (server.token, PASSWORD, code, typed, "birth", "court", "Ana", "Bo", bo.account):
            assert secret not in log


async def _invites(user: User) -> str:
    """Make an invitation; its code, as somebody types it."""
    user.says("/invite graduate 5 7")
    await hears(user, "Here is your invitation.")
    shown = await hears(user, "Code: ")
    return shown.text.partition("Code: ")[2].split()[0]


async def _joins_on_matrix(person: Person, bot: str, code: str) -> str:
    """Open a private chat with the bot, type the code, and answer what is asked, in German; the chat."""
    room = await person.opens_private_chat(bot)
    await sees(person, "Hello. I am mentorNET, a program.")
    await person.writes(room, code.lower())
    for question, answer, how in (
        ("Is that all right?", "Deutsch", "words"),
        ("Ist das in Ordnung?", "Mitmachen", "tap"),
        ("Wie sollen dich die anderen nennen?", person.name, "number"),
        ("Willkommen, Bo.", "Sagen, wobei ich helfen kann", "number"),
        ("Wobei kannst du helfen?", "Papiere", "tap"),
    ):
        await chooses(person, await sees(person, question), answer, how)
    await chooses(person, await sees(person, "✓ Papiere"), "Fertig: 1 ausgewählt", "words")
    await sees(person, "Gespeichert.")
    return room


def _is_closed(shown: Shown) -> bool:
    """Whether nothing is left to choose on a message."""
    return is_closing(shown) and not shown.digits


async def _asks(user: User, need: str) -> None:
    user.says("/ask papers")
    await hears(user, "What do you need help with?")
    user.says(need)
    await answers(user, "Send it like this?", "Send it with my name")
    await hears(user, "I am asking now")


async def _talk(server: TelegramServer, ana: User, bo: Person, room: str) -> None:
    """Words both ways, changed and taken back; a voice note there, a file back."""
    first = await bo.writes(room, "Das Gericht hat eine <Liste> & mehr.")
    shown = await hears(ana, "Bo: Das Gericht hat eine <Liste> & mehr.")
    await bo.changes_words(room, first, "Das Amtsgericht hat eine Liste.")
    changed = await ana.hears()
    assert changed.edited
    assert (changed.message_id, changed.text) == (shown.message_id, "Bo: Das Amtsgericht hat eine Liste.")
    await bo.takes_back(room, first)
    await until(lambda: (ana.id, shown.message_id) in server.deleted)

    said = ana.says("Is it <b>free</b>?")
    heard = await sees(bo, "Ana: Is it <b>free</b>?")
    assert heard.content["msgtype"] == "m.text", "the words of a person wake"
    ana.edits(said, "How much is it?")
    assert (await sees(bo, "Ana: How much is it?")) is heard

    voice = os.urandom(200_000)
    ana.sends("voice", data=voice, duration=3)
    note = await sees(bo, "Ana")
    assert note.content["msgtype"] == "m.audio"
    assert "org.matrix.msc3245.voice" in note.content
    assert "url" not in note.content, "encrypted as the chat is"
    assert await bo.fetches(note.content) == voice
    page = os.urandom(100_000)
    await bo.sends_file(room, page, "liste.pdf", "application/pdf")
    (file,) = (await hears(ana, "Bo")).files
    assert (file.kind, file.name, file.data) == ("document", "liste.pdf", page)


# --- a community room --------------------------------------------------------------------------------


@dataclass
class World:
    """The program with both messengers; its people are members of one network already, and its clock is
    wound by hand, so that days go by."""

    app: App
    clock: WoundClock
    server: TelegramServer
    bot: str

    async def enter(self, name: str, messenger: str, account: str, role: MemberRole = "member") -> None:
        """Make somebody a member."""
        character = cast.Character(name, messenger, account, "en", role, None, ("papers",), ("en",))
        now = self.clock.now()
        await self.app.engine.worker.call(
            lambda db: cast.enter(db, character, time_zone="Europe/Berlin", now=now - timedelta(days=1))
        )

    async def has_chat(self, person: Person, role: MemberRole = "member") -> str:
        """Make somebody on Matrix a member who has a private chat with the bot; the chat."""
        await self.enter(person.name, "matrix", person.account, role)
        room = await person.opens_private_chat(self.bot)
        await sees(person, f"Hello {person.name}. You are in the network Neckar Mentors.", room)
        return room

    async def talk(self, one: str, other: str) -> None:
        """Open a conversation between two accounts who are members."""
        await self.app.engine.worker.call(partial(_let_talk, one=one, other=other))

    async def on_telegram(self, id: int, name: str) -> User:
        """Make somebody on Telegram a member."""
        await self.enter(name, "telegram", str(id))
        return self.server.user(id, name, "en", met=True)

    def look(self, query: str) -> list[tuple[object, ...]]:
        """Rows of the database, as they are committed."""
        with closing(sqlite3.connect(f"file:{self.app.database.url.database}?mode=ro", uri=True)) as look:
            return look.execute(query).fetchall()


def _let_talk(db: Session, one: str, other: str) -> None:
    asker, helper = (
        db.scalars(select(Identity).where(Identity.account == each)).one().person for each in (one, other)
    )
    network = networks.by_name(db, cast.NETWORK)
    assert network is not None
    relays.open_relay(
        db, network, request_id=None, asker=asker, helper=helper, asker_named=True, now=DEMO_START
    )


@asynccontextmanager
async def world(folder: Path, url: str = "", account: Account | None = None) -> AsyncIterator[World]:
    """The program as its config makes it, with another clock; its homeserver may have another address, and
    its account be one that it had before."""
    account = account or new_account(homeserver(), folder)
    there = replace(account, homeserver=url or account.homeserver)
    async with TelegramServer() as server:
        clock = WoundClock(DEMO_START)
        app = real(placed(SETTINGS.load(both(folder, server, there), {}), folder), clock)
        async with app:
            running = asyncio.create_task(app.run())
            try:
                yield World(app, clock, server, matrix_name(account))
                assert not running.done(), "nothing ends it"
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
        assert server.refusals == []


@on_loop
async def test_a_community_room_from_its_binding_to_its_upgrade(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    people = (Person.on(homeserver(), name) for name in ("Mia", "Di", "Bo", "Eva"))
    async with world(tmp_path) as here, AsyncExitStack() as stack:
        mia, di, bo, eva = [await stack.enter_async_context(person) for person in people]
        roles: dict[Person, MemberRole] = {mia: "meta_mentor", di: "meta_mentor", bo: "member"}
        own = {person.name: await here.has_chat(person, role) for person, role in roles.items()}
        ana = await here.on_telegram(2, "Ana")

        # Tied to the network by who coordinates it and leads here.
        room = await mia.opens_room("Mentors", here.bot, di.account, bo.account, encrypted=True)
        await finds(mia, "is an admin here can connect this group with !bind.", room)
        await mia.until(lambda: all(mia.has_joined(room, each.account) for each in (di, bo)))
        levels = mia.call("GET", f"rooms/{room}/state/m.room.power_levels")
        levels.setdefault("users", {})[bo.account] = 100
        mia.call("PUT", f"rooms/{room}/state/m.room.power_levels", levels)
        for person, words, answer in (
            (bo, "!bind", "Only those who coordinate your network can do that."),
            (di, "!bind", "Only an admin of this group can do that."),
            (mia, "!bind", "This group now belongs to Neckar Mentors."),
            (bo, "!help", "Everything else happens in our private chat: https://matrix.to/#/"),
            (
                bo,
                "!ask papers",
                f"!ask works only in our private chat: https://matrix.to/#/{here.bot}",
            ),
        ):
            command = await person.writes(room, words)
            shown = await finds(person, answer, room)
            assert (shown.content["msgtype"], _thread(shown)) == ("m.notice", command), "nobody is woken"
        assert here.look("SELECT chat, thread FROM rooms WHERE network_id IS NOT NULL") == [(room, "")]

        # Newcomers are welcomed, once.
        for _ in range(2):
            mia.call("POST", f"rooms/{room}/invite", {"user_id": eva.account})
            await mia.until(lambda: mia.has_joined(room, eva.account))
            eva.call("POST", f"rooms/{room}/leave", {})
            await mia.until(lambda: eva.account not in mia.client.rooms[room].users)
        mia.call("POST", f"rooms/{room}/invite", {"user_id": eva.account})
        await mia.until(lambda: mia.has_joined(room, eva.account))

        # A request, taken by a tap.
        await _posts(ana, "Who translates a birth certificate?")
        post = await finds(bo, "Who translates a birth certificate?", room)
        assert (post.content["msgtype"], _thread(post)) == ("m.text", ""), "the root of its thread"
        await bo.until(lambda: bool(post.digits))
        await eva.until(lambda: post.id in {shown.id for shown in eva.messages})
        await eva.taps(next(shown for shown in eva.messages if shown.id == post.id), "1\ufe0f\u20e3")
        await finds(
            eva, "Eva, we do that in our private chat. Please open it first: https://matrix.to/#/", room
        )
        await chooses(bo, post, "I can help", "tap")
        await finds(bo, "You can now write to Ana.", own["Bo"])
        helped = await hears(ana, "Bo can help. Just write here")
        await bo.until(lambda: post.text.endswith("➤ Somebody is helping.") and not post.digits)
        ana.presses(helped, "It is settled")
        await hears(ana, "Good to hear")

        # Another one, answered in its thread.
        await _posts(ana, "Where is the family office?")
        post = await finds(di, "Where is the family office?", room)
        await di.writes(room, "In the town hall.", **_in_thread(post.id))
        heard = await hears(ana, "Di answered your question in the group Mentors:\n\nIn the town hall.")
        ana.presses(heard, "It is settled")
        await hears(ana, "Good to hear")
        await di.until(lambda: post.text.endswith("➤ This has been answered."))

        # The digest of a check-in.
        cy = await here.on_telegram(3, "Cy")
        await mia.writes(own["Mia"], "!schedule wednesday")
        for question, answer in (
            ("At what time?", "18:00"),
            ("How often?", "1"),
            ("I always ask first:", "1"),
        ):
            await finds(mia, question, own["Mia"])
            await mia.writes(own["Mia"], answer)
        await chooses(
            mia, await finds(mia, "This is how it will look", own["Mia"]), "Plan it like this", "words"
        )
        await finds(mia, "It is planned.", own["Mia"])
        here.clock.wind(DEMO_START.replace(day=4, hour=17))
        for person, how in ((mia, "words"), (di, "number"), (bo, "tap")):
            shown = await finds(person, "How is your mentoring going?", own[person.name])
            await chooses(person, shown, "Good", how)
        for user in (ana, cy):
            await answers(user, "How is your mentoring going?", "Good")
            await hears(user, "Thank you. You can change your answer")
        await until(lambda: here.look("SELECT count(*) FROM check_ins WHERE mood = 'good'") == [(5,)])
        here.clock.wind(DEMO_START.replace(day=4, hour=18))
        digest = await finds(bo, "Check-in of March 4, 2026", room)
        assert "5 of 5 members have answered." in digest.text
        assert "I show no answers this time" in digest.text
        assert not any(name in digest.text for name in ("Mia", "Di", "Bo", "Ana", "Cy"))

        # The room is upgraded: the next request is posted in the new one.
        new = mia.call("POST", f"rooms/{room}/upgrade", {"new_version": "11"})["replacement_room"]
        for account in (here.bot, di.account, bo.account):
            mia.call("POST", f"rooms/{new}/invite", {"user_id": account})
        await until(lambda: here.look("SELECT chat FROM rooms WHERE network_id IS NOT NULL") == [(new,)])
        await _posts(ana, "Who knows a notary?")
        post = await finds(bo, "Who knows a notary?", new)
        await chooses(bo, post, "I can help", "tap")
        await hears(ana, "Bo can help. Just write here")
        welcomes = [shown for shown in mia.messages if shown.text.startswith("Welcome")]
        assert [shown.text.partition(".")[0] for shown in welcomes] == ["Welcome, Eva"]
        assert "How to join the network: https://matrix.to/#/" in welcomes[0].text
        assert not any(person.unreadable for person in (mia, di, bo))
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def _thread(shown: Shown) -> str:
    """In the thread of which message it stands."""
    relation = shown.source["content"].get("m.relates_to", {})
    return str(relation["event_id"]) if relation.get("rel_type") == "m.thread" else ""


def _in_thread(root: str) -> dict[str, object]:
    """What an app adds to words that are written in a thread."""
    relation = {"rel_type": "m.thread", "event_id": root, "is_falling_back": True}
    return {"m.relates_to": {**relation, "m.in_reply_to": {"event_id": root}}}


async def _posts(user: User, need: str) -> None:
    """Ask, also in the room."""
    user.says("/ask papers")
    await hears(user, "What do you need help with?")
    user.says(need)
    await answers(user, "Send it like this?", "In the group too")
    await answers(user, "Send it like this?", "Send it with my name")
    await hears(user, "I am asking now")


# --- coming and going --------------------------------------------------------------------------------


@on_loop
async def test_who_leaves_the_private_chat_comes_back_by_another_one_and_stays_one_person(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as here, Person.on(homeserver(), "Bo", strict=True) as bo:
        first = await here.has_chat(bo)
        ana = await here.on_telegram(2, "Ana")
        await bo.writes(first, "!ask papers")
        for question, answer in (
            ("What do you need help with?", "Who translates a birth certificate?"),
            ("Send it like this?", "1"),
        ):
            await sees(bo, question)
            await bo.writes(first, answer)
        await answers(ana, "Who translates", "I can help")
        await hears(ana, "You can now write to Bo.")
        await finds(bo, "Ana can help. Just write here", first)

        bo.call("POST", f"rooms/{first}/leave", {})
        await until(
            lambda: here.look("SELECT reachable FROM identities WHERE messenger = 'matrix'") == [(0,)]
        )
        ana.says("The court has a list.")
        await hears(ana, "I cannot reach Bo at the moment. Your message did not arrive.")

        second = await bo.opens_private_chat(here.bot)
        back = await sees(bo, "Good to have you back.", second)
        assert "Your conversation with Ana is still open." in back.text
        ana.says("Once more: the court has a list.")
        assert (await sees(bo, "Ana: Once more: the court has a list.", second)).encrypted

        # With one more chat they are still the same person, and are answered where they last wrote.
        third = await bo.opens_private_chat(here.bot)
        await sees(bo, "Hello Bo. You are in the network Neckar Mentors.", third)
        await bo.writes(third, "Is it free?")
        await hears(ana, "Bo: Is it free?")
        ana.says("No, about 40 euros.")
        await sees(bo, "Ana: No, about 40 euros.", third)
        bo.call("POST", f"rooms/{third}/leave", {})
        ana.says("I asked them.")
        await sees(bo, "Ana: I asked them.", second)

        # A private chat may be upgraded too.
        fourth = bo.call("POST", f"rooms/{second}/upgrade", {"new_version": "11"})["replacement_room"]
        bo.call("POST", f"rooms/{fourth}/invite", {"user_id": here.bot})
        identity = "SELECT chat FROM identities WHERE messenger = 'matrix'"
        await until(lambda: here.look(identity) == [(fourth,)])
        ana.says("They know more.")
        await sees(bo, "Ana: They know more.", fourth)
        assert here.look("SELECT count(*) FROM people") == [(2,)]
        assert here.look("SELECT account, chat, reachable FROM identities WHERE messenger = 'matrix'") == [
            (bo.account, fourth, 1)
        ]
