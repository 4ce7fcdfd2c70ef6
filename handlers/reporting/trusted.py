"""Whom a network trusts with what is reported: named by those who coordinate, and asked. They may be outside
of the network, and join by an invitation of their own."""

from collections.abc import Collection
from datetime import timedelta

from bot import AnyText, Button, Context, Priority, Text, Verbatim, _, heading, lines, on, paragraphs
from bot.lists import act
from db import people
from db.models import Network, Person, TrustedPerson
from db.network import invitations, numbers, reports, roster, trusted
from handlers.joining import codes, consent
from handlers.joining.steps import BecomeTrusted
from handlers.network import forwarding
from handlers.network.steps import ShowTrusted
from handlers.protecting import coordinators
from handlers.reporting import about
from handlers.reporting.steps import AgreeTrusted, AskTrusted, InviteTrusted, RemoveTrusted
from handlers.settings import profile

MOST = 4
"""More than this are too many to keep something among them."""
FEW = 5
"""Fewer reports than this are not counted for others: each would be somebody's."""
YEAR = timedelta(days=365)
ASKED = act("trusted.asked", _("{who} asked {whom} to be a trusted person on {day}."))
AGREED = act("trusted.agreed", _("{who} agreed to be a trusted person on {day}."))
INVITED = act("trusted.invited", _("{who} invited a trusted person from outside on {day}."))
ENDED = act("trusted.ended", _("{whom} stopped being a trusted person on {day}."))
NOT_ASKED = act("trusted.withdrawn", _("{who} no longer asks {whom} to be a trusted person since {day}."))
GONE = _("This person is no longer a trusted person.")
ENOUGH = _("There are {n} trusted persons already. Somebody has to be removed first.", n=MOST)


@on(ShowTrusted)
def show_trusted(ctx: Context, step: ShowTrusted) -> None:
    """Show the trusted persons of the network, and what can be changed."""
    there = trusted.of(ctx.db, ctx.network.id)
    many = reports.closed(ctx.db, ctx.network, ctx.now - YEAR)
    ctx.say(
        heading(
            _("Trusted persons of {network}", network=ctx.network.name),
            lines(_line(each) for each in there) if there else _("Nobody is named yet."),
            _(
                "If somebody reports danger or harm, two of them read it, never the person it is about. Name "
                "two to four people, who may be outside of the network. As long as there are none, reports "
                "go to deputies, then to meta-mentors, then to the people who run this bot."
            ),
            _("Reports that were closed within a year: {n}.", n=many)
            if many >= FEW
            else _("Reports that were closed within a year: fewer than {n}.", n=FEW),
        ),
        Button(_("Name a member"), AskTrusted(), keep=True),
        Button(_("Invite somebody from outside"), InviteTrusted(), keep=True),
        *([Button(_("Remove somebody"), RemoveTrusted(), keep=True)] if there else []),
    )


def _line(asked: TrustedPerson) -> AnyText:
    if asked.agreed_at is None:
        return _("{name}: has not answered yet", name=asked.person.name)
    return _("{name}: agreed", name=asked.person.name)


# --- members -------------------------------------------------------------------------------------


@on(AskTrusted)
def ask_trusted(ctx: Context, step: AskTrusted) -> None:
    """Ask which member is meant, and ask them."""
    known = {each.person_id for each in trusted.of(ctx.db, ctx.network.id)}
    chosen = ctx.ask(
        "who",
        _("Who should that be? Please type a name, also your own."),
        parse=lambda words: about.found(_called(ctx, words, known), words),
        max_length=60,
    )
    ctx.hold(Network, ctx.network.id)
    person = roster.here(ctx.db, ctx.network, int(chosen))
    if person is None or person.id in known:
        ctx.say(_("This person is no longer here."))
    elif len(trusted.of(ctx.db, ctx.network.id)) >= MOST:
        ctx.say(ENOUGH)
    elif person is ctx.person:
        trusted.ask(ctx.db, ctx.network, person, ctx.now, agrees=True)
        AGREED.record(ctx, ctx.network)
        ctx.say(_("You are a trusted person of <b>{network}</b> now.", network=ctx.network.name))
    else:
        _ask(ctx, person)


def _called(ctx: Context, words: str, known: Collection[int]) -> list[Person]:
    """Return members who may be called so, without those (by their ids) who are asked already."""
    fitting = roster.called(ctx.db, ctx.network, words, about.MOST, without=known)
    return [member.person for member in fitting]


def _ask(ctx: Context, person: Person) -> None:
    asked = trusted.ask(ctx.db, ctx.network, person, ctx.now)
    ASKED.record(ctx, ctx.network, about=person)
    _letter, reached = ctx.tell(
        person,
        paragraphs(
            _(
                "{name} would like you to be a trusted person of <b>{network}</b>.",
                name=ctx.person.name,
                network=ctx.network.name,
            ),
            _duties(),
            _("Would you like that?"),
        ),
        Button(_("Yes, I agree"), AgreeTrusted(asked.id, agrees=True), means="yes"),
        Button(_("Rather not"), AgreeTrusted(asked.id, agrees=False), means="no"),
        priority=Priority.CARRIED,
        about=_("the question of {name}", name=ctx.person.name),
    )
    ctx.say(
        _("I have asked {name}, and will tell you the answer.", name=person.name)
        if reached
        else _("I cannot reach {name} at the moment.", name=person.name)
    )


def _duties() -> Text:
    return _(
        "If somebody reports danger or harm, you are one of two people who read it. You tell only those who "
        "have to know. Where somebody is in danger I write to you at any hour."
    )


@on(AgreeTrusted)
def agree_trusted(ctx: Context, step: AgreeTrusted) -> None:
    """Become a trusted person, or be none; tell those who coordinate."""
    asked = ctx.hold(TrustedPerson, step.trusted_id)
    if asked is None or asked.person_id != ctx.person.id:
        ctx.say(_("This is no longer on offer."))
        return
    network = asked.network
    facts = {"name": ctx.person.name, "network": network.name}
    if step.agrees:
        trusted.agree(asked, ctx.now)
        AGREED.record(ctx, network)
        _tell_coordinators(ctx, network, _("{name} is a trusted person of <b>{network}</b> now.", **facts))
        _welcome(ctx, asked)
    else:
        has_agreed = asked.agreed_at is not None
        trusted.remove(ctx.db, asked)
        if has_agreed:
            ENDED.record(ctx, network, about=ctx.person)
        _tell_coordinators(
            ctx, network, _("{name} would rather not be a trusted person of <b>{network}</b>.", **facts)
        )
        ctx.say(_("All right, no reason needed. You will get no reports."))


def _tell_coordinators(ctx: Context, network: Network, text: Text) -> None:
    there = coordinators.of_network(ctx, network.id, without=ctx.person.id)
    ctx.tell([each.person for each in there], text, priority=Priority.CARRIED)


def _welcome(ctx: Context, asked: TrustedPerson) -> None:
    ctx.say(
        paragraphs(
            _("Thank you. You are a trusted person of <b>{network}</b> now.", network=asked.network.name),
            _duties(),
        ),
        Button(_("I no longer want that"), AgreeTrusted(asked.id, agrees=False), keep=True),
    )


@on(RemoveTrusted)
def remove_trusted(ctx: Context, step: RemoveTrusted) -> None:
    """Choose who is a trusted person no longer, and tell them. Reports that they have stay theirs."""
    chosen = ctx.pick(
        "trusted",
        _("Who should no longer be a trusted person?"),
        trusted.of(ctx.db, ctx.network.id),
        lambda each: Verbatim(each.person.name),
        gone=GONE,
    )
    asked = ctx.ours(TrustedPerson, chosen.id, gone=GONE) if chosen is not None else None
    if asked is None:
        return
    person, has_agreed = asked.person, asked.agreed_at is not None
    trusted.remove(ctx.db, asked)
    (ENDED if has_agreed else NOT_ASKED).record(ctx, ctx.network, about=person)
    if person is not ctx.person:
        ctx.tell(
            person,
            _(
                "You are no longer a trusted person of <b>{network}</b>. Reports that you have stay with you "
                "until they are closed.",
                network=ctx.network.name,
            ),
            priority=Priority.CARRIED,
        )
    ctx.say(_("{name} is no longer a trusted person.", name=person.name))


# --- from outside --------------------------------------------------------------------------------


@on(InviteTrusted)
def invite_trusted(ctx: Context, step: InviteTrusted) -> None:
    """Make an invitation for one person, by which they become a trusted person and no member."""
    made = forwarding.make(
        ctx, numbers.span(ctx.network, "invitation_hours"), label="organisation", role="trusted"
    )
    if made is None:
        return
    invitation, code = made
    INVITED.record(ctx, ctx.network)
    forwarding.say(
        ctx,
        _("Invitation for a trusted person of {network}", network=ctx.network.name),
        _("If somebody there reports danger or harm, you would be one of those who read it."),
        code,
        invitation.expires_at,
        network=ctx.network,
    )
    ctx.say(forwarding.ABOVE)


@on(BecomeTrusted)
def become_trusted(ctx: Context, step: BecomeTrusted) -> None:
    """Ask somebody with such an invitation whether they agree, and what they are called."""
    invitation = invitations.by_hash(ctx.db, step.code_hash)
    if invitation is None or not codes.works(invitation, ctx):
        if invitation is not None:
            codes.say_why_not(ctx, invitation)
        return
    network = ctx.db.get_one(Network, invitation.network_id)
    if trusted.find(ctx.db, network, ctx.person) is not None:
        ctx.say(_("You are a trusted person of <b>{network}</b> already.", network=network.name))
        return
    if len(trusted.of(ctx.db, network.id)) >= MOST:
        ctx.say(ENOUGH)
        return
    chosen = consent.introduce(
        ctx,
        lambda: _(
            "Hello. I am {bot}, a program. <b>{network}</b> would like you to be one of its trusted persons. "
            "{duties}",
            bot=ctx.installation.name,
            network=network.name,
            duties=_duties(),
        ),
        yes=_("Yes, I agree"),
        spoken=network.languages,
    )
    if chosen is None:
        ctx.say(_("That is fine. I have kept nothing."))
        return
    name = None
    if ctx.person.consent_version is None:
        name = profile.ask_name(ctx, _("What should the others call you?"))
    if not invitations.use(ctx.db, invitation, ctx.now):
        codes.say_why_not(ctx, invitation)
        return
    consent.settle(ctx, chosen)
    if name is not None:
        people.rename(ctx.person, name)
    asked = trusted.ask(ctx.db, network, ctx.person, ctx.now, agrees=True)
    AGREED.record(ctx, network)
    _tell_coordinators(
        ctx,
        network,
        _("{name} is a trusted person of <b>{network}</b> now.", name=ctx.person.name, network=network.name),
    )
    _welcome(ctx, asked)
