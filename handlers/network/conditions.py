"""What a network needs of people and of itself: members, who coordinates, who stands in, and who is trusted;
where it is found, and who sees it."""

from bot import Button, Command, Context, _
from bot.lists import Condition, Phase, RoadmapConditions, adds
from db.agreeing import offices
from db.network import members, networks, trusted
from handlers.network.steps import ShowTrusted

ENOUGH, TRUSTED = 5, 2
"""Members with whom a network is one, and people whom it trusts with what is reported."""


@adds(RoadmapConditions, place=10)
def network_confirmed() -> Condition:
    """An operator has confirmed the network."""
    return Condition(
        Phase.DECISION,
        text=_("A network that is confirmed"),
        next=_("Whoever runs the bot confirms the network."),
        met=lambda ctx: ctx.network.confirmed_at is not None,
    )


@adds(RoadmapConditions, place=30)
def enough_members() -> Condition:
    """There are a few members."""
    return Condition(
        Phase.BEGINNING,
        text=_("{n} people or more", n=ENOUGH),
        next=_(
            "Next: <b>grow to {n} people</b>. The more you are, the sooner a question is answered.", n=ENOUGH
        ),
        met=lambda ctx: networks.size(ctx.db, ctx.network, ENOUGH) == ENOUGH,
        way=Command("invite"),
        remedy=Button(_("Invite somebody"), Command("invite"), keep=True),
    )


@adds(RoadmapConditions, place=40)
def meta_mentor_named() -> Condition:
    """Somebody coordinates the network."""
    return Condition(
        Phase.BEGINNING,
        text=_("A meta-mentor"),
        next=_("Next: <b>name a meta-mentor</b>, to whom everybody can turn."),
        met=_has_meta_mentor,
        way=Command("members"),
        remedy=Button(_("Choose a meta-mentor"), Command("members"), keep=True),
    )


@adds(RoadmapConditions, place=60)
def deputy_named() -> Condition:
    """Somebody stands in for whoever coordinates; a second meta-mentor does as well."""
    return Condition(
        Phase.ORGANISING,
        text=_("A deputy, or a second meta-mentor"),
        next=_("Next: <b>name a deputy</b>. One person who vanishes can end a network."),
        met=lambda ctx: len(members.coordinators(ctx.db, ctx.network.id)) > 1,
        way=Command("members"),
        remedy=Button(_("Name a deputy"), Command("members"), keep=True),
    )


def _has_meta_mentor(ctx: Context) -> bool:
    return any(each.role == "meta_mentor" for each in members.coordinators(ctx.db, ctx.network.id))


@adds(RoadmapConditions, place=80)
def trusted_named() -> Condition:
    """There are two trusted persons who have agreed."""
    return Condition(
        Phase.ORGANISING,
        text=_("{n} trusted persons", n=TRUSTED),
        next=_(
            "Next: <b>find {n} trusted persons</b>. Whoever reports something needs somebody besides those "
            "who coordinate.",
            n=TRUSTED,
        ),
        met=lambda ctx: len(trusted.agreed(ctx.db, ctx.network.id)) >= TRUSTED,
        way=Command("network"),
        remedy=Button(_("Find trusted persons"), ShowTrusted(), keep=True),
    )


@adds(RoadmapConditions, place=90)
def office_known() -> Condition:
    """It is said where the network is found, or that it has no office."""
    return Condition(
        Phase.ORGANISING,
        text=_("Where you are found, or that you have no office"),
        next=_("Next: <b>say where you are found</b>, or that you have no office. People ask for that."),
        met=lambda ctx: offices.of(ctx.db, ctx.network.id) is not None,
        way=Command("office"),
        remedy=Button(_("Say where you are found"), Command("office"), keep=True),
    )


@adds(RoadmapConditions, place=140)
def card_public() -> Condition:
    """Strangers may see the card."""
    return Condition(
        Phase.GOING_OUTSIDE,
        text=_("A profile that everybody may see"),
        next=_("Next: <b>let everybody see your profile</b>. Then people find you who know nobody here."),
        met=lambda ctx: ctx.network.public,
        way=Command("network"),
        remedy=Button(_("Show the profile to all"), Command("network"), given={"what": "public"}, keep=True),
    )
