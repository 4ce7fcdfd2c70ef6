"""The words of the page, in every language that the bot has; what is told of people comes from the stage."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.markup import plain
from bot.text import Reader, Text, _, render

WORDS: Mapping[str, Text] = {
    # above the phones
    "title": _("mentorNET on stage"),
    "hint": _(
        "Everybody here is invented. Write on a phone as that person, press what the bot offers, and let "
        "time pass. “Why?” below a chat tells what the bot made of it."
    ),
    "example": _("Show an example"),
    "clock": _("Let time pass"),
    "hour": _("+ 1 hour"),
    "day": _("+ 1 day"),
    "week": _("+ 1 week"),
    "until_something": _("Until something happens"),
    "tools": _("The stage"),
    "more": _("More …"),
    "new_person": _("Somebody new"),
    "new_room": _("A new group"),
    "new_network": _("A new network"),
    "save": _("Save as a transcript"),
    "open": _("Open a transcript"),
    "start_again": _("Start again"),
    "language_of_page": _("Language of this page"),
    "phones": _("Phones"),
    "unread": _("{name} ({n} new)"),
    # a transcript that is open
    "script": _("The transcript"),
    "following": _("Next:"),
    "play_one": _("Play this line"),
    "play_rest": _("Play the rest"),
    # forms
    "do_it": _("OK"),
    "leave_it": _("Cancel"),
    "their_name": _("Name"),
    "network_name": _("Name of the network. Nobody is in it yet; whoever looks for a network finds it."),
    "role": _("Who this is"),
    "messenger": _("Messenger"),
    "phone_language": _("Language of the phone"),
    "led_by": _("Who leads the group"),
    # a phone
    "phone_of": _("The phone of {name}, on {title}"),
    "group_of": _("The group {name}, on {title}"),
    "chat_of": _("Chat of {name} with mentorNET"),
    "facts": _("{role} · {messenger}"),
    "role_member": _("Member"),
    "role_meta-mentor": _("Meta-mentor"),
    "role_deputy": _("Deputy"),
    "role_operator": _("Runs the bot"),
    "role_stranger": _("New here"),
    "role_room": _("Group"),
    "language_of": _("Language of {name}"),
    "write_as": _("Write as {name}"),
    "write_here": _("Write"),
    "who_writes": _("Who writes"),
    "send": _("Send"),
    "typing": _("mentorNET is typing …"),
    "answer": _("Answer: {text}"),
    "no_answer": _("Do not answer it"),
    "forwarded": _("Forwarded from {who}"),
    "changed": _("changed"),
    "gone": _("Deleted message"),
    "photo": _("A picture (invented)"),
    "voice": _("Voice note"),
    # what people do
    "deeds": _("More"),
    "deeds_of": _("More that {name} can do"),
    "send_voice": _("Send a voice note"),
    "send_photo": _("Send a picture"),
    "send_file": _("Send a file"),
    "sticker": _("Send a sticker"),
    "opens": _("Open the newest invitation link"),
    "edit": _("Change a message"),
    "delete": _("Delete a message"),
    "leave": _("Leave the network"),
    "blocks": _("Block the bot"),
    "comes_back": _("Unblock the bot"),
    "joins": _("Join the group"),
    "asks_in": _("Ask to come in"),
    "brings": _("Bring the bot in"),
    "takes_out": _("Take the bot out"),
    "mutes": _("Mute the bot"),
    "unmutes": _("Let the bot write"),
    "file_name": _("Name of the file"),
    "file_inside": _("What is in it, if that matters: a text"),
    "file_words": _("Words below it"),
    "which_message": _("Which message"),
    "new_words": _("Its new words"),
    "without_words": _("(without words)"),
    "did": _("{who}: {deed}"),
    "did_sticker": _("{who} sends a sticker"),
    "did_left": _("{who} blocks the bot"),
    "did_returned": _("{who} is back"),
    "did_opened": _("{who} comes by a link"),
    "did_newcomers": _("{who} joins the group"),
    "did_asksin": _("{who} asks to come in"),
    "did_added": _("{who} lets the bot in"),
    "did_removed": _("{who} takes the bot out"),
    "did_silenced": _("{who} mutes the bot"),
    "did_movedto": _("{who} moves the group"),
    # why
    "why": _("Why?"),
    "because": _("What happened before"),
    "time_passed": _("Time passed"),
    "understood": _("What the bot understood"),
    "came_due": _("Its time had come"),
    "meant_Call": _("Something begins: a command, a choice, or words of their own"),
    "meant_Answer": _("An answer to the open question"),
    "meant_Cancel": _("The open question should end"),
    "meant_Back": _("One question back"),
    "meant_Complete": _("One more part of an album"),
    "meant_Say": _("Something that only needs a word"),
    "meant_Note": _("A button that is over"),
    "meant_ShowWay": _("Somebody who has to write to the bot first"),
    "meant_Ignore": _("Nothing to do"),
    "meant_Instead": _("Something else than the bot has just asked"),
    "meant_Privately": _("To be answered in private"),
    "called": _("What the program called, and how that ended"),
    "handler_outcome": _("{handler}: {outcome}"),
    "others": _("Who else was told something"),
    # what cannot be
    "network_there": _("{name} is there now. Somebody new finds it with the command “card”."),
    "not_possible": _("That is not possible here and now."),
    "nothing_due": _("Nothing happens by itself in the next 60 days. The clock now shows that day."),
    "alike": _("A newer message begins with the same words, so a transcript could not tell the two apart."),
    "taken": _("There is somebody of this name already."),
    "bad_name": _("A name has letters, and perhaps spaces, up to 30 characters."),
    "quotes": _("The text in a file cannot hold straight quotation marks here."),
    "too_long": _("This is too long for one message."),
    "unreadable": _("This is no transcript: line {line} is not understood."),
    "no_line": _("The stage does not answer. Is the program still running?"),
}


def of(hint: str, languages: Sequence[str]) -> Mapping[str, Any]:
    """Return what a page has to know whose reader wants the language `hint` (BCP 47), of these languages:
    the first of them where it is another one."""
    wanted = hint.partition("-")[0].lower()
    language = wanted if wanted in languages else languages[0]
    reader = Reader(language)
    return {
        "language": language,
        "languages": [*languages],
        "words": {name: plain(render(text, reader)) for name, text in WORDS.items()},
    }
