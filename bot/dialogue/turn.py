"""One turn: who acts, and what they mean is done."""

from datetime import datetime
from typing import Any

from bot.dialogue.access import Who, may
from bot.dialogue.meaning import private, refusals, room
from bot.dialogue.meaning.lost_rights import OF_MEMBERS
from bot.dialogue.meaning.meanings import (
    Answer,
    Back,
    Call,
    Cancel,
    Complete,
    Ignore,
    Instead,
    Meaning,
    Note,
    Privately,
    Say,
    ShowWay,
)
from bot.dialogue.replies import Replies
from bot.dialogue.router import Router
from bot.dialogue.running import Running
from bot.handler import Handler
from bot.installation import Installation
from bot.markup import clean, plain
from bot.message import AsksIn, Event, Incoming, Left, MovedTo, Words
from bot.text import render
from db.engine import actors, conversations
from db.engine.actors import Activity
from db.engine.turns import TurnSession
from db.network import rooms


class Turn:
    """What one event does. All of it happens in the caller's transaction; how it ends is kept in
    `replies.ending`, to be written down together with that of other turns. `note` is what is shown on the
    press that it was, and `meant` what the event was taken to mean, outermost first."""

    def __init__(
        self, db: TurnSession, now: datetime, incoming: Incoming, installation: Installation, router: Router
    ) -> None:
        assert incoming.chat is not None
        self.db = db
        self.now = now
        self.incoming = incoming
        self.chat = incoming.chat
        self.installation = installation
        self.router = router
        self.who = Who(db, now, incoming, installation)
        self.replies = Replies(db, now, router)
        self.running = Running(db, now, incoming, self.chat, installation, router, self.who, self.replies)
        self.running.do = self._do
        self.note = ""
        self.meant: list[Meaning] = []

    @property
    def changed_person(self) -> int | None:
        """Return the person who acts, where the turn can only have changed what belongs to them, because no
        handler came to its end; else None."""
        actor = None if self.running.done else self.who.actor
        return actor.known.person_id if actor is not None else None

    def run(self) -> None:
        """Make the turn."""
        event = self.incoming.event
        if not self.chat.private:
            self._enter_room()
            self.act(event)
        elif isinstance(event, MovedTo):  # nobody acts
            rooms.moved(self.db, self.chat.messenger, self.chat.id, event.id)
            self.running.log(None, "moved")
        else:
            self.who.identify(self.chat.id)
            self._talk_in_private()
            self.act(event)
            if isinstance(event, Left):
                self.replies.say_nothing()
            self._show_menu()

    def act(self, event: Event) -> None:
        """Do what an event means."""
        state = self.running.state()
        if self.chat.private:
            self._do(private.meaning(event, state))
        else:
            self._do(room.meaning(event, state, self.installation))

    # --- who -------------------------------------------------------------------------------------

    def _enter_room(self) -> None:
        """Find out which room it is, and who acts there: who only talks in a room is not remembered."""
        chat, incoming = self.chat, self.incoming
        name = clean(incoming.room)[:60].strip()
        here = self.running.room = rooms.at(self.db, chat.messenger, chat.id, chat.thread, name)
        network, self.who.network_id = here.network, here.network_id
        self.who.reader = self.installation.reader(
            network.languages if network else [], [network.time_zone if network else None]
        )
        self.replies.go_to(
            chat.messenger,
            chat.id,
            room_id=here.id,
            thread=chat.thread,
            reply_to=incoming.event.message if isinstance(incoming.event, Words) else None,
        )
        if incoming.sender is not None:
            self.who.recognise(incoming.sender)
        if isinstance(incoming.event, AsksIn):
            self.who.identify(incoming.event.private)
            sign = Activity(incoming.event.private, incoming.language or None)
            actors.record_activity(self.db, [(self.who.acting.known, sign)], self.now)

    def _talk_in_private(self) -> None:
        """Say what follows in the private chat of the one who acts. Whoever has left is not asked their open
        question again."""
        known = self.who.acting.known
        self.replies.go_to(known.messenger, known.chat, person_id=known.person_id)
        self.replies.parked = [] if isinstance(self.incoming.event, Left) else self.who.parked

    def _show_menu(self) -> None:
        """Give their chat a menu of commands of its own, where everybody's would not be right: they may do
        more, or chose another language than that of their app."""
        if self.running.done or self.who.acts_elsewhere:  # it may have changed who they are
            self.who.look_again()
        known = self.who.acting.known
        if not known.reachable:
            return
        locale = self.who.reader.locale
        commands = [handler.command for handler in self.router.menu(self.who.acting)]
        theirs = self.installation.reader([known.hint], [])
        is_own = locale != theirs.locale or not self.router.usual.issuperset(commands)
        menu = " ".join([locale, *commands]) if is_own else ""
        if known.menu != menu:
            actors.has_menu(self.db, known, menu)
            self.replies.show_menu(commands if is_own else [])

    # --- what ------------------------------------------------------------------------------------

    def _do(self, meaning: Meaning) -> None:
        self.meant.append(meaning)
        match meaning:
            case Call():
                self._press(meaning)
            case Answer():
                self.running.answer(meaning)
            case Cancel(parked):
                self._cancel(parked)
            case Back():
                self._back()
            case Complete(parked, columns):
                conversations.change(self.db, parked.id, **columns)
                self.running.log(None, "album")
            case Note(text, outcome):
                self.note = plain(render(text, self.who.reader))
                if isinstance(self.incoming.event, Words) and outcome == refusals.DEAD_BUTTON:
                    self.replies.say(text)  # what is written is answered in words
                self.running.log(None, outcome)
            case Say(text, outcome, handler, buttons):
                self.replies.say(text, *buttons)
                if outcome:
                    self.running.log(handler, outcome)
            case Ignore(outcome):
                if outcome:
                    self.running.log(None, outcome)
            case ShowWay():
                self.running.show_way()
            case Instead(parked, inner):
                self.replies.drop(parked)
                self._do(inner)
            case Privately(inner):
                self._talk_in_private()
                self._do(inner)

    def _press(self, call: Call) -> None:
        """Call a handler, in the network to which its button belongs; none: wherever they are active. Where
        they cannot act there, that is said."""
        if call.button is not None:
            offer = call.button.offer
            if offer.network_id is not None and not self._goes_inside(offer.network_id, call.handler):
                return
            if not offer.keep:
                tapped = not isinstance(self.incoming.event, Words)
                self.replies.press(call.button.delivery_id, offer.label, tapped=tapped)
        self.running.call(call)

    def _goes_inside(self, network_id: int, handler: Handler) -> bool:
        inside = self.who.acting.inside(network_id)
        if may(handler.needs, inside) or inside.known.member_id is not None:
            self.who.act_as(inside)
        elif handler.needs in OF_MEMBERS:
            self.running.not_inside(network_id, handler)
            return False
        return True

    def _cancel(self, parked: Any) -> None:
        if not self.replies.parked:
            self.replies.say(refusals.nothing_to_cancel())
        else:
            parked = parked or self.replies.parked[0]
            handler = self.router.handlers.get(parked.handler)
            self.replies.drop(parked)
            words_only = handler is self.router.events.get(Words)
            self.replies.say(refusals.stopped(handler, words_only=words_only))
        self.running.log(None, "cancel")

    def _back(self) -> None:
        if not self.replies.parked or not self.replies.parked[0].answers:
            self.replies.say(refusals.no_way_back(has_question=bool(self.replies.parked)))
        else:
            answers = dict(self.replies.parked[0].answers)
            answers.popitem()
            self.running.answer(Answer(self.replies.parked[0], None, answers=answers))
        self.running.log(None, "back")
