"""How a turn ends for the one who acts: what they are told, what they are asked, and which questions are
over."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from bot.delivery import asked
from bot.delivery.letters import Content, Priority, packed
from bot.delivery.offers import Answers, Button, Menu
from bot.dialogue.dialogue import Dialogue, Said
from bot.dialogue.meaning.lost_rights import no_longer_theirs
from bot.dialogue.questions import CANCEL, Question, asks_for_number, kept_of, offers, takes
from bot.dialogue.router import Router
from bot.handler import Answerable, Handler, Step
from bot.text import AnyText, _, paragraphs, to_json
from db import shown
from db.engine import conversations, letters
from db.engine.actors import ActorRow
from db.engine.turn_ends import ParkedState, Reply, TurnEnd
from db.engine.turns import TurnSession
from db.models.sealed import Secret, keeps

Repeats = Literal["as usual", "not yet", "at last"]
"""Whether an open question is asked again below what is said: not yet, and not below later words either; or
at last, where it was left to wait."""


class Replies:
    """Builds the `ending` of a turn. `parked` are the questions that its replies come in between, the open
    one first."""

    def __init__(self, db: TurnSession, now: datetime, router: Router) -> None:
        self.ending = TurnEnd()
        self.parked: list[Any] = []
        self._db = db
        self._now = now
        self._router = router
        self._to: dict[str, Any] = {}
        self._pressed: list[dict[str, Any]] = []
        self._repeats: Repeats = "as usual"

    def go_to(
        self,
        messenger: str,
        chat: str,
        *,
        person_id: int | None = None,
        room_id: int | None = None,
        thread: str = "",
        reply_to: str | None = None,
    ) -> None:
        """Say all that follows in this chat."""
        self._to = {
            "person_id": person_id,
            "messenger": messenger,
            "chat": chat,
            "room_id": room_id,
            "thread": thread,
            "reply_to": reply_to,
            "priority": Priority.ANSWER,
        }

    def leave_out(self, question_ids: Collection[int]) -> None:
        """Do not ask these questions again: somebody else has them now."""
        self.parked = [each for each in self.parked if each.id not in question_ids]

    # --- telling ---------------------------------------------------------------------------------

    def say(self, text: AnyText, *buttons: Button) -> None:
        """Say something in the engine's own words."""
        self.finish([Said(text, buttons)])

    def finish(
        self,
        said: Sequence[Said],
        network_id: int | None = None,
        *,
        repeats: Repeats = "as usual",
        secret: bool = False,
    ) -> None:
        """Send what was said, which may be `secret`, and repeat the question that it interrupted, unless that
        is to wait. Its buttons act in the network."""
        if self.parked and repeats != "as usual":
            asked.let_wait(self._db, self.parked[0], waits=repeats == "not yet")
            self._repeats = repeats
        for lost, text in [*no_longer_theirs(self._db, self._router, self.parked)]:
            self.drop(lost)
            said = [*said, Said(text)]
        while said:
            # One message where three would do: words up to the first that has buttons or a picture.
            size = next((n for n, each in enumerate(said, 1) if each.ends_a_message), len(said))
            texts, last = [each.text for each in said[:size]], said[size - 1]
            instead = any(each.instead for each in said[:size])
            said = said[size:]
            is_plain = not last.ends_a_message and "on_reply" not in last.content
            if not said and is_plain and not instead and self._repeat(texts, secret=secret):
                return
            text = texts[0] if len(texts) == 1 else paragraphs(texts)
            content: Content = {**last.content, "network_id": network_id, "secret": secret}
            letter = packed(text, last.buttons, self._now, **content)
            replaces = self._instead_of_pressed() if instead else None
            self._send(letters.columns(**letter), expires_at=content.get("expires_at"), replaces=replaces)
        self._repeat([])

    def say_nothing(self) -> None:
        """Take back all that was said, because nobody is there any more: it would not arrive, and be taken
        for leaving once more, without an end."""
        self.ending.replies.clear()

    def show_menu(self, commands: Sequence[str]) -> None:
        """Give the chat a menu of its own with these commands; with none, everybody's."""
        self._send(letters.columns(body=None, offers=[], now=self._now, act=Menu(commands).to_json()))

    def _repeat(self, before: list[AnyText], *, secret: bool = False) -> bool:
        """Ask the open question again, below `before`, which may be `secret`. Return whether one is open."""
        if not self.parked or not self.parked[0].has_member:
            return False
        if self._repeats == "not yet" or (self._repeats == "as usual" and asked.waits(self.parked[0])):
            return False
        letter_id = asked.repeated(self._db, self.parked[0], now=self._now, before=before, secret=secret)
        if letter_id is not None:
            self.ending.replies.append(Reply(self._to, letter_id=letter_id))
        return letter_id is not None

    def repeat_for_others(self, notified: Mapping[int, Priority], me: int | None) -> None:
        """Ask their open questions again of those, except `me`, to whom a letter goes in between. Questions
        for which they have lost the role are over, and that is said."""
        others = [person_id for person_id in notified if person_id != me]
        parked = conversations.open_of_each(self._db, others)
        if not parked:
            return
        lost = [*no_longer_theirs(self._db, self._router, [each for own in parked.values() for each in own])]
        letters.close(self._db, [each.letter_id for each, _text in lost if each.letter_id is not None])
        conversations.drop_each(self._db.connection(), [each.id for each, _text in lost])
        told: dict[int, list[AnyText]] = {}
        for each, text in lost:
            parked[each.person_id].remove(each)
            told.setdefault(each.person_id, []).append(text)
        asked.repeat_each(self._db, parked, notified, self._now, before=told)

    def _send(self, letter: dict[str, Any], **delivery: Any) -> Reply:
        reply = Reply(self._to | {name: value for name, value in delivery.items() if value}, letter)
        self.ending.replies.append(reply)
        return reply

    # --- asking ----------------------------------------------------------------------------------

    def ask(
        self,
        question: Question,
        dialogue: Dialogue,
        handler: Handler,
        step: Step | None,
        *,
        known: ActorRow,
        album: str,
        parked: Any,
        chosen: AnyText | None,
        ways: Sequence[Button] = (),
    ) -> None:
        """Ask a question, and keep what its handler needs to go on. `album` is that of the message that led
        here; `parked` the question before, None where this is the first, and `chosen` what is shown there.
        `ways` are those out of a question that was missed again."""
        begins: dict[str, Any] = {}
        replaces = None
        kept = keeps(secretly=handler.sealed or isinstance(step, Answerable))
        if parked is None:
            begins = {
                "person_id": known.person_id,
                "network_id": known.network_id,
                "handler": handler.name,
                "args": kept(step.to_json() if step is not None else {}),
            }
        elif dialogue.edit_in_place:
            replaces = letters.shown(self._db, parked.letter_id, known.chat)
        else:
            self._close(parked, chosen)
        end = [(_("Cancel"), CANCEL)] if dialogue.misses(question) > 1 else []
        body = kept(asked.body([said.text for said in dialogue.said], question.text))
        self.ending.parked = ParkedState(
            parked.id if parked is not None else None,
            begins,
            {
                "answers": kept(dialogue.answers),
                "kept": kept(asked.kept(dialogue.kept, waits=False) | kept_of(question)),
                "words": dialogue.rest,
                "question": question.name,
                "takes": takes(question),
                "draft": dialogue.ticked or None,
                "asked_at": self._now,
                "heard": kept(dialogue.messages),
                "album": album or None,
            },
            self._send(letters.columns(body=body, offers=[], now=self._now), replaces=replaces),
            lambda conversation_id: kept(
                [
                    Answers(label, conversation_id, question.name, value, asks_for_number(question)).to_json()
                    for label, value in [*offers(question, dialogue.ticked), *end]
                ]
                + [way.offer(known.network_id) for way in ways]
            ),
        )

    def drop(self, parked: Any, chosen: AnyText | None = None) -> None:
        """End a question; `chosen` is shown in the place of its buttons."""
        self._close(parked, chosen)
        self.ending.dropped.append(parked.id)
        self.parked = [each for each in self.parked if each.id != parked.id]

    def press(self, delivery_id: int, label: AnyText, *, tapped: bool) -> None:
        """Take the buttons off one reader's message, and show there which was pressed. Where it was `tapped`,
        something else may take its place."""
        closings = letters.closings_of(self._db, delivery_id, to_json(label))
        self.ending.closings += closings
        self._pressed = closings if tapped else []

    def _instead_of_pressed(self) -> int | None:
        """Return the delivery whose message is replaced: nothing else has to leave to take its buttons off.
        None where there is none, or it is not known yet which message shows it."""
        pressed, self._pressed = self._pressed, []
        for closing in pressed:
            if shown.has_arrived(self._db, closing["replaces"]):
                closing["state"] = "sent"
                return int(closing["replaces"])
        return None

    def use(self, used: Iterable[dict[str, Any]]) -> None:
        """Note that the words of these messages went into something that is done."""
        self.ending.used += used

    def _close(self, parked: Any, chosen: AnyText | None) -> None:
        """Take the buttons off a question, and show what was chosen: as secret as its other answers."""
        if parked.letter_id is not None:
            kept = keeps(secretly=isinstance(parked.answers, Secret))
            self.ending.closed[parked.letter_id] = kept(to_json(chosen)) if chosen is not None else None
            if asked.quotes_file(parked):
                self.ending.forgotten.append(parked.letter_id)
