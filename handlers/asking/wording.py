"""A request in words: as its asker knows it again, and as a peer reads it."""

from bot import AnyText, UserMessage, Verbatim, _, form, paragraphs
from bot.user_message import unpacked
from db.models import HelpRequest
from handlers.vocabulary import topic_name

KINDS = {
    "voice": _("a voice note"),
    "audio": _("a recording"),
    "photo": _("a picture"),
    "video": _("a video"),
    "video_note": _("a video"),
    "document": _("a file"),
}
"""What can be sent with a request."""
WHY = _("The people I ask read it, and can then tell whether they can help.")
"""Why somebody is asked for the words of a request; likewise for the two below."""
WHY_NAME = _("With your name you are answered more easily. Without it nobody learns that it is you.")
WHY_TOPIC = _("So that those who know about it are asked first.")


def gist(request: HelpRequest) -> AnyText:
    """Return a request as its asker knows it again: its first words, or what was sent."""
    if request.need:
        return form("<blockquote>{need}</blockquote>", need=shortened(request.need))
    things = [KINDS[each["kind"]] for each in request.media]
    return form("<blockquote>{things}</blockquote>", things=list(things)) if things else _("(words deleted)")


def in_a_line(request: HelpRequest) -> AnyText:
    """Return the first words of a request, or what was sent, for a line of a list."""
    if request.need:
        return Verbatim(shortened(" ".join(request.need.split()), 80))
    things = [KINDS[each["kind"]] for each in request.media]
    return form("{things}", things=list(things)) if things else _("(words deleted)")


def shortened(words: str, limit: int = 200) -> str:
    """Return words, cut where they are longer than `limit` characters."""
    return words if len(words) <= limit else words[: limit - 1] + "…"


def named(request: HelpRequest) -> AnyText:
    """Return a request as a part of a sentence, for a peer to read."""
    topic = topic_name(request.topic)
    if request.anonymous:
        return _("the question ({topic})", topic=topic)
    return _("{name}’s question ({topic})", name=request.asker.person.name, topic=topic)


def question(request: HelpRequest) -> AnyText:
    """Return a request as a peer reads it."""
    topic = topic_name(request.topic)
    network, name = request.asker.network.name, request.asker.person.name
    if request.anonymous:
        head = _("Somebody from <b>{network}</b> has a question: {topic}.", network=network, topic=topic)
    else:
        head = _(
            "{name} from <b>{network}</b> has a question: {topic}.", name=name, network=network, topic=topic
        )
    if request.urgent_at is not None:
        head = _("<b>Urgent:</b> {question}", question=head)
    need = [form("<blockquote>{need}</blockquote>", need=request.need)] if request.need else []
    return paragraphs(head, *need, _("Can you help?"))


def mine(request: HelpRequest) -> AnyText:
    """Return a request as a part of a sentence to its asker."""
    return _("your question about {topic}", topic=topic_name(request.topic))


def enclosed(request: HelpRequest) -> UserMessage:
    """Return what was sent with a request."""
    return UserMessage(media=unpacked(request.media))


def about(request: HelpRequest) -> str:
    """Return the tag of a request's timers."""
    return f"request:{request.id}"
