"""What the bot cannot carry: a sentence for each kind, and the words that came with it go on."""

from collections.abc import Mapping

from bot import Context, Text, Unasked, Unsupported, UserMessage, _, on
from db.help import relays
from handlers.protecting import need
from handlers.talking import carrying

OTHER = _("I can pass on text, voice notes, pictures and files, but not this. Please write what you mean.")
CANNOT: Mapping[str, Text] = {
    "sticker": _("I cannot pass on stickers. You can say it in words."),
    "animation": _("I cannot pass on moving pictures. You can send a photo, a video or words."),
    "location": _("I cannot pass on a place on the map. Please write the address."),
    "venue": _("I cannot pass on a place on the map. Please write the address."),
    "contact": _("I cannot pass on a contact. Ask the person first, then write the name and number."),
    "poll": _("I cannot pass on polls. Please write your question."),
    "dice": _("I cannot pass on games. You can say it in words."),
    "game": _("I cannot pass on games. You can say it in words."),
    "story": _("I cannot open stories. Please write what is in it, or send a picture of it."),
    "checklist": _("I cannot pass on lists to tick off. Please write it as text."),
    "files": _("I cannot open several pictures in one message. Please send them one by one."),
    "call": _("I am a program and cannot answer calls. Please write, or send a voice note."),
    "verification": _(
        "I cannot compare emoji: I am a program and have no screen. You can just write on; your messages "
        "are encrypted all the same."
    ),
    "undecryptable": _(
        "I could not decrypt your last message. Please send it again. If that does not help, open a new "
        "chat with me."
    ),
    "withheld": _(
        "I could not decrypt your last message: your app gives its keys only to devices that you have "
        "verified. In its settings, under security or encryption, turn off “Never send encrypted messages "
        "to unverified devices”. Then send the message again."
    ),
    "odd": _("I could not read your last message: I do not know its form. Please write it as text."),
    "new": _("Your app has sent something that I do not know yet. Please write it as text."),
}
"""What is said of each kind, as adapters name it."""
AS_TEXT = ("location", "venue", "contact", "poll", "dice", "sticker")
"""Kinds of which the words say all that is in them."""


@on(Unsupported)
def unsupported(ctx: Context, event: Unsupported) -> None:
    """Say what cannot be carried. Words that came with it are carried in a conversation, and else go where
    all words go."""
    talks = relays.open_of(ctx.db, ctx.person.id)
    if event.text and len(talks) != 1:
        ctx.redirect(Unasked(said=UserMessage(event.text)))
    if event.kind not in (*AS_TEXT, "notice") or not event.text:
        ctx.say(CANNOT.get(event.kind, OTHER))
    elif event.kind != "notice":
        ctx.say(_("I pass that on as text."))
    if event.text:
        need.beside(ctx, event.text)
        carrying.carry(ctx, talks[0], UserMessage(event.text))
