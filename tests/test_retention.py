"""What is kept no longer than the operator says: letters, words of closed requests, marks, the journal."""

from datetime import timedelta

from sqlalchemy import func, select

import handlers
from bot import cast
from bot.message import Words
from db import help_requests, journal, members, networks
from db.models import Conversation, Delivery, HelpRequest, JournalEntry, Letter, Seen
from handlers import retention
from tests.aio import on_loop
from tests.lab import lab


@on_loop
async def test_a_night_removes_what_is_old_and_nothing_else(database: str) -> None:
    async with lab(database, handlers) as here:
        start = here.clock.now()
        ana = cast.Character("Ana", "telegram", "ana", "en", "member", None, (), ())
        await here.engine.call(lambda db: cast.enter(db, ana, time_zone="UTC", now=start))
        await here.engine.call(lambda db: retention.plan(db, start, here.engine.installation.zone()))
        await here.says("ana", "/help")
        await here.says("ana", "/ask papers")
        with here.sessions.begin() as db:
            network = networks.by_name(db, cast.NETWORK)
            assert network is not None
            member = members.active(db, network)[0]
            for closed_at in (start, start + timedelta(days=60)):
                request = help_requests.open_(
                    db, member, topic="papers", need="words", anonymous=False, now=start
                )
                help_requests.close(db, request, "solved", closed_at)
            journal.record(db, network, "member.joined", by=None, now=start - timedelta(days=700))

        here.clock.wind(start + timedelta(days=100))
        await here.engine.receive(here.incoming("ana", Words("/language")))
        await here.engine.due()
        await here.outbox.flush()

        with here.session() as db:
            needs = db.scalars(select(HelpRequest.need).order_by(HelpRequest.id)).all()
            assert needs == ["", "words"], "the words of the older one are gone, its figures stay"
            assert db.scalar(select(func.count()).select_from(JournalEntry)) == 0
            assert db.scalar(select(func.count()).select_from(Seen)) == 1
            kept = db.scalars(select(Letter.id)).all()
            asked = db.scalars(select(Conversation.letter_id)).all()
            assert set(asked) <= set(kept), "an open question keeps its letter, however old"
            assert not db.scalars(select(Delivery.id).where(Delivery.letter_id.not_in(kept))).all()
            assert len(kept) < 4
