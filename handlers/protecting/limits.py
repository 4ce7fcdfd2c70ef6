"""How much one person can do in a while, all in one place. Nobody who means well ever meets these numbers:
they keep one person from wearing out the others. Words of need always come through."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot import AnyText, Command, Context, Priority, Text, _, _n
from db.network import tallies

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """What a person can do `most` times `within` a while that begins with the first; `enough` is what they
    read then, with how long they have to wait."""

    what: str
    most: int
    within: timedelta
    enough: Callable[[Text], AnyText]


WORDS = Limit(
    "words",
    120,  # one message every five seconds: nobody talks like that for ten minutes
    timedelta(minutes=10),
    lambda wait: _(
        "That was a lot at once, so I have not passed this on. You can write again in {wait}.", wait=wait
    ),
)
CHANGES = Limit(
    "changes",
    30,  # of words that were carried, one every twenty seconds: a slip is mended once or twice
    timedelta(minutes=10),
    lambda wait: _(
        "You have changed your messages very often, so I have not passed on this change. You can change them "
        "again in {wait}, or write it anew.",
        wait=wait,
    ),
)
QUESTIONS = Limit(
    "questions",
    10,  # each of them may be read by many
    DAY,
    lambda wait: _(
        "You have asked a lot today, and the others need a little time. You can ask again in {wait}. If "
        "somebody is in danger, {report} shows whom to call.",
        wait=wait,
        report=Command("report"),
    ),
)
CONVERSATIONS = Limit(
    "conversations",
    20,  # new ones, with those who coordinate or as one who does
    DAY,
    lambda wait: _(
        "You have begun many conversations today. You can begin another one in {wait}. Those that are open "
        "go on.",
        wait=wait,
    ),
)
OPERATORS = Limit(
    "operators",
    5,  # they are few, and look after everybody
    DAY,
    lambda wait: _(
        "You have written to the people who run this bot several times today. You can write to them again in "
        "{wait}. If somebody is in danger, {report} shows whom to call.",
        wait=wait,
        report=Command("report"),
    ),
)
INVITATIONS = Limit(
    "invitations",
    20,  # one of them can be for many people
    DAY,
    lambda wait: _(
        "You have made many invitations today. You can make another one in {wait}, or use one for several "
        "people.",
        wait=wait,
    ),
)
GROUPS = Limit(
    "groups",
    3,  # a course ends once in months
    DAY,
    lambda wait: _(
        "You have invited several groups today. You can invite another one in {wait}.",
        wait=wait,
    ),
)
SHARES = Limit(
    "shares",
    10,  # somebody has to look through them
    DAY,
    lambda wait: _("You have shared a lot today, thank you. You can go on in {wait}.", wait=wait),
)
ANNOUNCEMENTS = Limit(
    "announcements",
    5,  # who reads more than that turns the bot off
    DAY,
    lambda wait: _(
        "You have sent several announcements today, and soon people stop reading. You can send the next one "
        "in {wait}.",
        wait=wait,
    ),
)
NETWORKS = Limit(
    "networks",
    3,  # somebody looks at each of them, and a name that is taken tells of a network that nobody may know of
    DAY,
    lambda wait: _(
        "You have started several networks today, or tried to, and somebody looks at each of them. You can "
        "start another one in {wait}.",
        wait=wait,
    ),
)
APPLICATIONS = Limit(
    "applications",
    3,  # people read each of them, and there is one for each network
    DAY,
    lambda wait: _(
        "You have asked several networks today, and people read each of these. You can ask another one in "
        "{wait}.",
        wait=wait,
    ),
)
ORGANISATIONS = Limit(
    "organisations",
    10,  # each of them is asked about again every year
    DAY,
    lambda wait: _(
        "You have added many organisations today, thank you. You can add the next one in {wait}.", wait=wait
    ),
)
DOUBTS = Limit(
    "doubts",
    10,  # somebody reads each of them, and looks
    DAY,
    lambda wait: _(
        "You have said of many entries today that something is wrong. You can go on in {wait}.", wait=wait
    ),
)
LOG = Limit(
    "log",
    1,  # more often, it would tell what somebody has just done
    HOUR,
    lambda wait: _("You have just looked. You can look again in {wait}.", wait=wait),
)
AGAIN = DAY
"""Whoever ended a conversation is not written to anew within this by one who coordinates: no means no."""


def allows(ctx: Context, limit: Limit, words: str = "") -> bool:
    """Count that the one who acts does something once more. Return False, after saying when they can again,
    where it is too much; with `words` of need it never is."""
    if words and ctx.need(words) is not None:
        return True
    again = tallies.take(ctx.db, ctx.person, limit.what, most=limit.most, within=limit.within, now=ctx.now)
    if again is None:
        return True
    enough = limit.enough(wait(again - ctx.now))
    if ctx.room is None:
        ctx.say(enough)
    else:  # the others there have enough of it as well
        ctx.tell(ctx.person, enough, priority=Priority.ANSWER)
    return False


def wait(left: timedelta) -> Text:
    """Return a time to wait, in whole minutes or hours, as a part of a sentence."""
    if left <= HOUR:
        return _n("{n} minute", "{n} minutes", max(math.ceil(left / timedelta(minutes=1)), 1))
    return _n("{n} hour", "{n} hours", math.ceil(left / HOUR))
