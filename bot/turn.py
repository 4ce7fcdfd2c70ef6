"""One turn: who acts, what they mean, the handler's run, and what is kept of it."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from math import ceil
from typing import Any

from bot import letters
from bot.access import Actor, Role, may
from bot.adapter import LARGEST_FILE
from bot.context import Context, Installation
from bot.dialogue import Dialogue, Given, Instead, Parked, offers
from bot.letters import Priority
from bot.log import get
from bot.markup import clean
from bot.message import (
    Chat,
    Deleted,
    Edited,
    Event,
    Identity,
    Incoming,
    Left,
    MovedTo,
    Opened,
    Pressed,
    Returned,
    Unsupported,
    Words,
)
from bot.metrics import Told
from bot.note import Note, key
from bot.render import label, reader_of
from bot.router import Handler, Router, command_word, name_of
from bot.text import AnyText, Command, Reader, Verbatim, _, from_json, paragraphs, to_json
from db import conversations, people, relays, rooms, store
from db import letters as stored_letters
from db.endings import Ending, Parking, Reply
from db.group import Group
from db.people import Sign

log = get("engine")

LARGEST_KEY = 2**63 - 1
"""Of a row, in both databases."""


class Turn:
    """What one event does. All of it happens in the caller's transaction; how it ends is kept in `ending`, to
    be written down together with that of other turns."""

    def __init__(
        self,
        db: Group,
        now: datetime,
        incoming: Incoming | None,
        installation: Installation,
        router: Router,
    ) -> None:
        self.db = db
        self.now = now
        self.incoming = incoming
        self.installation = installation
        self.router = router
        self.reader = Reader()
        self.parked: list[Any] = []  # the open question's handler first
        self._actor: Actor | None = None
        self._theirs: list[Any] = []  # what they have parked, also where that is nobody's business
        self._network_id: int | None = None  # as whose member they act, where that is not theirs to choose
        self._to: dict[str, Any] = {}  # where the answer goes, as `letters.post` takes it
        self._note = Note()  # what was said in this turn
        self._chosen: Any = None  # the label that was pressed, as it is stored
        self._done = False  # whether a handler came to its end
        self.ending = Ending()
        self._began = time.perf_counter()
        self.told = Told("engine", "nothing")  # how it ended, for the figures

    @property
    def is_own(self) -> bool:
        """Whether it can only have changed what belongs to the one who acts: no handler came to its end."""
        return self._actor is not None and not self._done

    # --- the two ways in -------------------------------------------------------------------------

    def run(self) -> None:
        """A turn of somebody's in their private chat."""
        assert self.incoming is not None and self.incoming.chat is not None
        chat, event = self.incoming.chat, self.incoming.event
        if isinstance(event, MovedTo):  # nobody acts
            rooms.moved(self.db, chat.messenger, chat.id, event.id)
            self._log(None, "moved")
            return
        assert self.incoming.sender is not None
        self._identify(self.incoming, self.incoming.sender, chat)
        self._answer_in_private()
        self._route(event, chat)
        self._show_menu()

    def run_timers(self, timers: Sequence[Any]) -> bool:
        """The turn of a timer, or of several of a handler that takes them together; False when it failed and
        has to be tried again."""
        handler = self.router.handlers.get(timers[0].handler)
        if handler is None:
            log.error("timer without handler", handler=timers[0].handler)
            return True
        args = [[timer.args[0] for timer in timers]] if handler.together else timers[0].args
        context = self._context(Dialogue())
        savepoint = self.db.begin_nested()
        try:
            handler.run(context, *args)
            self.db.flush()
            savepoint.commit()
        except Exception as error:
            savepoint.rollback()
            if store.is_in_the_way(error):
                raise
            self._log(handler, "failed", error=error)
            return False
        self._repeat_for_others(context)
        self._log(handler, "timer")
        return True

    @property
    def actor(self) -> Actor:
        """Who acts; a timer's turn has nobody."""
        assert self._actor is not None, "a timer has nobody who acts"
        return self._actor

    # --- who -------------------------------------------------------------------------------------

    def _identify(self, incoming: Incoming, sender: Identity, chat: Chat) -> None:
        if not self._recognise(sender):
            people.meet(
                self.db,
                sender.messenger,
                sender.account,
                chat=chat.id,
                name=clean(incoming.name)[:60],
                language=incoming.language or None,
                now=self.now,
            )
            self._recognise(sender)
        self.reader = reader_of(self.actor.known, self.installation)

    def _recognise(self, sender: Identity) -> bool:
        """Find out who acts; False for who never wrote."""
        account = sender.messenger, sender.account
        if self._network_id is None:
            found = self.db.recognise(account)
        else:
            found = people.known(self.db, [account], self._network_id).get(account)
        if found is not None:
            known, self._theirs = found
            self._actor = Actor(self.db, known, sender in self.installation.operators)
        return found is not None

    def _answer_in_private(self) -> None:
        """What is said from now on goes to the private chat of the one who acts."""
        known = self.actor.known
        self._to = {"person_id": known.person_id, "messenger": known.messenger, "chat": known.chat}
        self.parked = self._theirs

    def _show_menu(self) -> None:
        """Give their chat a menu of commands of its own, where everybody's would not be right: they may do
        more, or chose another language than that of their app."""
        if self._done:  # it may have changed who they are
            self._recognise(Identity(self.actor.known.messenger, self.actor.known.account))
            self.reader = reader_of(self.actor.known, self.installation)
        known = self.actor.known
        if not known.reachable:
            return
        locale = self.reader.locale
        commands = [handler.command for handler in self.router.menu(self.actor)]
        theirs = self.installation.reader([known.hint], [])
        is_own = locale != theirs.locale or not self.router.usual.issuperset(commands)
        menu = " ".join([locale, *commands]) if is_own else ""
        if known.menu != menu:
            people.has_menu(self.db, known, menu)
            self._send(body=None, act={"menu": commands if is_own else []})

    # --- what ------------------------------------------------------------------------------------

    def _route(self, event: Event, chat: Chat) -> None:
        match event:
            case Words():
                self._words(event, chat)
            case Edited():
                self._edited(event, chat)
            case Deleted(message):
                if stored_letters.carrying(self.db, key(chat, message)) is not None:
                    self._call(self.router.events[Deleted], key(chat, message))
            case Pressed():
                self._pressed(event, chat)
            case Opened(payload):
                handler, words = self.router.opened(payload)
                self._call(handler, words=words)
            case Unsupported(kind, text):
                self._call(self.router.events[Unsupported], kind, clean(text))
            case Left() | Returned():
                self._call(self.router.events[type(event)])
            case _:
                raise AssertionError(f"{type(event).__name__} does not happen in a private chat")

    def _words(self, said: Words, chat: Chat) -> None:
        self._note = note = Note.of(said, clean(said.text), chat)
        if any((each.size or 0) > LARGEST_FILE for each in note.media):
            self._too_large(note)
        elif typed := command_word(note.words):
            self._command(*typed)
        elif self._completes_album(note) or self._reply_to(said.reply_to, note, chat):
            return
        elif self.parked:
            self._answer(self.parked[0], Given(self.parked[0].question, note))
        elif note.media or not (self._choice_typed(note.words, chat) or self._bare_command(note.words)):
            self._call(self.router.events[Words], note.to_json())

    def _reply_to(self, message: str | None, note: Note, chat: Chat) -> bool:
        """Whether the words answer a message of ours that says what becomes of them."""
        if not message:
            return False
        leads_to = stored_letters.on_reply(self.db, chat.messenger, chat.id, message)
        handler = self.router.handlers.get(leads_to["do"]) if leads_to else None
        if leads_to and handler:
            self._call(handler, *leads_to["args"], note.to_json())
        return handler is not None

    def _bare_command(self, text: str) -> bool:
        """Whether the words are a command without its mark, and nobody waits for them."""
        word, _sep, rest = text.partition(" ")
        handler = self.router.commands.get(word.lower())
        if handler is None or not may(handler.needs, self.actor):
            return False
        if relays.open_of(self.db, self.actor.known.person_id):
            return False
        self._call(handler, words=rest.strip())
        return True

    def _too_large(self, note: Note) -> None:
        size, most = (ceil(n / 2**20) for n in (note.media[0].size or 0, LARGEST_FILE))
        self._reply(
            _(
                "That is too large for me: it has {size} MB, and I can carry {most} MB. Can you make it "
                "smaller, or write what is in it?",
                size=size,
                most=most,
            )
        )
        self._log(None, "too large")

    def _completes_album(self, note: Note) -> bool:
        """Whether this was sent together with what has just been said: then it is one more part of that."""
        if not note.album or not self.parked or self.parked[0].album != note.album:
            return False
        answers, args = dict(self.parked[0].answers), list(self.parked[0].args)
        if answers:
            question, said = answers.popitem()
            answers[question] = _with_media(said, note)
        elif args:
            args[-1] = _with_media(args[-1], note)
        conversations.change(self.db, self.parked[0].id, answers=answers, args=args)
        self._log(None, "album")
        return True

    def _edited(self, edited: Edited, chat: Chat) -> None:
        """Changed words count where it is not too late: as the latest answer, or in a relay."""
        words, message = clean(edited.text), key(chat, edited.message)
        parked = self.parked[0] if self.parked else None
        if parked is not None and parked.heard == message:
            if typed := command_word(words):
                self._command(*typed)
            elif parked.answers:
                answers = dict(parked.answers)
                question, said = answers.popitem()
                self._note = _changed(said, words, message)
                self._answer(parked, Given(question, self._note), answers=answers)
            elif parked.args and (handler := self.router.handlers.get(parked.handler)):
                self._note = _changed(parked.args[-1], words, message)
                self._call(handler, *parked.args[:-1], self._note.to_json())
        elif stored_letters.carrying(self.db, message) is not None:
            self._call(self.router.events[Edited], message, words)
        else:
            self._log(None, "changed too late")

    def _command(self, word: str, rest: str) -> None:
        if word == "cancel":
            self._cancel()
        elif word == "back":
            self._back()
        elif (handler := self.router.commands.get(word)) is not None:
            self._call(handler, words=rest)
        else:
            meant = self.router.nearest(word, self.router.menu(self.actor))
            text: AnyText = _("I do not know {command}.", command=Command(word[:40]))
            if meant is not None:
                text = _(
                    "I do not know {command}. Did you mean {meant}?",
                    command=Command(word[:40]),
                    meant=Command(meant.command),
                )
            self._reply(paragraphs(text, _("{help} shows what I can do.", help=Command("help"))))
            self._log(None, "unknown command")

    def _choice_typed(self, text: str, chat: Chat) -> bool:
        """Whether the words are a button of the last message."""
        row = stored_letters.latest_offers(self.db, chat.messenger, chat.id)
        slot = self._slot_typed(text, row)
        if slot is not None:
            self._offer(row, slot)
        return slot is not None

    def _slot_typed(self, text: str, row: Any) -> int | None:
        """Which button of a message the words are, by its number or its label."""
        if not text or row is None or row.closed:
            return None
        if text.isdecimal() and 1 <= int(text) <= len(row.offers):
            return int(text) - 1
        labels = [label(offer, self.reader).casefold() for offer in row.offers]
        return labels.index(text.casefold()) if text.casefold() in labels else None

    def _pressed(self, press: Pressed, chat: Chat) -> None:
        row = stored_letters.pressed(
            self.db,
            chat.messenger,
            chat.id,
            # A number that no row can have is forged.
            delivery_id=None if press.outgoing is None else min(press.outgoing, LARGEST_KEY),
            message=press.message,
        )
        gone = row is None or (row.closed and not self._shows_open_question(row))
        if row is None or gone or not 0 <= press.slot < len(row.offers):
            self._dead_button()
        else:
            self._offer(row, press.slot)

    def _shows_open_question(self, row: Any) -> bool:
        """Whether a message whose buttons were taken off shows the very question that is open. It was asked
        again below what came in between, and whoever presses it has not seen that yet."""
        return bool(self.parked) and letters.same_question(self.db, row.letter_id, self.parked[0].letter_id)

    def _dead_button(self) -> None:
        self._reply(
            paragraphs(
                _("This button does nothing any more: what it belonged to is over."),
                *([] if self.parked else [_("{help} shows what I can do.", help=Command("help"))]),
            )
        )
        self._log(None, "dead button")

    def _offer(self, row: Any, slot: int) -> None:
        offer = row.offers[slot]
        if "conversation" in offer:
            asked = [c for c in self.parked if c.id == offer["conversation"]]
            if asked and asked[0].question == offer["question"]:
                self._answer(asked[0], Given(offer["question"], value=offer["value"]), offer["label"])
            else:
                self._dead_button()
            return
        handler = self.router.handlers.get(offer["do"])
        if handler is None:
            self._dead_button()
            return
        if not offer.get("keep"):
            self.ending.closings += stored_letters.closings_of(self.db, row.id, offer["label"])
        self._call(handler, *offer["args"], given=offer.get("given"))

    # --- running ---------------------------------------------------------------------------------

    def _context(self, dialogue: Dialogue) -> Context:
        dialogue.reader = self.reader
        return Context(
            db=self.db,
            now=self.now,
            installation=self.installation,
            router=self.router,
            dialogue=dialogue,
            actor=self._actor,
            reader=self.reader,
            leads=self.incoming.leads if self.incoming else None,
        )

    def _call(
        self, handler: Handler, *args: Any, words: str = "", given: dict[str, Any] | None = None
    ) -> None:
        """Start a handler from its top."""
        if not may(handler.needs, self._actor):
            self._refuse(handler)
            return
        # The same question asked twice is one question: the newer takes the place of the older.
        for old in [c for c in self.parked if c.handler == handler.name]:
            self._drop(old)
        self._run(handler, list(args), Dialogue(answers=dict(given or {}), words=words), None)

    def _answer(self, parked: Any, given: Given | None, chosen: Any = None, answers: Any = None) -> None:
        """Call a parked handler again, with one more answer."""
        handler = self.router.handlers.get(parked.handler)
        if handler is None:  # renamed or gone since it was parked
            self._drop(parked)
            self._dead_button()
            return
        if not may(handler.needs, self.actor):  # a role was taken back since it was parked
            self._drop(parked)
            self._refuse(handler)
            return
        dialogue = Dialogue(
            answers=dict(parked.answers if answers is None else answers),
            words=parked.words,
            draft=list(parked.draft or []),
            given=given,
        )
        self._chosen = chosen
        self._run(handler, parked.args, dialogue, parked)

    def _run(self, handler: Handler, args: list[Any], dialogue: Dialogue, parked: Any) -> None:
        context = self._context(dialogue)
        savepoint = self.db.begin_nested()
        try:
            handler.run(context, *args)
            self.db.flush()
            savepoint.commit()
        except Parked as wait:
            savepoint.rollback()
            if context.told:
                self._failed(handler, RuntimeError("others were told before the last question"))
                return
            self._park(handler, args, dialogue, wait, parked)
            self._log(handler, "asked")
        except Instead as other:
            savepoint.rollback()
            self._call(self.router.handlers[name_of(other.handler)], *other.args, words=other.words)
        except Exception as error:
            savepoint.rollback()
            if store.is_in_the_way(error):
                raise
            self._failed(handler, error)
        else:
            self._done = True
            if parked is not None:
                self._drop(parked, self._chosen_label(dialogue, parked))
            self._finish(dialogue)
            self._repeat_for_others(context)
            self._log(handler, "done")

    def _chosen_label(self, dialogue: Dialogue, parked: Any) -> Any:
        if self._chosen is not None:
            return from_json(self._chosen)
        words = self.incoming.event.text if self.incoming and isinstance(self.incoming.event, Words) else ""
        return Verbatim(words[:60]) if words else None

    def _park(self, handler: Handler, args: list[Any], dialogue: Dialogue, wait: Parked, parked: Any) -> None:
        """Keep what is needed to go on, and ask."""
        question = wait.question
        if dialogue.language:
            known = self.actor.known
            people.heard(self.db, [(known, Sign(known.chat, dialogue.language))], self.now)
        state: dict[str, Any] = {
            "answers": dialogue.answers,
            "words": dialogue.words,
            "question": question.name,
            "draft": dialogue.draft or None,
            "asked_at": self.now,
            "heard": self._note.message or None,
            "album": self._note.album or None,
        }
        begins: dict[str, Any] = {}
        replaces = None
        if parked is None:
            begins = {"person_id": self.actor.known.person_id, "handler": handler.name, "args": args}
        elif dialogue.redraw:
            replaces = stored_letters.shown(self.db, parked.letter_id, self.actor.known.chat)
        else:
            self._close(parked.letter_id, self._chosen_label(dialogue, parked))
        asks = self._send(
            body=letters.question_body([said.text for said in dialogue.said], question.text),
            replaces=replaces,
        )
        self.ending.parking = Parking(
            parked.id if parked is not None else None,
            begins,
            state,
            asks,
            lambda conversation_id: [
                letters.answer_offer(label, conversation_id, question.name, value)
                for label, value in offers(question, dialogue.draft)
            ],
        )

    def _finish(self, dialogue: Dialogue) -> None:
        """Send what was said, and repeat the question that it interrupted."""
        said = dialogue.said
        while said:
            # One message where three would do: words up to the first that has buttons or a picture.
            size = next((n for n, each in enumerate(said, 1) if each.buttons or each.picture), len(said))
            texts, last = [each.text for each in said[:size]], said[size - 1]
            said = said[size:]
            plain_end = not said and not last.buttons and last.picture is None
            if plain_end and self._repeat(texts):
                return
            self._send(
                body=to_json(texts[0] if len(texts) == 1 else paragraphs(texts)),
                offers=[button.offer() for button in last.buttons],
                picture=last.picture,
                forget=last.forget,
            )
        self._repeat([])

    def _repeat(self, before: list[AnyText]) -> bool:
        """Ask the open question again, below `before`; False when none is open."""
        if not self.parked:
            return False
        letter_id = letters.repeated(self.db, self.parked[0], now=self.now, before=before)
        if letter_id is not None:
            self.ending.replies.append(Reply(self._address(), letter_id=letter_id))
        return letter_id is not None

    def _repeat_for_others(self, context: Context) -> None:
        me = self._actor.known.person_id if self._actor is not None else None
        others = [person_id for person_id in context.told if person_id != me]
        for person_id in sorted(conversations.people_in_one(self.db, others)):
            letters.repeat_question(self.db, person_id, context.told[person_id], self.now)

    def _reply(self, text: AnyText) -> None:
        """The engine's own words to the one who acts."""
        dialogue = Dialogue()
        self._context(dialogue).say(text)
        self._finish(dialogue)

    def _send(
        self, body: Any, *, offers: Sequence[Any] = (), replaces: int | None = None, **content: Any
    ) -> Reply:
        """A letter to the one who acts; `content` is that of `letters.columns`."""
        letter = stored_letters.columns(body=body, offers=offers, now=self.now, **content)
        reply = Reply(self._address(replaces), letter)
        self.ending.replies.append(reply)
        return reply

    def _address(self, replaces: int | None = None) -> dict[str, Any]:
        return {**self._to, "priority": Priority.ANSWER, "replaces": replaces}

    def _close(self, letter_id: int | None, chosen: AnyText | None) -> None:
        """Take the buttons off a question, and show there what was chosen."""
        if letter_id is not None:
            self.ending.closed[letter_id] = to_json(chosen) if chosen is not None else None

    # --- stopping and going back -----------------------------------------------------------------

    def _cancel(self) -> None:
        if not self.parked:
            self._reply(_("There is nothing to cancel."))
        else:
            handler = self.router.handlers.get(self.parked[0].handler)
            self._drop(self.parked[0])
            if handler is not None and handler.menu is not None:
                self._reply(_("I have stopped “{what}”.", what=handler.menu))
            else:
                self._reply(_("I have stopped."))
        self._log(None, "cancel")

    def _back(self) -> None:
        if not self.parked:
            self._reply(_("There is no question to go back to."))
        elif not self.parked[0].answers:
            self._reply(_("This is the first question. {cancel} stops.", cancel=Command("cancel")))
        else:
            answers = dict(self.parked[0].answers)
            answers.popitem()
            self._answer(self.parked[0], None, answers=answers)
        self._log(None, "back")

    def _drop(self, parked: Any, chosen: AnyText | None = None) -> None:
        self._close(parked.letter_id, chosen)
        self.ending.dropped.append(parked.id)
        self.parked = [c for c in self.parked if c.id != parked.id]

    # --- what can go wrong -----------------------------------------------------------------------

    def _refuse(self, handler: Handler) -> None:
        self._reply(self._refusal(handler.needs))
        self._log(handler, "not allowed")

    def _refusal(self, needs: Role) -> AnyText:
        if needs is Role.OPERATOR:
            return _("Only the operators of this bot can do that.")
        if self.actor.known.member_id is None:
            return _(
                "That is for members of a network. If you have an invitation code, just type it here; "
                "{start} shows the other ways in.",
                start=Command("start"),
            )
        return _("Only the meta-mentors of your network can do that. They are glad to help if you ask them.")

    def _failed(self, handler: Handler, error: Exception) -> None:
        number = secrets.token_hex(3)
        self._log(handler, "failed", number=number, error=error)
        self._reply(
            _(
                "Something went wrong on my side, and nothing was changed. Please try again in a while. "
                "If it stays like this, tell the operators the number <b>{number}</b>.",
                number=number,
            )
        )

    def _log(self, handler: Handler | None, outcome: str, **more: Any) -> None:
        report = log.error if "error" in more else log.info
        name = handler.name if handler else "engine"
        self.told = Told(name, outcome, round(time.perf_counter() - self._began, 4))
        of = type(self.incoming.event).__name__.lower() if self.incoming else "timer"
        report("turn", of=of, **self.told._asdict(), **more)


def _with_media(said: Any, note: Note) -> Any:
    """A note as it is stored, with what was sent together with it; what is none stays as it is."""
    if not isinstance(said, dict):
        return said
    first = Note.from_json(said)
    words = "\n".join(filter(None, [first.words, note.words]))
    return replace(first, media=first.media + note.media, words=words).to_json()


def _changed(said: Any, words: str, message: str) -> Note:
    """What was answered, with other words."""
    note = Note.from_json(said) if isinstance(said, dict) else Note(message=message)
    return note.with_words(words)
