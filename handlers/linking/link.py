"""The other messenger: a code is made on the one, typed on the other, and both have to say yes."""

from collections.abc import Sequence

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Priority,
    Role,
    Text,
    Unclear,
    _,
    command,
    form,
    on,
    paragraphs,
)
from bot.text import Value
from db.engine import timers
from db.linking import codes, merges
from db.models import LinkCode, Person
from db.network import invitations, members
from db.privacy import forgetting
from handlers.joining.codes import TRIED, watch
from handlers.linking import accounts
from handlers.linking.steps import BeOne, NotOne, StopLinking

NOTHING = _("All right. Nothing was linked.")
OVER = _("That code is over. {link} makes a new one.", link=Command("link"))


@command(
    "link",
    needs=Role.ANYONE,
    menu=_("My other messenger"),
    shown_to=Role.MEMBER,
    rest=("code",),
    anywhere=codes.typed,
)
def link(ctx: Context) -> None:
    """Make a code on one messenger, or take one that was made on another; show what is linked already."""
    if ctx.keep("types", bool(ctx.rest)):
        code = ctx.ask(
            "code",
            _("Please type the code that I gave you on your other messenger."),
            parse=_code_in,
        )
        _type(ctx, code)
    elif not ctx.may(Role.MEMBER):
        ctx.say(
            _(
                "If you are a member already, open the messenger on which I know you and write {link} to me "
                "there. Then I know you here too.",
                link=Command("link"),
            )
        )
    elif len(ctx.person.identities) == 1 or accounts.wants_another(ctx):
        _make(ctx)


def _code_in(words: str) -> str:
    found = invitations.codes_in(words)[:TRIED]
    if not found:
        raise Unclear(
            _("A code has 8 letters and digits, like 7KQ2-M9XD. I cannot find one in your message.")
        )
    return found[0]


# --- where it is made ----------------------------------------------------------------------------


def _make(ctx: Context) -> None:
    """Show a code, only this once, and where it has to be typed."""
    left = accounts.not_linked(ctx)
    if not left:
        ctx.say(_("There is no other messenger here on which you could write to me."))
        return
    hindered = _is_leaving(ctx, ctx.person)
    if hindered is not None:
        ctx.say(hindered)
        return
    code = invitations.new_code(ctx.installation.rng)
    codes.make(ctx.db, ctx.person, code, ctx.identity.messenger, ctx.now)
    where = [accounts.way_to(ctx, messenger) for messenger in left]
    ctx.say(
        paragraphs(
            where,
            [form("<code>{word} {code}</code>", word=codes.WORD, code=invitations.shown(code))],
            _("It is good for 10 minutes. Do not give it to anybody else."),
        ),
        Button(_("Take the code back"), StopLinking(), means="stop"),
    )


@on(StopLinking)
def stop_linking(ctx: Context, step: StopLinking) -> None:
    """Take one's code back."""
    codes.withdraw(ctx.db, ctx.person)
    ctx.show(NOTHING)


# --- where it is typed ---------------------------------------------------------------------------


def _type(ctx: Context, code: str) -> None:
    """Ask whether it is the same person who made a code; then ask them there."""
    made = _right(ctx, code)
    if made is None:
        return
    maker, title = made.person, ctx.installation.title(made.made_on)
    mine = ctx.confirm(
        "mine",
        _asks(ctx, maker, title),
        yes=_("Yes, that is me"),
        no=_("No"),
    )
    if not mine:
        codes.withdraw(ctx.db, maker)
        ctx.tell(
            maker,
            _("Somebody typed your code and said that it is not them. Nothing was linked."),
            priority=Priority.ANSWER,
        )
        ctx.say(NOTHING)
        return
    if not codes.use(ctx.db, made, ctx.identity, ctx.now):
        ctx.say(OVER)
        return
    ctx.tell(
        maker,
        _(
            "On {messenger}, <b>{name}</b> has typed your code. Should the two become one person here?",
            messenger=ctx.installation.title(ctx.identity.messenger),
            name=ctx.person.name or _("somebody without a name"),
        ),
        Button(_("Yes, make us one"), BeOne(made.id), means="yes"),
        Button(_("No"), NotOne(made.id), means="no"),
        priority=Priority.ANSWER,
    )
    ctx.say(_("Good. Now say yes on {messenger} too: I have just asked you there.", messenger=title))


def _asks(ctx: Context, maker: Person, title: str) -> Text:
    networks: Value = [each.network.name for each in members.memberships(ctx.db, maker)]
    return _(
        "Somebody on {messenger} with the name <b>{name}</b>, member of {networks}, wants to be one person "
        "with you here. Is that you?",
        messenger=title,
        name=maker.name,
        networks=networks,
    )


def _right(ctx: Context, code: str) -> LinkCode | None:
    """Return what is kept of a code by which the one who acts can be linked; None after saying why not."""
    wait = invitations.may_try_at(ctx.db, ctx.person, ctx.now)
    if wait is not None:
        ctx.say(
            _(
                "None of the last {n} codes was right. So that nobody finds one by trying, I take the next "
                "from {time} on.",
                n=invitations.TRIES_AN_HOUR,
                time=wait,
            )
        )
        return None
    made = codes.find(ctx.db, code)
    if made is None:
        if invitations.find(ctx.db, code) is not None:
            ctx.redirect(Command("join"), rest=code)
        invitations.wrong(ctx.db, ctx.person, ctx.now)
        watch(ctx)
        ctx.say(
            _(
                "I do not know the code {code}. Please compare it with what I wrote to you on your other "
                "messenger.",
                code=invitations.shown(code),
            )
        )
        return None
    why_not = _why_not(ctx, made)
    if why_not is not None:
        ctx.say(why_not)
        return None
    return made


def _why_not(ctx: Context, made: LinkCode) -> AnyText | None:
    if made.person is ctx.person:
        return _("Please type it on your other messenger, not here.")
    if made.typed_by_id is not None:
        return OVER
    in_time = ctx.keep("in_time", codes.can_be_typed(made, ctx.now))
    if not in_time or not codes.can_be_answered(made, ctx.now):
        return too_old(ctx, made)
    return cannot(ctx, made.person, ctx.person)


def too_old(ctx: Context, made: LinkCode) -> Text:
    """Return what is said to a code that is no longer good."""
    return _(
        "That code is too old. Make a new one on {messenger}.",
        messenger=ctx.installation.title(made.made_on),
    )


def cannot(ctx: Context, person: Person, other: Person) -> AnyText | None:
    """Return why two people cannot become one; None where they can."""
    if {each.messenger for each in person.identities} & {each.messenger for each in other.identities}:
        return _("That is the same messenger. I can link one account on each.")
    for each in (person, other):
        if (leaving := _is_leaving(ctx, each)) is not None:
            return leaving
    hindrance = merges.hindrance(ctx.db, person, other)
    if hindrance is None:
        return None
    if hindrance.held:
        return _(
            "In <b>{network}</b> one of the two rests while something is looked at. Until that is over, the "
            "two cannot be linked.",
            network=hindrance.network.name,
        )
    return _removed(hindrance.network.name, ctx, hindrance.network.id)


def _removed(network: str, ctx: Context, network_id: int) -> Text:
    whom: Sequence[str] = [each.person.name for each in members.coordinators(ctx.db, network_id)]
    if not whom:
        return _("In <b>{network}</b> one of the two was removed.", network=network)
    return _(
        "In <b>{network}</b> one of the two was removed. {people} can help.",
        network=network,
        people=list(whom),
    )


def _is_leaving(ctx: Context, person: Person) -> AnyText | None:
    """Return what is said where somebody is to be forgotten: the other account would be forgotten with it."""
    if timers.due_at(ctx.db, forgetting.about(person)) is None:
        return None
    return _(
        "One of the two has asked to be forgotten. {forget} shows there how to take that back; then I can "
        "link them.",
        forget=Command("forget"),
    )
