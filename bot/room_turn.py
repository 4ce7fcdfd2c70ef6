"""One turn in a room. What everybody may read is answered there; what is personal stays between the bot and
the one who acts; and what is not for the bot it has not heard."""

from dataclasses import astuple

from bot.context import Context
from bot.dialogue import Dialogue
from bot.markup import clean
from bot.message import AsksIn, Chat, Deleted, Edited, Event, Opened, Pressed, Unsupported, Words
from bot.note import Note
from bot.router import Handler, Place, command_word
from bot.text import AnyText, Command, _
from bot.turn import Turn
from db import letters as stored_letters
from db import networks, people, rooms, seen
from db.people import Sign


class RoomTurn(Turn):
    """What one event in a room does. `_actor` is none for those who never wrote to the bot by themselves:
    who only talks in a room is not remembered."""

    def run(self) -> None:
        """A turn in a room; some of what happens there has nobody who acts."""
        assert self.incoming is not None and self.incoming.chat is not None
        chat, event = self.incoming.chat, self.incoming.event
        self.room = rooms.at(
            self.db, chat.messenger, chat.id, chat.thread, clean(self.incoming.room)[:60].strip()
        )
        network, self._network_id = self.room.network, self.room.network_id
        self.reader = self.installation.reader(
            network.languages if network else [], [network.time_zone if network else None]
        )
        self._here, self._thread = True, chat.thread
        self._to = {
            "person_id": None,
            "messenger": chat.messenger,
            "chat": chat.id,
            "room_id": self.room.id,
            "thread": chat.thread,
            "reply_to": event.message if isinstance(event, Words) else None,
        }
        if self.incoming.sender is not None:
            self._recognise(self.incoming.sender)
        self._route(event, chat)

    # --- what ------------------------------------------------------------------------------------

    def _route(self, event: Event, chat: Chat) -> None:
        match event:
            case Words():
                self._words(event, chat)
            case Pressed():
                self._pressed(event, chat)
            case Opened(payload):
                handler, words = self.router.opened(payload)
                if handler.place is not Place.PRIVATE:
                    self._call(handler, words=words)
            case AsksIn(private):
                assert self.incoming is not None and self.incoming.sender is not None
                self._identify(self.incoming, self.incoming.sender, Chat(chat.messenger, private))
                sign = Sign(private, self.incoming.language or None)
                people.heard(self.db, [(self.actor.known, sign)], self.now)
                self._talk_in_private()
                self._call(self.router.events[AsksIn])
            case Edited() | Deleted() | Unsupported():
                pass
            case _:
                self._call(self.router.events[type(event)], *astuple(event))

    def _words(self, said: Words, chat: Chat) -> None:
        note = Note.of(said, clean(said.text), chat)
        if typed := command_word(note.words):
            self._command_here(*typed, to_us=said.to_us)
            return
        # A thread may begin with a message of ours: what is said in it answers that one.
        for message in filter(None, (said.reply_to, chat.thread)):
            if self._choice_typed_on(message, note.words, chat) or self._reply_to(message, note, chat):
                return

    def _choice_typed_on(self, message: str, text: str, chat: Chat) -> bool:
        """Whether the words are a button of the message that they answer."""
        row = stored_letters.pressed(self.db, chat.messenger, chat.id, delivery_id=None, message=message)
        slot = self._slot_typed(text, row)
        if slot is not None:
            self._pressed(Pressed(slot, message), chat)
        return slot is not None

    def _command_here(self, word: str, rest: str, *, to_us: bool) -> None:
        handler = self.router.commands.get(word)
        if handler is None:
            if to_us:
                self._reply(
                    _(
                        "I do not know {command}. {help} shows what I can do here.",
                        command=Command(word[:40]),
                        help=Command("help"),
                    )
                )
        elif handler.place is Place.PRIVATE:
            self._reply(self._between_us(handler))
            self._log(handler, "personal")
        else:
            self._call(handler, words=rest)

    def _between_us(self, handler: Handler) -> AnyText:
        command = Command(handler.command)
        if link := self._link(handler.command):
            return _(
                "{command} is between you and me. Here is our own chat: {link}", command=command, link=link
            )
        return _("{command} is between you and me. Please write it in our own chat.", command=command)

    def _link(self, payload: str) -> str:
        return self.installation.way(self.room.messenger, payload)

    def _pressed(self, press: Pressed, chat: Chat) -> None:
        if self._actor is None or not self._actor.known.reachable:
            self._show_way()
        else:
            self._talk_in_private()
            super()._pressed(press, chat)

    # --- how it is answered ----------------------------------------------------------------------

    def _talk_in_private(self) -> None:
        self._here = False
        self._answer_in_private()

    def _context(self, dialogue: Dialogue) -> Context:
        context = super()._context(dialogue)
        context.room, context.thread = self.room, self._thread
        return context

    def _repeat(self, before: list[AnyText]) -> bool:
        """An open question of somebody's is not the room's business."""
        return False if self._here else super()._repeat(before)

    def _refuse(self, handler: Handler) -> None:
        if self.incoming is not None and self.incoming.sender is None:
            self._reply(
                _("I cannot see who you are. Please write that as yourself, not in the name of the group.")
            )
        elif self._here and self._actor is None:
            self._show_way()
        else:
            super()._refuse(handler)

    def _show_way(self) -> None:
        """Somebody wants to take part whom the bot cannot write to: how that becomes possible, once a day
        for each."""
        assert self.incoming is not None and self.incoming.sender is not None
        once = f"way {self.room.id} {self.incoming.sender.account} {self.now.date()}"
        if not seen.first_time(self.db, once, self.now):
            return
        network = self.room.network
        link = self._link(f"card_{networks.in_links(network)}" if network else "")
        name = clean(self.incoming.name)[:60]
        self._reply(
            _("{name}, that goes by our own chat. Please open it first: {link}", name=name, link=link)
            if link
            else _("That is for members of the network, and goes by our own chat.")
        )
        self._log(None, "showed the way")
