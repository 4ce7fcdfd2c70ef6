"""Groups and their topics on Telegram, from the update to the screen: binding, posting, taking, and all that
Telegram does to groups."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.support import backoff
from tests.support.aio import on_loop
from tests.support.whole import Whole, asks, becomes, bound, hears, new, present, sees, whole
from tests.telegram_server import BOT, Fault, Member, Room, Shown, TelegramServer, User

LINK = f"https://t.me/{BOT['username']}"
BOT_ID = int(BOT["id"])
HELP = "In this group of Neckar Mentors I welcome new people"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests do not wait as long as a bot does."""
    monkeypatch.setattr(backoff, "FIRST_WAIT", 0.005)


@dataclass
class Here:
    """A network of two mentors and a meta-mentor, who have a group."""

    program: Whole
    mia: User
    ana: User
    bo: User
    room: Room

    @property
    def server(self) -> TelegramServer:
        return self.program.server

    def stranger(self, id: int = 9, name: str = "Eva") -> User:
        """Somebody who never wrote to the bot, in the group."""
        eva = self.server.user(id, name)
        self.room.members[id] = Member(eva.json, "member")
        return eva

    async def posted(self, need: str = "Who translates a birth certificate?") -> Shown:
        """A request of Ana's, as it stands in the group."""
        await asks(self.ana, need)
        return await hears(self.room, need)


@asynccontextmanager
async def here(
    folder: Path, way_in: str = "polling", *, id: int = -100500, bot: str = "member", forum: bool = False
) -> AsyncIterator[Here]:
    """The group is Mia's. Where the bot is in it, it is bound, unless it is a forum."""
    async with whole(folder, way_in) as program:
        mia = await program.member(1, "Mia", "meta_mentor")
        ana, bo = await program.member(2, "Ana"), await program.member(3, "Bo")
        room = program.server.group(id, "Mentors", members=[mia, ana, bo], bot=bot, forum=forum)
        if bot != "left" and not forum:
            await bound(room, mia)
        yield Here(program, mia, ana, bo, room)


# --- a story ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("way_in", ["polling", "webhook"])
@on_loop
async def test_a_group_from_the_link_to_the_supergroup(way_in: str, tmp_path: Path) -> None:
    async with here(tmp_path, way_in, id=-500, bot="left") as place:
        mia, ana, bo, room, program = place.mia, place.ana, place.bo, place.room, place.program

        mia.says("/bind")
        assert f"{LINK}?startgroup=bind" in (await hears(mia, "No group belongs to Neckar Mentors")).text
        room.adds_bot(by=mia, payload="bind")
        await hears(room, "Hello. I am mentorNET. I help mentors help each other.")
        await hears(room, "This group now belongs to Neckar Mentors.")

        ana.says("/ask papers", room=room)
        shown = await hears(room, f"/ask works only in our private chat: {LINK}?start=ask")
        assert not shown.previews
        ana.starts("ask")
        ana.presses(await hears(ana, "What do you need help with?"), "Papers")
        await hears(ana, "What do you need help with?")
        ana.says("/cancel")
        await hears(ana, "Cancelled")

        posted = await place.posted()
        assert posted.text.startswith("Ana from Neckar Mentors has a question: Papers.")
        assert posted.keyboard == (("I can help",),)
        await program.calm()  # one of the two is asked in their own chat too
        bo.says("The court has a list.", room=room, reply_to=posted)
        await hears(ana, "Bo answered your question in the group Mentors:\n\nThe court has a list.")
        bo.presses(posted, "I can help")
        assert not (await becomes(room, posted, "➤ Somebody is helping.")).keyboard
        await hears(ana, "Bo can help. Just write here, I pass it on.")
        bo.says("Here is the list.")
        await hears(ana, "Bo: Here is the list.")
        ana.says("/close")
        ana.presses(await hears(ana, "Is your question settled?"), "Yes, it is settled")
        await hears(ana, "Good to hear.")

        await check_in(place)
        digest = await hears(
            room, "Check-in of March 4, 2026 in Neckar Mentors\n\n5 of 5 members have answered."
        )
        assert "I show no answers this time" in digest.text
        assert not digest.keyboard

        larger = room.migrates(-100500, by=mia)
        await program.calm()
        ana.says("/help", room=larger)
        await hears(larger, HELP)
        await asks(ana, "Who knows a doctor?")
        await hears(larger, "Who knows a doctor?")
        assert place.server.unanswered == []
        assert place.server.provoked == []
        assert bool(place.server.webhook) == (way_in == "webhook")


async def check_in(place: Here) -> None:
    """Mia plans check-ins, the first comes, and all answer: the digest is due an hour later. Of fewer than
    five nothing is told."""
    mia, program = place.mia, place.program
    others = await program.member(11, "Dora"), await program.member(12, "Emre")
    everybody = (mia, place.ana, place.bo, *others)
    mia.says("/schedule wednesday")
    await sees(mia, "At what time?")
    mia.says("18:00")
    for question, answer in (
        ("How often?", "Every week"),
        ("up to 5", "No question of our own"),
        ("This is how it will look", "Plan it like this"),
    ):
        mia.presses(await hears(mia, question), answer)
    await hears(mia, "It is planned.")
    for user in everybody:
        while user.unheard:
            await user.hears()
    await program.passes(days=2, hours=6)
    for user in everybody:
        shown = await hears(user, "How is your mentoring going?")
        user.presses(shown, "Good")
        await becomes(user, shown, "Thank you.")
    await program.passes(hours=1)


# --- binding ---------------------------------------------------------------------------------------


@on_loop
async def test_only_an_admin_who_is_a_meta_mentor_ties_a_group(tmp_path: Path) -> None:
    async with here(tmp_path, bot="left") as place:
        mia, bo, eva, room = place.mia, place.bo, place.stranger(), place.room
        room.adds_bot(by=mia)
        await hears(room, "Hello.")
        room.sets(bo, "creator")
        room.sets(eva, "administrator")
        room.sets(mia, "member")
        mia.says("/bind", room=room)
        await hears(room, "Only an admin of this group can do that.")
        bo.says("/bind", room=room)
        await hears(room, "Only those who coordinate your network can do that.")
        eva.says("/bind", room=room)
        await hears(room, f"Eva, we do that in our private chat. Please open it first: {LINK}")
        room.sets(mia, "administrator")
        mia.says("/bind", room=room, anonymous=True)
        await hears(room, "I cannot see who you are. Please write that under your own name")
        place.server.fails("getChatMember", Fault(502))
        mia.says("/bind", room=room)
        await hears(room, "I cannot find out now whether you are an admin here.")
        mia.says(f"/bind@{BOT['username']}", room=room)
        await hears(room, "This group now belongs to Neckar Mentors.")
        mia.says("/bind", room=room)
        await hears(room, "This group belongs to Neckar Mentors already.")
        mia.says("/unbind", room=room)
        await hears(room, "This group does not belong to Neckar Mentors any more.")


# --- what is for the bot ---------------------------------------------------------------------------


@pytest.mark.parametrize("hears_all", [False, True], ids=["with privacy mode", "as administrator"])
@on_loop
async def test_what_is_for_others_is_not_heard(hears_all: bool, tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        mia, ana, bo, eva, room = place.mia, place.ana, place.bo, place.stranger(), place.room
        if hears_all:
            room.promotes_bot(mia, can_invite_users=True)
        ana.says("Good morning everybody", room=room)
        ana.says("/help@another_bot", room=room)
        ana.says("ask papers", room=room)
        eva.says("7KQ2-M9XD", room=room)
        mia.says("As the group", room=room, anonymous=True)
        room.channel_says("News for all", automatic=True)
        room.channel_says("Buy this!")
        question = ana.says("Who is there?", room=room)
        bo.says("I am", room=room, reply_to=question)
        for kind in ("voice", "sticker", "location", "poll", "pinned_message"):
            ana.sends(kind, room=room)
        changed = ana.says("Good moning", room=room)
        ana.edits(changed, "Good morning", room=room)
        room.renames("Mentors of the Neckar", by=mia)
        room.leaves(eva)
        ana.says(f"/help@{BOT['username'].title()}", room=room)
        await hears(room, HELP)
        ana.says("/hlep", room=room)
        ana.says(f"/hlep@{BOT['username']}", room=room)
        await hears(room, "I do not know the command /hlep. /help shows what I can do here.")
        await place.program.calm()
        assert room.unheard == 0, "who is not named answers only what it knows"
        assert (ana.seen, bo.seen, eva.seen) == ([], [], [])


@on_loop
async def test_newcomers_are_welcomed_once(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        eva, leo = place.server.user(8, "Eva <b>"), place.server.user(9, "Leo")
        place.room.joins(eva)
        shown = await hears(place.room, "Welcome, Eva <b>. This is the group of Neckar Mentors")
        assert "How to join the network: " + LINK in shown.text
        place.room.leaves(eva)
        place.room.joins(eva, leo, by=place.mia)
        await hears(place.room, "Welcome, Leo.")
        await place.program.calm()
        assert place.room.unheard == 0


@on_loop
async def test_who_never_met_the_bot_is_shown_the_way_once_a_day(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        eva, room, program = place.stranger(), place.room, place.program
        posted = await place.posted()
        for _ in range(2):
            eva.presses(posted, "I can help")
        eva.says("Me!", room=room, reply_to=posted)
        shown = await hears(room, "Eva, we do that in our private chat. Please open it first: ")
        assert f"{LINK}?start=card_n1" in shown.text
        await program.calm()
        assert room.unheard == 0
        assert present(room, posted).keyboard, "nobody has taken it"
        await program.passes(days=1)
        eva.presses(posted, "I can help")
        await hears(room, "Eva, we do that in our private chat.")
        await program.calm()
        assert (room.unheard, eva.seen) == (0, [])
        assert place.server.unanswered == []


# --- what Telegram does to groups ------------------------------------------------------------------


@on_loop
async def test_a_send_that_hears_of_the_migration_goes_to_the_new_group(tmp_path: Path) -> None:
    async with here(tmp_path, id=-500) as place:
        posted = await place.posted()
        await place.program.calm()
        members = [place.mia, place.ana, place.bo]
        larger = place.server.group(-100777, "Mentors", members=members, bot="member")
        place.server.migrated[place.room.id] = larger.id
        # In the new group messages are counted anew: this one has the number of the one that was posted.
        place.server._last_message[larger.id] = posted.message_id - 1
        await asks(place.bo, "Who knows a doctor?")
        first = await hears(larger, "Bo from Neckar Mentors has a question: Papers.\n\nWho knows a doctor?")
        assert first.message_id == posted.message_id
        place.mia.presses(first, "I can help")
        await becomes(larger, first, "➤ Somebody is helping.")
        place.ana.says("/requests")
        place.ana.presses(await sees(place.ana, "has not answered yet"), "Withdraw my question")
        await hears(place.ana, "I have withdrawn your question.")
        await place.program.calm()
        assert "Somebody is helping." in present(larger, first).text, "it is not taken for the older one"
        place.ana.says("/help", room=larger)
        await hears(larger, HELP)
        assert {refusal.description for refusal in place.server.provoked} == {
            "Bad Request: group chat was upgraded to a supergroup chat"
        }


@on_loop
async def test_the_bot_is_muted_and_may_write_again(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        room, mia, ana = place.room, place.mia, place.ana
        room.mutes_bot(by=mia)
        await hears(mia, "I may no longer write in the group Mentors. Its admins can change that.")
        room.mutes_bot(by=mia, can_send_photos=True)
        ana.says("/ask papers")
        await hears(ana, "What do you need help with?")
        ana.says("Who translates this?")
        shown = await hears(ana, "Send it like this?")
        assert "In the group too" not in shown.labels
        await place.program.calm()
        assert place.server.provoked == [], "nothing was tried there"
        room.unmutes_bot(by=mia)
        await place.program.calm()
        ana.says("/cancel")
        await hears(ana, "Cancelled")
        await place.posted("Who knows a doctor?")
        room.promotes_bot(by=mia)
        room.demotes_bot(by=mia)
        await place.program.calm()
        assert sum("I may no longer write" in text for text in new(mia)) == 1


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("restricted", "I may no longer write in the group Mentors."),
        ("kicked", "I was taken out of the group Mentors, so it does not belong to Neckar Mentors any more."),
        ("left", "I was taken out of the group Mentors, so it does not belong to Neckar Mentors any more."),
    ],
)
@on_loop
async def test_a_refused_send_says_what_no_update_said(status: str, says: str, tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        member = place.room.members[BOT_ID]
        place.room.members[BOT_ID] = Member(BOT, status)
        await asks(place.ana, "Who translates this?")
        await sees(place.mia, says)
        place.room.members[BOT_ID] = member
        if status == "restricted":
            place.room.mutes_bot(by=place.mia)
        else:
            place.room.removes_bot(by=place.mia, status=status)
        await place.program.calm()
        assert sum("the group Mentors" in text for text in new(place.mia)) == 1
        assert len(place.server.provoked) == 1
        assert len(place.room.seen) == 1, "nothing but that the group was tied to the network"


@pytest.mark.parametrize("id", [-500, -100500], ids=["group", "supergroup"])
@on_loop
async def test_the_bot_is_thrown_out(id: int, tmp_path: Path) -> None:
    async with here(tmp_path, id=id) as place:
        place.room.removes_bot(by=place.mia)
        says = "I was taken out of the group Mentors, so it does not belong to Neckar Mentors any more."
        await hears(place.mia, says)
        place.mia.says("/bind")
        await hears(place.mia, "No group belongs to Neckar Mentors so far.")
        place.room.adds_bot(by=place.mia)
        await hears(place.room, "Hello. I am mentorNET. I help mentors help each other.")
        await place.program.calm()
        assert new(place.mia).count(says) == 1


@on_loop
async def test_who_asks_to_come_in(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        room, mia, server = place.room, place.mia, place.server
        room.promotes_bot(mia, can_invite_users=True)
        cy, dee = await place.program.member(4, "Cy"), await place.program.member(5, "Dee")
        eva = server.user(9, "Eva")
        room.asks_in(cy)
        await hears(room, "Welcome, Cy.")
        assert room.members[4].inside
        room.asks_in(eva)
        await hears(eva, "The group Mentors is for members of Neckar Mentors. Do you have an invitation code")
        assert not room.members.get(9, Member({}, "left")).inside
        # An administrator is faster, while the bot tries again.
        server.fails("approveChatJoinRequest", Fault(502, seconds=0.1))
        room.asks_in(dee)
        while server.calls.count("approveChatJoinRequest") < 2:
            await asyncio.sleep(0.01)
        room.answers_request(dee, by=mia, let_in=True)
        await hears(room, "Welcome, Dee.")
        await place.program.calm()
        assert [refusal.description for refusal in server.provoked] == [
            "Bad Request: USER_ALREADY_PARTICIPANT"
        ]


# --- topics ----------------------------------------------------------------------------------------


@on_loop
async def test_a_topic_is_tied_alone_and_answers_stay_in_their_topic(tmp_path: Path) -> None:
    async with here(tmp_path, forum=True) as place:
        room, mia, ana, bo, server = place.room, place.mia, place.ana, place.bo, place.server
        room.topic(10, "Help", by=mia)
        room.topic(20, "Chat", by=mia)
        await bound(room, mia, topic=10)
        assert room.seen[-1].topic == 10
        for topic, words in ((20, "This group is not part of a network yet."), (10, HELP)):
            ana.says("/help", room=room, topic=topic)
            assert (await hears(room, words)).topic == topic
        ana.says("/help", room=room)
        assert (await hears(room, "This group is not part of a network yet.")).topic is None
        ana.says("/ask", room=room, topic=20)
        shown = await hears(room, f"{LINK}?start=ask")
        assert (shown.topic, shown.reply_to is not None) == (20, True)
        posted = await place.posted()
        assert posted.topic == 10
        bo.says("I know one.", room=room, topic=10, reply_to=posted)
        await hears(ana, "Bo answered your question in the group Mentors:\n\nI know one.")
        eva = place.stranger()
        eva.presses(posted, "I can help")
        assert (await hears(room, "Eva, we do that in our private chat.")).topic == 10
        bo.presses(posted, "I can help")
        await becomes(room, posted, "➤ Somebody is helping.")

        zoe = await place.program.member(4, "Zoe", "meta_mentor", network="Rhine Mentors")
        leo = await place.program.member(5, "Leo", network="Rhine Mentors")
        room.members[4] = Member(zoe.json, "administrator")
        await bound(room, zoe, topic=20)
        await asks(leo, "Who knows a doctor?")
        posted = await hears(room, "Leo from Rhine Mentors has a question")
        assert posted.topic == 20
        assert server.provoked == []


@pytest.mark.parametrize("how", ["closed", "deleted"])
@on_loop
async def test_a_topic_where_nobody_may_write_is_reported_once(how: str, tmp_path: Path) -> None:
    async with here(tmp_path, forum=True) as place:
        room, mia, server = place.room, place.mia, place.server
        for topic, name in ((10, "Help"), (20, "Chat")):
            room.topic(topic, name, by=mia)
            await bound(room, mia, topic=topic)
        if how == "closed":
            room.closes_topic(10, by=mia)
        else:
            room.deletes_topic(10)
        # Both posts wait for the same chat, and the first is refused.
        posted = await place.posted()
        assert posted.topic == 20
        told = "I may no longer write in the group" if how == "closed" else "The topic in the group"
        await sees(mia, told)
        place.ana.says("/requests")
        place.ana.presses(await sees(place.ana, "Who translates"), "Withdraw my question")
        await becomes(room, posted, "➤ This was taken back.")
        await asks(place.bo, "Who knows a doctor?")
        assert (await hears(room, "Who knows a doctor?")).topic == 20
        await place.program.calm()
        assert len(server.provoked) == 1, "it is tried once"
        if how == "closed":
            room.reopens_topic(10, by=mia)
            await place.program.calm()
            await asks(mia, "Who has a room to let?")
            assert [(await hears(room, "Who has a room")).topic for _ in range(2)] == [10, 20]
        assert sum(told in text for text in new(mia)) == 1


@on_loop
async def test_a_closed_topic_is_not_the_whole_group(tmp_path: Path) -> None:
    async with here(tmp_path, forum=True) as place:
        await bound(place.room, place.mia)
        place.room.topic(20, "Rules", by=place.mia)
        place.room.closes_topic(20, by=place.mia)
        place.mia.says("/help", room=place.room, topic=20)  # as its creator she may
        await place.program.calm()
        assert [refusal.description for refusal in place.server.provoked] == ["Bad Request: TOPIC_CLOSED"]
        assert place.mia.seen == []
        assert (await place.posted()).topic is None


@on_loop
async def test_who_is_muted_in_a_forum_is_muted_in_its_topics(tmp_path: Path) -> None:
    async with here(tmp_path, forum=True) as place:
        room, mia = place.room, place.mia
        room.topic(10, "Help", by=mia)
        await bound(room, mia, topic=10)
        room.mutes_bot(by=mia)
        await hears(mia, "I may no longer write in the group Mentors.")
        room.unmutes_bot(by=mia)
        await place.program.calm()
        assert (await place.posted()).topic == 10
        room.removes_bot(by=mia)
        await sees(mia, "I was taken out of the group Mentors")
        await place.program.calm()
        assert place.server.provoked == []


@on_loop
async def test_who_is_thrown_out_of_a_forum_is_out_of_all_its_topics(tmp_path: Path) -> None:
    async with here(tmp_path, forum=True) as place:
        room, mia = place.room, place.mia
        for topic, name in ((10, "Help"), (20, "Chat")):
            room.topic(topic, name, by=mia)
            await bound(room, mia, topic=topic)
        room.members[BOT_ID] = Member(BOT, "kicked")
        await asks(place.ana, "Who translates this?")
        await sees(mia, "I was taken out of the group Mentors")
        await place.program.calm()
        mia.says("/bind")
        await sees(mia, "No group belongs to Neckar Mentors so far.")
        assert sum("I was taken out" in text for text in new(mia)) == 1
        assert len(place.server.provoked) == 1
