"""Partner organisations, for those who coordinate: one is invited, shown, and agreed on anew."""

from bot import (
    AnyText,
    Button,
    Context,
    Line,
    Text,
    Unclear,
    Verbatim,
    _,
    _n,
    form,
    lines,
    on,
    page,
    paragraphs,
)
from bot.listing import PAGE
from bot.lists import act
from bot.reading import talk
from bot.reading.when import numbers as typed
from bot.text import Value
from db.growing import partners
from db.models import Invitation, Network, Partner
from db.network import numbers
from handlers.joining.steps import ShowPartners
from handlers.network import forwarding
from handlers.partnering import yearly
from handlers.partnering.steps import ChangeQuota, EndPartnership, InvitePartner, InviteSpeaker, ShowPartner

MOST = 1000
"""Graduates of one partner in a year."""
OFFERED = (10, 25, 50)
NOBODY = "0"
SPEAKERS = 2
"""Who speaks for a partner, at most."""
LONGEST_NAME = 60
GONE = _("This organisation is no longer a partner.")

INVITED = act("partner.invited", _("{who} invited a partner organisation on {day}."))
CHANGED = act("partner.changed", _("{who} changed on {day} how many graduates of a partner may come."))


@on(InvitePartner)
def invite_partner(ctx: Context, step: InvitePartner) -> None:
    """Ask which organisation it is and what is agreed with it, and make a code for whoever speaks for it."""
    name = ctx.ask(
        "organisation",
        _("What is the organisation called?"),
        parse=lambda words: _name_of(ctx, words),
        max_length=LONGEST_NAME,
    )
    quota = _ask_quota(ctx)
    shows = ctx.confirm(
        "shows",
        _("May whoever speaks for {organisation} see how many of their people have come?", organisation=name),
        yes=_("Yes, the number"),
        no=_("No"),
    )
    ctx.hold(Network, ctx.network.id)
    if (there := partners.named(ctx.db, ctx.network, name)) is not None:
        ctx.say(_already(ctx, there))
        return
    made = forwarding.make(ctx, numbers.span(ctx.network, "invitation_hours"), label="organisation")
    if made is None:
        return
    partner = partners.add(ctx.db, ctx.network, name, quota=quota, shows_progress=shows, now=ctx.now)
    yearly.plan(ctx, partner)
    INVITED.record(ctx, ctx.network)
    _say_code(ctx, partner, *made)


def _name_of(ctx: Context, words: str) -> str:
    """Return the name of an organisation. Raises Unclear for one that is a partner already, and for none."""
    name = " ".join(words.split())
    if not any(map(str.isalpha, name)):
        raise Unclear(_("A name needs at least one letter."))
    there = partners.named(ctx.db, ctx.network, name)
    if there is not None:
        raise Unclear(_already(ctx, there))
    return name


def _already(ctx: Context, partner: Partner) -> Text:
    return _(
        "{organisation} is a partner already, since {day}.",
        organisation=partner.name,
        day=ctx.day_of(partner.since),
    )


def _ask_quota(ctx: Context) -> int:
    return int(
        ctx.ask(
            "quota",
            _("How many of its graduates may come within a year? You can also type a number."),
            parse=lambda words: _many(words, ctx.reader.locale),
            suggest={str(n): form("{n}", n=n) for n in OFFERED} | {NOBODY: _("Only who speaks for it")},
        )
    )


def _many(words: str, locale: str) -> str:
    if words.strip() == NOBODY or talk.lists(words, locale) & {"no", "nothing"}:
        return NOBODY
    return str(typed.number(words, MOST, locale))


@on(InviteSpeaker)
def invite_speaker(ctx: Context, step: InviteSpeaker) -> None:
    """Make a code for one more who speaks for a partner."""
    partner = _theirs(ctx, step.partner_id)
    if partner is None:
        return
    there = len(partners.speakers(ctx.db, partner)) + partners.expected(ctx.db, partner, ctx.now)
    if there >= SPEAKERS:
        ctx.say(
            _(
                "{n} people speak for {organisation}, or are invited to. That is enough.",
                n=SPEAKERS,
                organisation=partner.name,
            )
        )
        return
    made = forwarding.make(ctx, numbers.span(ctx.network, "invitation_hours"), label="organisation")
    if made is not None:
        INVITED.record(ctx, ctx.network)
        _say_code(ctx, partner, *made)


def _say_code(ctx: Context, partner: Partner, invitation: Invitation, code: str) -> None:
    """Show the code of whoever is to speak for a partner."""
    partners.invite(invitation, partner)
    forwarding.say(
        ctx,
        _("{organisation} in {network}", organisation=partner.name, network=ctx.network.name),
        _(
            "{name} invites you to speak for {organisation} in the network, and to bring in your graduates.",
            name=ctx.person.name,
            organisation=partner.name,
        ),
        code,
        invitation.expires_at,
        then=_("3. Tap “Join”."),
        network=ctx.network,
    )
    ctx.say(forwarding.ABOVE)


@on(ShowPartners)
def show_partners(ctx: Context, step: ShowPartners) -> None:
    """Show the partners of the network; where there is none, ask for the first one."""
    found = partners.of(ctx.db, ctx.network, PAGE + 1, step.after)
    if not found:
        ctx.redirect(InvitePartner())
    ctx.say_list(
        form("<b>{title}</b>", title=_("Partner organisations")),
        page(
            found,
            lambda each: Line(
                form("{name}", name=each.name), [Button(Verbatim(each.name), ShowPartner(each.id))]
            ),
            more=lambda last: ShowPartners(last.id),
        ),
        buttons=[Button(_("Invite an organisation"), InvitePartner(), keep=True)],
        choose=_("To see one, choose its number."),
    )


@on(ShowPartner)
def show_partner(ctx: Context, step: ShowPartner) -> None:
    """Show what is agreed with a partner."""
    partner = _theirs(ctx, step.partner_id)
    if partner is not None:
        ctx.say(
            _facts(ctx, partner),
            Button(_("Change how many may come"), ChangeQuota(partner.id), keep=True),
            Button(_("Invite who speaks for it"), InviteSpeaker(partner.id), keep=True),
            Button(_("End the partnership"), EndPartnership(partner.id), keep=True),
        )


def _facts(ctx: Context, partner: Partner) -> AnyText:
    speak: list[Value] = [member.person.name for member in partners.speakers(ctx.db, partner)]
    return paragraphs(
        form("<b>{name}</b>", name=partner.name),
        lines(
            _("A partner since {day}.", day=ctx.day_of(partner.since)),
            _("Who speaks for it: {people}.", people=speak) if speak else _("Nobody speaks for it yet."),
            _n("{n} graduate may come in a year.", "{n} graduates may come in a year.", partner.quota),
            _("{n} of them can still be invited.", n=partners.left(ctx.db, partner, ctx.now)),
        ),
    )


@on(ChangeQuota)
def change_quota(ctx: Context, step: ChangeQuota) -> None:
    """Agree on another number of graduates a year."""
    if _theirs(ctx, step.partner_id) is None:
        return
    quota = _ask_quota(ctx)
    partner = _theirs(ctx, step.partner_id)
    if partner is None:
        return
    partners.agree_on(partner, quota)
    CHANGED.record(ctx, ctx.network)
    ctx.say(_facts(ctx, partner))


def _theirs(ctx: Context, partner_id: int) -> Partner | None:
    """Return a partner of the network, locked; None after saying that it is none."""
    return ctx.ours(Partner, partner_id, gone=GONE, still=lambda each: each.ended_at is None)
