"""Adapters that are finished but for one promise, which they break. The suite has to see every one of them.

Each stands before a messenger's own adapter and knows nothing of that messenger, so a new messenger is tried
with all of them by itself. `seen_by` is a test that has to fail.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from bot.adapter import Adapter, Later, Receive, Refused, SendError, Unreachable
from bot.markup import quote
from bot.message import (
    Deleted,
    Identity,
    Incoming,
    MessageRef,
    Newcomers,
    Outgoing,
    Pressed,
    Words,
)
from tests.contract.driver import Driver


class Fault:
    """An adapter, whole; those below break one promise each, which their docstrings name."""

    seen_by: ClassVar[str]

    def __init__(self, driver: Driver) -> None:
        self.driver, self.adapter = driver, driver.adapter

    def __getattr__(self, name: str) -> Any:
        return getattr(self.adapter, name)

    async def run(self, receive: Receive) -> None:
        async def take(incoming: Incoming) -> None:
            for each in await self.hands_over(incoming):
                await receive(each)

        await self.adapter.run(take)

    async def hands_over(self, incoming: Incoming) -> Sequence[Incoming]:
        """Return what becomes of an event on its way to the engine."""
        return [incoming]

    async def send(self, message: Outgoing) -> MessageRef:
        return await self.adapter.send(message)

    async def releases(self) -> None:
        """Let go of what the fault keeps, once it was seen."""
        await self.adapter.close()


# --- what comes in -----------------------------------------------------------------------------------


class IgnoresDeletions(Fault):
    """People's deletions ignored"""

    seen_by = "test_a_message_that_is_taken_back_is_named"

    async def hands_over(self, incoming: Incoming) -> Sequence[Incoming]:
        return [] if isinstance(incoming.event, Deleted) else [incoming]


class DropsWhatIsNotStored(Fault):
    """Not stored and dropped"""

    seen_by = "test_what_could_not_be_stored_comes_again"

    async def run(self, receive: Receive) -> None:
        async def take(incoming: Incoming) -> None:
            try:
                await receive(incoming)
            except RuntimeError:
                return

        await self.adapter.run(take)


class TakesTheFirstOfSeveral(Fault):
    """Only the first of several attachments, of those that come in"""

    seen_by = "test_all_files_that_are_sent_as_one_come_and_belong_together"

    def __init__(self, driver: Driver) -> None:
        super().__init__(driver)
        self._albums: set[str] = set()

    async def hands_over(self, incoming: Incoming) -> Sequence[Incoming]:
        album = incoming.event.album if isinstance(incoming.event, Words) else ""
        if album in self._albums:
            return []
        self._albums |= {album} - {""}
        return [incoming]


class IgnoresNewcomers(Fault):
    """Newcomers ignored"""

    seen_by = "test_who_comes_into_a_room_is_named"

    async def hands_over(self, incoming: Incoming) -> Sequence[Incoming]:
        return [] if isinstance(incoming.event, Newcomers) else [incoming]


class _TakesAllForUs(Fault):
    """Hands over what is not for us"""

    async def hands_over(self, incoming: Incoming) -> Sequence[Incoming]:
        wrong, self.driver.not_for_us = self.driver.not_for_us, []
        ids = {each.id for each in wrong}
        return [*wrong, *([] if incoming.id in ids else [incoming])]


class TakesEveryWordForUs(_TakesAllForUs):
    """Every word in a group taken as said to us"""

    seen_by = "test_what_people_say_to_each_other_is_not_said_to_us"


class TakesTapsElsewhereForPresses(_TakesAllForUs):
    """Taps on others' messages are presses"""

    seen_by = "test_a_tap_on_a_message_of_others_is_no_press"


class PressesAgainWhatIsTakenBack(Fault):
    """Taps taken back are presses"""

    seen_by = "test_a_tap_that_is_taken_back_is_no_press"

    def __init__(self, driver: Driver) -> None:
        super().__init__(driver)
        self._pressed: Pressed | None = None

    async def hands_over(self, incoming: Incoming) -> Sequence[Incoming]:
        if isinstance(incoming.event, Pressed):
            self._pressed = incoming.event
        if isinstance(incoming.event, Deleted) and self._pressed is not None:
            return [replace(incoming, event=self._pressed)]
        return [incoming]


class HearsItself(Fault):
    """Own messages heard as people's"""

    seen_by = "test_our_own_messages_are_not_handed_over"

    async def run(self, receive: Receive) -> None:
        self._receive = receive
        await self.adapter.run(receive)

    async def send(self, message: Outgoing) -> MessageRef:
        sent = await self.adapter.send(message)
        ourselves = Identity(self.adapter.name, "ourselves")
        await self._receive(Incoming(sent.id, Words(message.plain, sent.id), message.chat, ourselves, "We"))
        return sent


class StaysDeaf(Fault):
    """A broken line never opened anew"""

    seen_by = "test_a_broken_line_is_opened_anew"

    async def hands_over(self, incoming: Incoming) -> Sequence[Incoming]:
        if self.driver.line_was_cut:
            await asyncio.Event().wait()
        return [incoming]


class ShowsNoSignOfLife(Fault):
    """No heartbeat"""

    seen_by = "test_each_answer_of_the_messenger_is_a_sign_of_life"
    last_heard_at = 1.0


# --- what goes out -----------------------------------------------------------------------------------


class DeletesNothing(Fault):
    """Delete does nothing"""

    seen_by = "test_a_message_of_ours_is_taken_back"

    async def delete(self, message: MessageRef) -> None:
        """Do nothing."""


class LosesMarkup(Fault):
    """Markup lost"""

    seen_by = "test_markup_is_shown"

    async def send(self, message: Outgoing) -> MessageRef:
        return await self.adapter.send(replace(message, html=quote(message.plain)))


class EditsAnotherVersion(Fault):
    """A second edit names another version than that messenger wants"""

    seen_by = "test_each_edit_names_what_the_send_before_returned"

    async def send(self, message: Outgoing) -> MessageRef:
        sent = await self.adapter.send(message)
        return replace(sent, id=f"{sent.id}0") if message.replaces else sent


class SendsTheFirstOfSeveral(Fault):
    """Only the first of several attachments, of those that go out"""

    seen_by = "test_all_of_several_files_arrive"

    async def send(self, message: Outgoing) -> MessageRef:
        return await self.adapter.send(replace(message, carried=message.carried[:1]))


# --- what goes wrong ---------------------------------------------------------------------------------


class _Misnames(Fault):
    """Says failures of a send as others"""

    async def send(self, message: Outgoing) -> MessageRef:
        try:
            return await self.adapter.send(message)
        except SendError as error:
            raise self.named(error) from None

    def named(self, error: SendError) -> Exception:
        """Return the error that is raised instead."""
        raise NotImplementedError


class RefusesWhatIsTooFast(_Misnames):
    """Rate limit answered as refusal"""

    seen_by = "test_too_fast_is_later"

    def named(self, error: SendError) -> Exception:
        return Refused("too fast") if isinstance(error, Later) and error.too_fast else error


class RefusesWhateverFails(_Misnames):
    """Every failure a refusal"""

    seen_by = "test_a_broken_line_is_later_whatever_is_sent"

    def named(self, error: SendError) -> Exception:
        return Refused(str(error))


class LetsBrokenLinesThrough(_Misnames):
    """OSError out of send"""

    seen_by = "test_a_broken_line_is_later_whatever_is_sent"

    def named(self, error: SendError) -> Exception:
        broken = isinstance(error, Later) and not error.too_fast
        return ConnectionResetError("the line is broken") if broken else error


class RefusesStrangers(_Misnames):
    """An unregistered account refused instead of unreachable"""

    seen_by = "test_a_chat_that_there_is_not_is_unreachable"

    def named(self, error: SendError) -> Exception:
        return Refused("no such account") if isinstance(error, Unreachable) else error


# --- beginning and end -------------------------------------------------------------------------------


class StartsBesideItself(Fault):
    """A second start leaks the first line"""

    seen_by = "test_a_second_start_takes_up_where_the_first_was_and_lets_go_of_its_line"

    def __init__(self, driver: Driver) -> None:
        super().__init__(driver)
        self._used: list[Adapter] = []

    async def start(self) -> None:
        if self._used:
            self.adapter = self.driver.another()
        self._used.append(self.adapter)
        await self.adapter.start()

    async def releases(self) -> None:
        for adapter in self._used:
            await adapter.close()


class NeverCloses(Fault):
    """Close does nothing"""

    seen_by = "test_nothing_stays_open_after_the_close"

    async def close(self) -> None:
        """Do nothing."""


FAULTS: Sequence[type[Fault]] = [
    fault
    for kind in (Fault, _TakesAllForUs, _Misnames)
    for fault in kind.__subclasses__()
    if hasattr(fault, "seen_by")
]
"""All of them."""
