"""What is open for the one who acts: all that decides what they mean. Nothing here writes."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.delivery import asked, offers
from bot.dialogue.access import Actor, may
from bot.dialogue.meaning import choosing, refusals
from bot.dialogue.meaning.in_need import need_of
from bot.dialogue.meaning.meanings import NOTHING, Answer, Button, Call, Cancel, Meaning, Note, Say
from bot.dialogue.questions import CANCEL, MISSED, Given
from bot.dialogue.router import Router
from bot.handler import Answerable, Meant, Step
from bot.message import Chat
from bot.reading import typed
from bot.text import AnyText, Command, Reader
from bot.user_message import UserMessage, key
from db import shown
from db.engine import letters, used
from db.engine.turns import TurnSession
from db.help import relays

LARGEST_KEY = 2**63 - 1
"""The largest key of a row, in both databases."""
NUMBERS = re.compile(r"^.{0,40}\d", re.DOTALL)
"""Where numbers of options may be: with digits in few words."""
TWICE = timedelta(minutes=1)
"""A second press within this time is the same press."""
HOME = ("ask", "requests", "help")
"""The commands that are offered where somebody is lost."""
FRESH = timedelta(minutes=10)
"""Who was asked this recently answers that, unless somebody has spoken to them since."""


@dataclass(slots=True)
class State:
    """What is open in a chat, for the one who acts: none where a stranger does, in a room. `parked` are their
    questions, the open one first; `marks` is what may stand before a command."""

    db: TurnSession
    now: datetime
    router: Router
    chat: Chat
    reader: Reader
    actor: Actor | None
    parked: Sequence[Any]
    marks: str = "/!"
    _shown: Sequence[Any] | None = field(default=None, init=False)
    _newest_words: list[int | None] = field(default_factory=list, init=False)

    # --- words -----------------------------------------------------------------------------------

    def is_need(self, words: str) -> bool:
        """Whether the words are of need: before all that nobody asked for."""
        if not words or self.actor is None:
            return False
        return need_of(self.db, self.actor.known.person_id, words, self.now) is not None

    def is_spoken_to_since(self, parked: Any) -> bool:
        """Whether a conversation is open in which something was said after a question was asked, or one is
        open and the question is no longer fresh."""
        if parked.newest_words is None:
            return False
        is_newer: bool = parked.newest_words > (parked.asked_by or 0)
        return is_newer or self.now - parked.asked_at > FRESH

    def is_in_conversation(self) -> bool:
        """Whether the one who acts talks with anybody."""
        return self.newest_words() is not None

    def is_carried(self, message: str) -> bool:
        """Whether a letter carries the words of this message."""
        return letters.carrying(self.db, message) is not None

    def is_same(self, message: str, words: str) -> bool:
        """Whether a message that was used had these very words."""
        return used.is_same(self.db, message, words)

    def carried_in(self, message: str) -> Any | None:
        """Return where words lead in the conversation into which a message of this chat was carried, as it is
        stored; None where it was not."""
        letter = letters.carrying(self.db, key(self.chat, message))
        return letter.on_reply if letter is not None else None

    def used_by(self, message: str, words: str) -> str | None:
        """Return the name of the handler that has used other words of this message; None for none."""
        return used.by_whom(self.db, message, words)

    # --- choices ---------------------------------------------------------------------------------

    def slot_typed(self, text: str, offered: Sequence[Any]) -> int | None:
        """Return which of the offers the words are, by number or by label; None for none of them."""
        return choosing.slot_of(text, offered, self.reader)

    def options_shown(self, parked: Any, words: str) -> Sequence[Any]:
        """Return the values of the options that a question showed, where the words may be their numbers."""
        asked = letters.body(self.db, parked.letter_id) if NUMBERS.search(words) else None
        offered = [offers.offer(each) for each in asked[1]] if asked else []
        return [each.value for each in offered if isinstance(each, offers.Answers) and not each.bare]

    def label_taken(self, parked: Any, words: str) -> AnyText | None:
        """Return the label of the option whose number the words are, as a question showed it."""
        asked = letters.body(self.db, parked.letter_id) if typed.number(words) is not None else None
        slot = self.slot_typed(words, asked[1]) if asked else None
        return None if asked is None or slot is None else offers.offer(asked[1][slot]).label

    def slot_of_question(self, text: str) -> int | None:
        """Return which offer of the open question the words are; None for none of them."""
        return self.slot_typed(text, self.offers_of(self.parked[0]))

    def offers_of(self, parked: Any) -> Sequence[Any]:
        """Return what a question offers, as it is stored; nothing where that is no longer kept."""
        letter = letters.body(self.db, parked.letter_id) if parked.letter_id is not None else None
        return letter[1] if letter is not None else []

    def newest_words(self) -> int | None:
        """Return the newest letter of the conversations of the one who acts; None where they are in none."""
        if not self._newest_words:
            person = self.actor.known.person_id if self.actor is not None else 0
            self._newest_words = [relays.newest_letter(self.db, person)]
        return self._newest_words[0]

    def letters(self) -> Sequence[Any]:
        """Return the letters with choices, those of questions aside, that are open in this chat, the newest
        first: those that words can mean, because nothing was said in a conversation since."""
        return [row for row in self._answerable() if row.offers and not offers.is_of_question(row.offers[0])]

    def news(self) -> Sequence[Any]:
        """Return the letters without choices that wait for words, announcements, likewise."""
        return [row for row in self._answerable() if not row.offers and self._waits_for_words(row)]

    def _answerable(self) -> Sequence[Any]:
        if self.actor is None:
            return []
        if self._shown is None:
            found = shown.answerable(self.db, self.chat.messenger, self.chat.id)
            newest = self.newest_words() if found else None
            self._shown = [row for row in found if newest is None or newest < row.letter_id]
        return self._shown

    def _waits_for_words(self, row: Any) -> bool:
        """Whether a letter leads words somewhere that are no reply to it."""
        called = self.router.read(row.on_reply)
        return called is not None and isinstance(called[1], Answerable) and not called[1].only_replies

    def pressed(self, message: str, delivery_id: int | None, slot: int) -> Meaning:
        """Return what a press on a button means."""
        # A number that no row can have is forged.
        delivery_id = None if delivery_id is None else min(delivery_id, LARGEST_KEY)
        row = self.shown(message, delivery_id)
        gone = row is None or (row.closed and not self.shows_open_question(row))
        if row is not None and 0 <= slot < len(row.offers):
            return self.gone(row, slot) if gone else self._but_once(self.chosen(row, slot))
        return self.dead_button()

    def gone(self, row: Any, slot: int) -> Meaning:
        """Return what it means to choose what a message no longer offers: nothing a moment after it was
        chosen."""
        if self._was_just_pressed(row, slot):
            return Note(refusals.SAVED, "pressed twice")
        return self.dead_button()

    def _was_just_pressed(self, row: Any, slot: int) -> bool:
        """Whether this button was pressed a moment ago, which took the buttons off its message."""
        closing = shown.closing(self.db, row.id)
        if closing is None or closing.chosen != row.offers[slot]["label"]:
            return False
        return closing.settled_at is None or self.now - closing.settled_at < TWICE

    def _but_once(self, meaning: Meaning) -> Meaning:
        """Return what a press means, or nothing where what it calls has asked its first question just now: a
        button that stays was pressed twice."""
        if not isinstance(meaning, Call) or not self.parked:
            return meaning
        newest, args = self.parked[0], meaning.what.to_json() if meaning.what is not None else {}
        is_same = newest.handler == meaning.handler.name and newest.args == args
        if is_same and newest.answers == (meaning.given or {}) and self.now - newest.asked_at < TWICE:
            return Note(refusals.SAVED, "pressed twice")
        return meaning

    def where(self, keeps: Callable[[Any], bool]) -> "State":
        """Return the same with only those letters that are to be kept."""
        fewer = replace(self)
        fewer._shown = [row for row in self._answerable() if keeps(row)]
        return fewer

    def takes_answers(self, row: Any) -> bool:
        """Whether words in answer to a message of ours lead anywhere."""
        return row.on_reply is not None

    def chosen(self, row: Any, slot: int, said: UserMessage = NOTHING, step: Step | None = None) -> Meaning:
        """Return what it means to choose an offer of a message, also by what was said; `step`: its own, with
        these words."""
        offer = offers.offer(row.offers[slot])
        if isinstance(offer, offers.Answers):
            asked = next((each for each in self.parked if each.id == offer.conversation_id), None)
            if asked is None or asked.question != offer.question:
                return self.dead_button()
            if offer.value == CANCEL:
                return Cancel(asked)
            given = Given(offer.question, value=offer.value)
            return Answer(asked, given, said, chosen=offer.label)
        called = self.router.read(row.offers[slot])
        if called is None:
            return self.dead_button()
        handler, own = called
        return Call(handler, step or own, said=said, given=offer.given, button=Button(offer, row.id))

    def offered(self, delivery_id: int, slot: int, said: UserMessage) -> Meaning:
        """Return what it means to choose an offer of an earlier letter."""
        row = self.shown("", delivery_id)
        if row is None or row.closed or not 0 <= slot < len(row.offers):
            return self.dead_button()
        return self.chosen(row, slot, said)

    def stopped(self, conversation_id: int) -> Meaning:
        """Return that a question of theirs is stopped."""
        asked = next((each for each in self.parked if each.id == conversation_id), None)
        return Cancel(asked) if asked is not None else Say(refusals.nothing_to_cancel())

    def way_out(self, words: str) -> Meaning | None:
        """Return what words choose of the ways out of the open question, which was missed twice: by number or
        by label. None for none of them."""
        parked = self.parked[0]
        name, times, _text = parked.kept.get(MISSED, ("", 0, None))
        offered = self.offers_of(parked) if name == parked.question and times > 1 else []
        slot = self.slot_typed(words, offered)
        if slot is None:
            return None
        offer = offers.offer(offered[slot])
        if isinstance(offer, offers.Answers):
            return Cancel(parked) if offer.value == CANCEL else None
        called = self.router.read(offered[slot])
        return Call(*called) if called is not None else None

    def as_answer(self, delivery_id: int, said: UserMessage) -> Meaning:
        """Return what it means to answer an earlier letter with these words."""
        row = self.shown("", delivery_id)
        return (self.leads(row.on_reply, said, replied=True) if row else None) or self.dead_button()

    def asks_whether(self, row: Any, slot: int | None, said: UserMessage, also: Any = None) -> Call:
        """Return that they are asked whether words choose an offer of a message, answer it, or `also` one."""
        return self.take(Meant(row.id, slot, also.id if also is not None else None, said=said), said)

    def dead_button(self) -> Meaning:
        """Return what is said to a press on what is over: a place that rests is shown, which it may wake."""
        if refusals.only_rests(self.actor) and not self.parked:
            return Call(self.router.commands["start"])
        if self.parked:
            return Note(refusals.DEAD, refusals.DEAD_BUTTON)
        return Say(refusals.DEAD, refusals.DEAD_BUTTON, buttons=self.commands(HOME))

    def commands(self, names: Iterable[str]) -> list[offers.Button]:
        """Return the buttons of those of these commands that the one who acts may call."""
        theirs = [self.router.commands.get(name) for name in names]
        return [
            offers.Button(each.menu, Command(each.command), keep=True)
            for each in theirs
            if each is not None and each.menu is not None and may(each.needs, self.actor)
        ]

    # --- messages of ours ------------------------------------------------------------------------

    def shown(self, message: str, delivery_id: int | None = None) -> Any:
        """Return the delivery that a message of ours shows, with its offers; None for none."""
        return shown.pressed(
            self.db, self.chat.messenger, self.chat.id, delivery_id=delivery_id, message=message
        )

    def shows_open_question(self, row: Any) -> bool:
        """Whether a message whose buttons were taken off shows the very question that is open. It was asked
        again below what came in between, and whoever presses it has not seen that yet."""
        return bool(self.parked) and asked.is_same(self.db, row.letter_id, self.parked[0].letter_id)

    def led_to(self, message: str, said: UserMessage) -> Call | None:
        """Return where words lead in answer to a message of ours; None for nowhere."""
        stored = shown.on_reply(self.db, self.chat.messenger, self.chat.id, message)
        return self.leads(stored, said, replied=True)

    def leads(self, stored: Any, said: UserMessage, *, replied: bool = False) -> Call | None:
        """Return the call to which words in answer to a letter lead, as it is stored; None for none."""
        called = self.router.read(stored) if stored else None
        if called is None or not isinstance(called[1], Answerable):
            return None
        return Call(called[0], called[1].answered(said, replied=replied), said=said)

    # --- calling ---------------------------------------------------------------------------------

    def take_if_there(self, step: Step, said: UserMessage) -> Call | None:
        """Return the call of a step; None where no handler takes it."""
        return self.take(step, said) if step.name in self.router.handlers else None

    def take(
        self, step: Step, said: UserMessage = NOTHING, messages: Mapping[str, Any] | None = None
    ) -> Call:
        """Return the call of a step of the engine's own."""
        return Call(self.router.handlers[step.name], step, said=said, messages=messages)
