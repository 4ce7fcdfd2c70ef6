"""Joining a network by code: two taps from an invitation."""

from datetime import timedelta
from typing import Any

from bot import Button, Command, Context, Day, Priority, Role, Text, _, command, on, paragraphs
from bot.lists import act
from db.applying import applications
from db.engine import conversations, seen
from db.growing import partners
from db.linking import codes as linking
from db.models import Invitation, Member, Network, Partner, Person
from db.network import invitations, members
from handlers.agreeing import beside
from handlers.joining import codes, consent, membership
from handlers.joining.steps import ApplyByCode, BecomeTrusted, JoinAfterAll, ShowOwnGroups, Unfinished
from handlers.settings import profile
from handlers.settings.steps import SpeakIn

JOINED = act("member.joined", _("{who} joined on {day}."))
SPEAKS = act("partner.joined", _("{who} speaks for a partner organisation since {day}."))
PATIENCE = timedelta(days=1)
"""How long nothing is said to somebody who stopped in the middle."""


@command(
    "join",
    needs=Role.ANYONE,
    menu=_("Join with a code"),
    payload="join",
    rest=("code",),
    unfinished=Unfinished,
)
def join(ctx: Context) -> None:
    """Make somebody with a code a member: what is kept, and their name."""
    code, in_words = ctx.ask(
        "code",
        _("Please type your invitation code. It has 8 letters and digits, like 7KQ2-M9XD."),
        parse=lambda words: codes.code_of(ctx, words),
    )
    if in_words:
        ctx.say(_("I have found the code {code}.", code=invitations.shown(code)))
    if linking.find(ctx.db, code) is not None:
        ctx.redirect(Command("link"), rest=code)
    if applications.by_code(ctx.db, code) is not None:
        ctx.redirect(Command("vouch"), rest=code)
    invitation = codes.check(ctx, code)
    if invitation is not None:
        _join(ctx, invitation)


@on(JoinAfterAll)
def join_after_all(ctx: Context, step: JoinAfterAll) -> None:
    """Ask somebody again who said no."""
    invitation = invitations.by_hash(ctx.db, step.code_hash)
    if invitation is not None and codes.usable(ctx, invitation) is not None:
        _join(ctx, invitation)


def _join(ctx: Context, invitation: Invitation) -> None:
    """Ask what has to be asked, and begin the membership; a trusted person becomes no member."""
    if invitation.role == "trusted":
        ctx.redirect(BecomeTrusted(invitation.code_hash))
    if invitation.role == "applicant":
        ctx.redirect(ApplyByCode(invitation.code_hash))
    network = ctx.db.get_one(Network, invitation.network_id)
    known = members.of(ctx.db, network, ctx.person)
    partner = ctx.db.get(Partner, invitation.partner_id) if invitation.partner_id is not None else None
    if known is not None and known.state == "active":
        if partner is not None and invitations.use(ctx.db, invitation, ctx.now):
            _speak(ctx, known, partner)
            return
        elsewhere = [] if ctx.may(Role.MEMBER) and ctx.network is network else [network.id]
        ctx.say(
            _("You are a member of <b>{network}</b> already.", network=network.name),
            *(Button(_("Speak there now"), SpeakIn(network_id)) for network_id in elsewhere),
        )
        return
    chosen = consent.introduce(
        ctx,
        lambda: _hello(ctx, invitation, network, back=known is not None),
        yes=_("Join"),
        spoken=network.languages,
    )
    if chosen is None:
        ctx.say(
            paragraphs(
                consent.declined(ctx),
                _(
                    "If you change your mind: the code works until {day}.",
                    day=Day(ctx.day_of(invitation.expires_at)),
                ),
            ),
            Button(_("Join after all"), JoinAfterAll(invitation.code_hash), means="yes"),
        )
        return
    agreed = beside.ask_while_joining(ctx, network)
    is_new = not members.memberships(ctx.db, ctx.person) and known is None
    answers: dict[str, Any] = {}
    if is_new:
        answers["name"] = profile.ask_name(ctx, _("What should the others call you?"))
    if not invitations.use(ctx.db, invitation, ctx.now):
        codes.say_why_not(ctx, invitation)  # the last use went while they answered
        return
    consent.settle(ctx, chosen)
    member = membership.begin(
        ctx,
        JOINED,
        network,
        ctx.person,
        by=ctx.person,
        label=invitation.label,
        role=invitation.role,
        invitation_id=invitation.id,
        answers=answers,
    )
    signed = beside.sign_while_joining(ctx, network, agreed)
    coordinates = member.role in members.COORDINATORS
    if partner is not None:
        _speak(ctx, member, partner)
        return
    ctx.say(
        paragraphs(
            _(
                "Welcome, {name}. There is nothing more to do now. I will write when somebody needs your "
                "advice. If you need advice, just write your question here.",
                name=ctx.person.name,
            ),
            signed,
            [membership.rights()] if coordinates else [],
        ),
        *([Button(_("Invite somebody"), Command("invite"), keep=True)] if coordinates else []),
        *membership.first_steps(),
    )


def _speak(ctx: Context, member: Member, partner: Partner) -> None:
    """Let a member speak for a partner organisation, and say what they can do."""
    partners.speak(member, partner)
    SPEAKS.record(ctx, member.network)
    ctx.turn_to(member.network)
    ctx.say(
        _(
            "You speak for <b>{organisation}</b> in <b>{network}</b>. {invite} brings in your graduates. "
            "What they ask and answer stays between them and the network.",
            organisation=partner.name,
            network=member.network.name,
            invite=Command("invite"),
        ),
        Button(_("Invite my graduates"), ShowOwnGroups(), keep=True),
        *membership.first_steps(),
    )


def _hello(ctx: Context, invitation: Invitation, network: Network, *, back: bool) -> Text:
    """Return who invites somebody, and to what. What the network is for is said to those who read its first
    language: it stands in no other."""
    if back:
        return _(
            "You were a member of <b>{network}</b> before. Do you want to come back?", network=network.name
        )
    here = _("Here mentors help each other: you ask, and somebody who knows answers.")
    purpose = network.purpose if network.purpose and ctx.reader.locale in network.languages[:1] else here
    inviter = ctx.db.get(Person, invitation.made_by_id) if invitation.made_by_id is not None else None
    if inviter is None:
        return _(
            "Hello. I am {bot}, a program. You are invited to <b>{network}</b>. {purpose}",
            bot=ctx.installation.name,
            network=network.name,
            purpose=purpose,
        )
    return _(
        "Hello. I am {bot}, a program. {name} invites you to <b>{network}</b>. {purpose}",
        bot=ctx.installation.name,
        name=inviter.name,
        network=network.name,
        purpose=purpose,
    )


@on(Unfinished)
def unfinished(ctx: Context, step: Unfinished) -> None:
    """Ask once more, and only once, what somebody left open who began to join a day ago."""
    begun = [each for each in conversations.open_of(ctx.db, step.person_id) if each.handler == "join"]
    if not begun or not begun[0].answers:
        return
    rests = begun[0].asked_at + PATIENCE
    if rests > ctx.now:
        ctx.later(rests, step, about=f"{step.name} {step.person_id}")
    elif seen.first_time(ctx.db, f"nearly joined {step.person_id}", ctx.now):
        ctx.ask_again(
            step.person_id, _("You were nearly done. One question is missing."), priority=Priority.CHECK_IN
        )
