"""A handler's run, in its savepoint: it asks, or it is done; or it is not to be."""

import secrets
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.delivery import asked
from bot.delivery.offers import Button
from bot.dialogue.access import Who, as_of_today, may
from bot.dialogue.context import AFTERWARDS, WAYS_OUT, Context
from bot.dialogue.dialogue import Dialogue, Said
from bot.dialogue.interruptions import AnswersOther, GoesOn, Misused, Parked, Redirect, Undone
from bot.dialogue.meaning import answering, private, refusals
from bot.dialogue.meaning.lost_rights import OF_MEMBERS, no_longer_theirs
from bot.dialogue.meaning.meanings import Answer, Call, Meaning
from bot.dialogue.meaning.said import messages
from bot.dialogue.meaning.state import State
from bot.dialogue.questions import BROUGHT, Given
from bot.dialogue.replies import Replies
from bot.dialogue.router import Router
from bot.handler import Answerable, Handler, InNeed, Step, Stops, Timer
from bot.installation import Installation
from bot.markup import clean
from bot.message import Chat, Incoming, Left, Words
from bot.support.log import get
from bot.support.metrics import TurnResult
from bot.text import AnyText, Verbatim
from bot.user_message import UserMessage
from db import faults
from db.engine import actors, seen, timers, used
from db.engine.actors import Activity
from db.engine.turns import TurnSession
from db.models import Room
from db.network import members, networks

log = get("engine")

UNFINISHED = timedelta(days=1)
"""How long somebody has who was asked a first question, before it is looked whether they went on."""


class Running:
    """Runs the handlers of one turn.

    do:     carries out a meaning
    done:   whether a handler came to its end
    result: how the last run ended
    """

    def __init__(
        self,
        db: TurnSession,
        now: datetime,
        incoming: Incoming,
        chat: Chat,
        installation: Installation,
        router: Router,
        who: Who,
        replies: Replies,
    ) -> None:
        self.done = False
        self.result = TurnResult("engine", "nothing")
        self.room: Room | None = None
        self._db = db
        self._now = now
        self._incoming = incoming
        self._chat = chat
        self._installation = installation
        self._router = router
        self._who = who
        self._replies = replies
        self._began = time.perf_counter()
        self.do: Callable[[Meaning], None]

    # --- calling ---------------------------------------------------------------------------------

    def call(self, call: Call) -> None:
        """Start a handler from its top."""
        handler = call.handler
        if not may(handler.needs, self._who.actor):
            self._refuse(handler)
            return
        heard = call.messages
        if heard is None:
            said = [call.what.said] if isinstance(call.what, Answerable) else []
            heard = messages([call.said, *said], call.given)
        # The same question asked twice in a network is one question: the newer takes the place of the older.
        here = self._who.actor.known.network_id if self._who.actor is not None else None
        for old in [each for each in self._replies.parked if each.handler == handler.name]:
            if old.network_id == here and not (
                isinstance(call.what, Answerable) and old.heard.keys() - heard
            ):
                self._replies.drop(old)  # but for one about words that would be lost with it
        files = [each.to_json() for each in call.said.media] if call.what is None else []
        dialogue = Dialogue(
            answers=dict(call.given or {}),
            kept={BROUGHT: files} if files else {},
            rest=call.rest,
            rest_for=handler.rest,
            sub=handler.sub,
            messages=dict(heard),
        )
        self._run(call, dialogue, None)

    def answer(self, answer: Answer) -> None:
        """Call a parked handler again, in the network in which it was begun."""
        parked = answer.parked
        called = self._router.revive(parked)
        if called is None:  # renamed or gone since it was parked
            self._replies.drop(parked)
            self._dead_button()
            return
        handler, step = called
        self._no_longer_doubt(parked)
        self._who.act_as(self._who.acting.inside(parked.network_id))
        if self._who.acting.known.member_id is None and handler.needs in OF_MEMBERS:
            self._replies.drop(parked)
            self.not_inside(parked.network_id, handler)
            return
        if not may(handler.needs, self._who.actor):  # a role was taken back since it was parked
            over = [text for _each, text in no_longer_theirs(self._db, self._router, [parked])]
            self._replies.drop(parked)
            if over:
                self._replies.say(over[0])
                self.log(handler, "not allowed")
            else:
                self._refuse(handler)
            return
        dialogue = Dialogue(
            answers=dict(parked.answers if answer.answers is None else answer.answers),
            kept=dict(parked.kept),
            rest=parked.words,
            rest_for=handler.rest,
            sub=handler.sub,
            ticked=list(parked.draft or []),
            messages=dict(parked.heard if answer.messages is None else answer.messages),
            given=answer.given,
        )
        self._run(Call(handler, step, said=answer.said), dialogue, answer)

    def _run(self, call: Call, dialogue: Dialogue, answer: Answer | None) -> None:
        """Run a handler in a savepoint; `answer` is what it is called again with, None from its top."""
        handler = call.handler
        parked = answer.parked if answer is not None else None
        context = self._context(dialogue, handler)
        before = self._db.writes
        savepoint = self._db.begin_nested()
        try:
            handler.call(context, as_of_today(self._db, call.what))
            self._db.flush()
            did = self._db.writes != before
            _may_count(handler, dialogue, did=did, linked=call.linked)
            savepoint.commit()
        except Parked as wait:
            savepoint.rollback()
            self._park(call, dialogue, context, wait, answer)
        except Redirect as other:
            savepoint.rollback()
            if parked is not None:
                self._replies.drop(parked, self._chosen(answer, dialogue))
            step = other.target if isinstance(other.target, Step) else None
            target = self._router.handlers[other.target.name]
            self.call(Call(target, step, other.rest, call.said, linked=call.linked))
        except AnswersOther as other:
            savepoint.rollback()
            self._leave_to(other, answer)
        except GoesOn as other:
            savepoint.rollback()
            if parked is not None:
                self._replies.drop(parked, self._chosen(answer, dialogue))
            self.do(other.means(self.state()))
        except Undone as undone:
            savepoint.rollback()
            if parked is not None:
                self._replies.drop(parked)
            self._replies.say(undone.text)
            self.log(handler, "undone")
            if answer is not None and (meaning := self._anew(answer)) is not None:
                self.do(meaning)
        except Exception as error:
            savepoint.rollback()
            if faults.is_in_the_way(error):
                raise
            self._failed(handler, error)
        else:
            self.done = True
            if parked is not None:
                self._replies.drop(parked, self._chosen(answer, dialogue))
            if did and not isinstance(call.what, InNeed):  # which are looked at anew when they are changed
                self._replies.use(
                    used.row(message, words, by=handler.name, now=self._now)
                    for message, (_question, words) in dialogue.messages.items()
                )
            self._say_unused(dialogue.unused_at_last(), call, dialogue)
            self._replies.leave_out(context.not_theirs)
            said = [*dialogue.said, *self._afterwards(call, context)]
            self._replies.finish(said, context.network_id, repeats=context.repeats, secret=handler.sealed)
            me = self._who.actor.known.person_id if self._who.actor is not None else None
            self._replies.repeat_for_others(context.notified, me)
            self.log(handler, "done")

    def _afterwards(self, call: Call, context: Context) -> list[Said]:
        """Return what is said below what was done, in a private chat of somebody who is there."""
        if context.actor is None or context.room is not None or isinstance(call.what, Left):
            return []
        return [said for after in AFTERWARDS if (said := after(context)) is not None]

    def _context(self, dialogue: Dialogue, handler: Handler) -> Context:
        dialogue.reader = self._who.reader
        return Context(
            db=self._db,
            now=self._now,
            installation=self._installation,
            router=self._router,
            dialogue=dialogue,
            actor=self._who.actor,
            reader=self._who.reader,
            sealed=handler.sealed,
            is_admin=self._incoming.sender_is_admin,
            room=self.room,
            thread=self._chat.thread if self.room is not None else "",
        )

    def _park(
        self, call: Call, dialogue: Dialogue, context: Context, wait: Parked, answer: Answer | None
    ) -> None:
        """Ask the question for which a handler waits, unless what was said is none of its answers, and means
        something else."""
        refused = dialogue.refused
        lost = _lost(dialogue, context)
        if lost:
            self._failed(call.handler, Misused(lost).with_traceback(wait.__traceback__))
        elif refused is not None and (other := self._otherwise(refused, answer)) is not None:
            self.do(other)
        else:
            known = self._who.acting.known
            self._say_unused(dialogue.unused(wait.question.name), call, dialogue)
            if dialogue.language:
                actors.record_activity(
                    self._db, [(known, Activity(known.chat, dialogue.language))], self._now
                )
            self._replies.ask(
                wait.question,
                dialogue,
                call.handler,
                call.what,
                known=known,
                album=call.said.album,
                parked=answer.parked if answer is not None else None,
                chosen=self._chosen(answer, dialogue),
                ways=[*_ways_out(context)] if dialogue.misses(wait.question) > 1 else [],
            )
            if call.handler.unfinished is not None and answer is None:
                self._look_again(call.handler.unfinished, known.person_id)
            self.log(call.handler, "asked")

    def _otherwise(self, refused: UserMessage, answer: Answer | None) -> Meaning | None:
        """Return what words mean that a question does not take; None where they are only no answer."""
        state = self.state()
        if answer is not None:
            return answering.otherwise(answer, refused, state)
        return state.take(InNeed(said=refused), refused) if state.is_need(refused.words) else None

    def _anew(self, answer: Answer) -> Meaning | None:
        """Return what words mean whose question is over, which they do not choose an answer of; None for a
        choice, which is over with it."""
        said, state = answer.given.said if answer.given is not None else None, self.state()
        if said is None or state.slot_typed(said.words, state.offers_of(answer.parked)) is not None:
            return None
        return private.anew(said, state)

    def _look_again(self, unfinished: type[Timer], person_id: int) -> None:
        """Plan a look at whether somebody went on with what has just asked its first question."""
        timer, about = unfinished.from_json({"person_id": person_id}), f"{unfinished.name} {person_id}"
        timers.call_off(self._db, about)
        timers.schedule(self._db, self._now + UNFINISHED, timer.name, timer.to_json(), about)

    def _say_unused(self, words: str, call: Call, dialogue: Dialogue) -> None:
        """Say, before everything else, that words after a command were not used; those of a link are
        nobody's."""
        if words and not call.linked:
            dialogue.said.insert(0, Said(refusals.not_used(words)))

    def _leave_to(self, other: AnswersOther, answer: Answer | None) -> None:
        """Give what was said to a question that was open before."""
        if answer is not None:
            self._replies.drop(answer.parked, self._chosen(answer, Dialogue()))
        asked = next((each for each in self._replies.parked if each.id == other.conversation_id), None)
        if asked is None:
            self._dead_button()
        else:
            self.answer(Answer(asked, Given(asked.question, other.said), other.said))

    def _no_longer_doubt(self, parked: Any) -> None:
        """Take back the question whether another one is to be stopped, once that is answered."""
        for each in [each for each in self._replies.parked if each.handler == Stops.name]:
            if Stops.from_json(each.args).question == parked.id:
                self._replies.drop(each)

    def _chosen(self, answer: Answer | None, dialogue: Dialogue) -> AnyText | None:
        """Return what is shown in the place of the buttons of an answered question: the label that was
        pressed, or whose number was typed, else the words; nothing where they were no answer."""
        if answer is not None and answer.chosen is not None:
            return answer.chosen
        event = self._incoming.event
        if answer is None or not isinstance(event, Words) or not event.text or dialogue.refused is not None:
            return None
        label = self.state().label_taken(answer.parked, event.text)
        return label or (None if asked.quotes_file(answer.parked) else Verbatim(event.text[:60]))

    # --- what can go wrong -----------------------------------------------------------------------

    def _refuse(self, handler: Handler) -> None:
        if self._incoming.sender is None:
            self._replies.say(refusals.faceless())
        elif self._who.actor is None:
            self.show_way()
        else:
            self._replies.say(refusals.not_allowed(handler.needs, self._who.actor))
            self.log(handler, "not allowed")

    def not_inside(self, network_id: int, handler: Handler) -> None:
        """Say that they are no longer in the network to which something belongs."""
        name = networks.name_of(self._db, network_id)
        rests = members.resting(self._db, self._who.acting.known.person_id, network_id)
        self._replies.say(refusals.resting(rests) if rests else refusals.not_inside(name, handler))
        self.log(handler, "not inside")

    def show_way(self) -> None:
        """Show somebody in a room to whom the bot cannot write how that becomes possible, once a day."""
        sender = self._incoming.sender
        assert sender is not None and self.room is not None
        once = seen.secret(self._db, "way", self.room.id, sender.account, self._now.date())
        if not seen.first_time(self._db, once, self._now):
            return
        network = self.room.network
        link = self._installation.way(self.room.messenger, networks.card(network) if network else "")
        self._replies.say(refusals.the_way(clean(self._incoming.name)[:60], link))
        self.log(None, "showed the way")

    def _dead_button(self) -> None:
        self.do(self.state().dead_button())

    def _failed(self, handler: Handler, error: Exception) -> None:
        number = secrets.token_hex(3)
        self.log(handler, "failed", number=number, error=error)
        self._replies.say(refusals.failed(number))

    def log(self, handler: Handler | None, outcome: str, **more: Any) -> None:
        """Log how the turn ended, so far."""
        event = type(self._incoming.event).__name__.lower()
        self.result = report(event, self._router.shown(handler), outcome, self._began, **more)

    def state(self) -> State:
        """Return what is open for the one who acts."""
        parked = self._replies.parked if self._chat.private else self._who.parked
        marks = self._installation.marks_on(self._chat.messenger)
        return State(
            self._db, self._now, self._router, self._chat, self._who.reader, self._who.actor, parked, marks
        )


def report(of: str, handler: str, outcome: str, began: float, **more: Any) -> TurnResult:
    """Log how a turn ended that began then (`time.perf_counter()`), and return it."""
    result = TurnResult(handler, outcome, round(time.perf_counter() - began, 4))
    write = log.error if "error" in more else log.info
    write("turn", of=of, handler=handler, outcome=outcome, seconds=result.seconds, **more)
    return result


def _lost(dialogue: Dialogue, context: Context) -> str:
    """Return what a handler did that its question would lose; "" for nothing."""
    if context.notified:
        return "others were told before the last question"
    if any(said.ends_a_message for said in dialogue.said):
        return "a button or a file was said before a question, which keeps only the words"
    return ""


def _ways_out(context: Context) -> Iterator[Button]:
    """Yield what is offered to somebody whose words were missed again, besides the end of the question."""
    for way in WAYS_OUT:
        if (button := way(context)) is not None:
            yield button


def _may_count(handler: Handler, dialogue: Dialogue, *, did: bool, linked: bool) -> None:
    """Check that what a handler did was asked for. Raises Undone where an answer was given that it had no
    question for, because something is not as it was when it asked; and where a link alone would have done
    it. What it only says is true and stays."""
    unused = dialogue.given is not None or dialogue.outdated
    if unused and (did or not dialogue.said):
        raise Undone(refusals.not_asked(handler))
    if linked and did and not handler.payload:
        raise Undone(refusals.only_opened(handler))
