"""What the engine says where something cannot be done."""

from math import ceil

from bot.adapter import LARGEST_FILE
from bot.dialogue.access import Actor
from bot.dialogue.dialogue import CHANGED
from bot.handler import Handler, Role
from bot.text import AnyText, Command, _, paragraphs
from bot.user_message import UserMessage
from db.models import Member
from db.network import members

LONGEST_QUOTE = 60
"""Characters of somebody's words that are enough for them to know which are meant."""


def too_large(said: UserMessage) -> AnyText:
    """Return what is said to a file that not every messenger carries."""
    size, most = (ceil(n / 2**20) for n in (said.media[0].size or 0, LARGEST_FILE))
    return _(
        "That file is too large: it has {size} MB, and I can pass on {most} MB. Can you make it "
        "smaller, or write what is in it?",
        size=size,
        most=most,
    )


def one_file() -> AnyText:
    """Return what is said to the second of several files that were sent as one, where one is asked for."""
    return _("I take one file at a time, so I have used only the first.")


def used_already(handler: Handler | None) -> AnyText:
    """Return what is said where words are changed that have gone into something that is done."""
    if handler is not None and handler.menu is not None:
        return _(
            "I have already used your words as they were, for “{what}”. Changing them here changes nothing.",
            what=handler.menu,
        )
    return _("I have already used your words as they were. Changing them here changes nothing.")


def not_used(words: str) -> AnyText:
    """Return what is said to words after a command that answer none of its questions."""
    return _("I have not used “{words}”: it answers nothing that I ask here.", words=words[:LONGEST_QUOTE])


def unknown_command(word: str, meant: Handler | None) -> AnyText:
    """Return what is said to a command that nobody knows, in a private chat; `meant` is the probable one."""
    text: AnyText = _("I do not know the command {command}.", command=Command(word[:40]))
    if meant is not None:
        text = _(
            "I do not know the command {command}. Did you mean {meant}?",
            command=Command(word[:40]),
            meant=Command(meant.command),
        )
    return paragraphs(text, _("{help} shows what I can do.", help=Command("help")))


def unknown_command_here(word: str) -> AnyText:
    """Return what is said to a command that nobody knows, in a room."""
    return _(
        "I do not know the command {command}. {help} shows what I can do here.",
        command=Command(word[:40]),
        help=Command("help"),
    )


def between_us(command: str, link: str) -> AnyText:
    """Return what is said in a room to a command that belongs to the private chat; `link` leads there, ""
    where there is none."""
    if link:
        return _(
            "{command} works only in our private chat: {link}",
            command=Command(command),
            link=link,
        )
    return _("{command} works only in our private chat. Please write it there.", command=Command(command))


def the_way(name: str, link: str) -> AnyText:
    """Return what is said to somebody in a room to whom the bot cannot write."""
    if link:
        return _("{name}, we do that in our private chat. Please open it first: {link}", name=name, link=link)
    return _("That is for members of the network, in our private chat.")


def faceless() -> AnyText:
    """Return what is said in a room to somebody who writes in the name of the group."""
    return _("I cannot see who you are. Please write that under your own name, not as the group.")


DEAD = _("This button no longer works: what it belonged to is over.")
DEAD_BUTTON = "dead button"
"""What the log calls a press on such a button."""
SAVED = _("This is saved already.")


def not_inside(network: str, handler: Handler) -> AnyText:
    """Return what is said to somebody who is no longer in the network to which something belongs."""
    if handler.menu is None:
        return _("You are no longer a member of <b>{network}</b>, so this is over.", network=network)
    return _(
        "You are no longer a member of <b>{network}</b>, so I have cancelled “{what}”. What you wrote "
        "for it went to nobody.",
        network=network,
        what=handler.menu,
    )


def no_longer_coordinates(network: str, handler: Handler) -> AnyText:
    """Return what is said to somebody from whom the role was taken that a question of theirs needs."""
    if handler.menu is None:
        return _("You no longer coordinate <b>{network}</b>, so this is over.", network=network)
    return _(
        "You no longer coordinate <b>{network}</b>, so I have cancelled “{what}”. What you wrote for it went "
        "to nobody.",
        network=network,
        what=handler.menu,
    )


def not_allowed(needs: Role, actor: Actor) -> AnyText:
    """Return what is said to somebody who has not the role that a handler needs."""
    if needs is Role.OPERATOR:
        mine = actor.identity
        return _(
            "Only the people who run this bot can do that. If you are one of them, write "
            "<code>{account}</code> into its config, at operators.accounts.",
            account=f'"{mine.messenger}:{mine.account}"',
        )
    if actor.known.member_id is None and (rests := members.resting(actor.db, actor.known.person_id)):
        return resting(rests)
    if actor.known.member_id is None:
        return _(
            "This is for members. If you have an invitation code, just type it here. {start} shows how else "
            "you can join.",
            start=Command("start"),
        )
    return _("Only those who coordinate your network can do that. They are glad to help if you ask them.")


def only_rests(actor: Actor | None) -> bool:
    """Whether the one who acts is in no network, but has a place that rests."""
    if actor is None or actor.known.member_id is not None:
        return False
    return members.resting(actor.db, actor.known.person_id) is not None


def resting(member: Member) -> AnyText:
    """Return what is said to somebody whose place in a network rests."""
    if member.may_wake:
        return _(
            "Your place in <b>{network}</b> rests. {resume} wakes it.",
            network=member.network.name,
            resume=Command("resume"),
        )
    return _(
        "Your place in <b>{network}</b> rests while something is looked at, so I cannot do that now.",
        network=member.network.name,
    )


def failed(number: str) -> AnyText:
    """Return what is said after a mistake of ours; `number` is that in the log."""
    return _(
        "Something went wrong on my side. Nothing was changed. Please try again later. If it happens again, "
        "send this number to those who coordinate your network: <b>{number}</b>.",
        number=number,
    )


def not_asked(handler: Handler) -> AnyText:
    """Return what is said where an answer was given that the handler had no question for."""
    begin = [_("{command} starts again.", command=Command(handler.command))] if handler.command else []
    return paragraphs(CHANGED, _("Nothing was done."), begin)


def only_opened(handler: Handler) -> AnyText:
    """Return what is said where a link alone would have done something."""
    assert handler.menu is not None, "links lead to commands"
    return _(
        "You came here by a link for “{what}”. A link alone does not do that: {command} does.",
        what=handler.menu,
        command=Command(handler.command),
    )


def nothing_to_cancel() -> AnyText:
    """Return what is said to /cancel where nothing is open."""
    return _("Nothing is open that I could cancel.")


def no_way_back(*, has_question: bool) -> AnyText:
    """Return what is said to /back where there is no question before, or none at all."""
    if not has_question:
        return _("There is nothing to go back to.")
    return _("This is the first question. {cancel} cancels it.", cancel=Command("cancel"))


def stopped(handler: Handler | None, *, words_only: bool) -> AnyText:
    """Return what is said after /cancel; `words_only` where it was only asked for whom some words are."""
    if words_only:
        return _("All right. Nobody got those words.")
    if handler is not None and handler.menu is not None:
        return _("Cancelled: {what}.", what=handler.menu)
    return _("Cancelled.")
