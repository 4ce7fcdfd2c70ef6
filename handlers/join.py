"""Joining a network by code, leaving it, and speaking in another one."""

from datetime import date

from bot import Button, Context, Role, Text, Unclear, _, _n, command, form, paragraphs
from db import invitations, journal, members, networks
from db.models import Invitation, Member, Network
from handlers import ask_peers, check_in, language, profile
from handlers import members as roster

CONSENT = 1
"""The version of the consent that is asked for; a new one is asked again."""


@command("join", needs=Role.ANYONE, menu=_("Join a network with a code"), payload="join")
def join(ctx: Context) -> None:
    """From a code to a member: language, consent, profile."""
    code = ctx.ask("code", _("Please type the invitation code. It looks like 7KQ2-M9XD."), parse=code_of)
    invitation = check(ctx, code)
    if invitation is None:
        return
    network = ctx.db.get_one(Network, invitation.network_id)
    known = members.of(ctx.db, network, ctx.person)
    if known is not None and known.state == "active":
        networks.activate(ctx.person, network)
        ctx.say(_("You are a member of <b>{network}</b> already.", network=network.name))
        return
    chosen = introduce(
        ctx,
        _(
            "You are about to join <b>{network}</b>. {purpose}",
            network=network.name,
            purpose=network.purpose,
        ),
    )
    if chosen is None:
        ctx.say(
            _(
                "That is fine. I have kept nothing of what you told me. The code stays good until {day}.",
                day=invitation.expires_at.date(),
            )
        )
        return
    # Who comes back is known already.
    answers = {} if known else {name: question(ctx) for name, question in profile.QUESTIONS.items()}

    if not invitations.use(ctx.db, invitation, ctx.now):
        _say_why_not(ctx, invitation)  # the last use went while they answered
        return
    settle(ctx, chosen)
    member = members.join(
        ctx.db,
        network,
        ctx.person,
        label=invitation.label,
        role=invitation.role,
        invitation_id=invitation.id,
        now=ctx.now,
    )
    profile.save(ctx, member, answers)
    check_in.plan(ctx, member)
    journal.record(
        ctx.db, network, "member.joined", by=ctx.person, about=ctx.person, now=ctx.now, label=member.label
    )
    ctx.say(
        paragraphs(
            _("Welcome to <b>{network}</b>, {name}.", network=network.name, name=ctx.person.name),
            _(
                "When you need advice, ask here: somebody from the network will answer. "
                "When others need yours, I ask you."
            ),
            [roster.rights()] if member.role in members.COORDINATORS else [],
        ),
        Button(_("Ask your peers"), ask_peers.ask, keep=True),
    )


def introduce(ctx: Context, purpose: Text) -> str | None:
    """The first two questions to somebody new: language and consent, below the sentence that says what they
    are about to do. The language they read; None when they do not consent."""
    known = ctx.person.consent_version == CONSENT
    if ctx.person.language is None and not known and len(ctx.installation.languages) > 1:
        chosen = language.choose(ctx)
        ctx.speak(chosen)
    else:
        chosen = ctx.person.language or ctx.reader.locale
    return chosen if known or _consents(ctx, purpose) else None


def settle(ctx: Context, chosen: str) -> None:
    """Keep the answers of `introduce`."""
    ctx.person.language = chosen
    if ctx.person.consent_version != CONSENT:
        ctx.person.consent_version, ctx.person.consent_at = CONSENT, ctx.now


def _consents(ctx: Context, purpose: Text) -> bool:
    return ctx.confirm(
        "consent",
        paragraphs(
            purpose,
            _(
                "I keep your name, what you tell me about yourself, and your requests for help. Members see "
                "your name; what you write to each other is not kept. You can leave at any time. "
                "Is that all right?"
            ),
        ),
        yes=_("Yes, that is all right"),
        no=_("No"),
    )


# --- codes ---------------------------------------------------------------------------------------


def code_of(words: str) -> str:
    """The code somebody typed, in its stored form. Raises Unclear for what cannot be one."""
    code = invitations.normal(words)
    if len(code) == invitations.LENGTH and code.isascii():
        if invitations.has_look_alike(code):
            raise Unclear(
                _(
                    "There is no 0, O, 1, I, L or U in a code. "
                    "Please look at it again: it may be another letter or digit."
                )
            )
        return code
    raise Unclear(_("A code has 8 letters and digits, like 7KQ2-M9XD. Please look at yours again."))


def check(ctx: Context, code: str) -> Invitation | None:
    """The invitation of a code; None after saying why it does not work."""
    wait = invitations.may_try_at(ctx.db, ctx.person, ctx.now)
    if wait is not None:
        ctx.say(
            _(
                "Those were {n} wrong codes in one hour. "
                "To protect the networks I take no more until {time}. "
                "Please ask the one who invited you for the right code.",
                n=invitations.TRIES_AN_HOUR,
                time=wait,
            )
        )
        return None
    invitation = invitations.find(ctx.db, code)
    if invitation is None:
        invitations.wrong(ctx.db, ctx.person, ctx.now)
        ctx.say(
            _(
                "I do not know the code {code}. Please compare it with your invitation and type it again.",
                code=invitations.shown(code),
            )
        )
        return None
    mine = members.of(ctx.db, ctx.db.get_one(Network, invitation.network_id), ctx.person)
    if mine is not None and (day := _shut_out_on(mine, invitation)) is not None:
        ctx.say(
            _(
                "Your membership in <b>{network}</b> was ended on {day}. This code is older than that; "
                "only a new invitation brings you back.",
                network=mine.network.name,
                day=day,
            )
        )
        return None
    if (mine is None or mine.state != "active") and not works(invitation, ctx):
        _say_why_not(ctx, invitation)
        return None
    return invitation


def _shut_out_on(member: Member, invitation: Invitation) -> date | None:
    """When somebody was removed who may have had this code at hand: it must not undo that."""
    removed_at = member.ended_at if member.state == "removed" else None
    return removed_at.date() if removed_at and removed_at >= invitation.created_at else None


def works(invitation: Invitation, ctx: Context) -> bool:
    """Whether somebody can still join by it."""
    return (
        invitation.withdrawn_at is None
        and invitation.expires_at > ctx.now
        and invitation.used < invitation.uses
    )


def _say_why_not(ctx: Context, invitation: Invitation) -> None:
    ctx.db.refresh(invitation)
    if invitation.withdrawn_at is not None:
        why = _("This invitation was withdrawn.")
    elif invitation.expires_at <= ctx.now:
        why = _("This invitation ended on {day}.", day=invitation.expires_at.date())
    else:
        why = _n(
            "This invitation has been used.",
            "This invitation has been used {n} times, as often as it may be.",
            invitation.uses,
        )
    whom = [member.person.name for member in members.coordinators(ctx.db, invitation.network_id)]
    if whom:
        ctx.say(_("{why} Please ask {people} for a new one.", why=why, people=list(whom)))
    else:
        ctx.say(_("{why} Please ask the network for a new one.", why=why))


# --- leaving, and having several -----------------------------------------------------------------

REASONS = {
    "time": _("Less time"),
    "stress": _("Stress"),
    "organisation": _("The organisation"),
    "other": _("Something else"),
}


@command("leave", needs=Role.MEMBER, menu=_("Leave the network"))
def leave(ctx: Context) -> None:
    """Ends the membership after one question, and another that may be skipped."""
    network, member = ctx.network, ctx.member
    ctx.hold_roles()
    if members.needed(ctx.db, member):
        ctx.say(roster.only_one(network))
        return
    sure = ctx.confirm(
        "sure",
        _(
            "Do you want to leave <b>{network}</b>? Your open requests end, and people you help are told.",
            network=network.name,
        ),
        yes=_("Leave"),
        no=_("Stay"),
    )
    if not sure:
        ctx.say(_("Good that you are staying."))
        return
    because = ctx.choose(
        "because", _("Would you tell me why? It helps the network."), REASONS, skip=profile.SKIP
    )
    ask_peers.release(ctx, member)
    check_in.call_off(ctx, member)
    members.end(ctx.db, member, state="left", because=because, now=ctx.now)
    journal.record(
        ctx.db, network, "member.left", by=ctx.person, about=ctx.person, now=ctx.now, because=because
    )
    ctx.say(
        _(
            "You have left <b>{network}</b>. Thank you for the time you gave. "
            "A code brings you back whenever you like.",
            network=network.name,
        )
    )


@command("networks", needs=Role.MEMBER, menu=_("Your networks"))
def my_networks(ctx: Context) -> None:
    """The networks somebody is in; with several, in which one they speak."""
    mine = members.memberships(ctx.db, ctx.person)
    if len(mine) == 1:
        ctx.say(_("You are in one network: <b>{network}</b>.", network=mine[0].network.name))
        return
    chosen = ctx.choose(
        "network",
        _("You are in several networks. In which one do you want to speak now?"),
        {str(member.network_id): form("{network}", network=member.network.name) for member in mine},
    )
    network = ctx.db.get_one(Network, int(chosen))
    networks.activate(ctx.person, network)
    ctx.say(_("You now speak in <b>{network}</b>.", network=network.name))
