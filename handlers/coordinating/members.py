"""The members of a network, for those who coordinate it: who is there, and what may be done."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Line,
    Role,
    Text,
    _,
    _n,
    command,
    form,
    lines,
    on,
    page,
)
from bot.listing import PAGE
from bot.lists import act
from bot.text import AtLeast
from db import people
from db.leading import journal
from db.models import Label, Member
from db.network import roster
from handlers.agreeing import standing
from handlers.coordinating import roles
from handlers.coordinating.steps import (
    AppointDeputy,
    AppointMetaMentor,
    FindMember,
    MoreMembers,
    Remove,
    ResignRole,
    RevokeRole,
    ShowMember,
    WriteTo,
)
from handlers.settings import profile
from handlers.vocabulary import LABELS, ROLES, told_apart

OPENED = act("member.card_opened", _("{who} looked at the card of {whom} on {day}."))
A_DAY = timedelta(days=1)


@command("members", needs=Role.META_MENTOR, menu=_("See and manage the members"), rest=("words",))
def show_members(ctx: Context) -> None:
    """Show counts and the first members; words after the command search."""
    if ctx.rest:
        ctx.redirect(FindMember(), rest=ctx.rest)
    _list(ctx, _counts(ctx), _found(ctx, ""), "")


@on(MoreMembers)
def more_members(ctx: Context, step: MoreMembers) -> None:
    """Show the next members, of all or of those that were searched for."""
    last = ctx.db.get(Member, step.after)
    shown = _found(ctx, step.words, last)
    if shown:
        _list(ctx, _title(ctx, step.words), shown, step.words)
    else:
        ctx.say(_("There are no more members."))


def _title(ctx: Context, words: str) -> Text:
    """Return what stands above members whose name contains the words, or above all of them."""
    if words:
        n = roster.count_called(ctx.db, ctx.network, words)
        n = AtLeast.told(n + roster.count_resting(ctx.db, ctx.network, words), roster.MOST)
        return _n("{n} member fits. Who do you mean?", "{n} members fit. Who do you mean?", n)
    return form("<b>{network}</b>", network=ctx.network.name)


def _found(ctx: Context, words: str, after: Member | None = None) -> Sequence[Member]:
    """Return the first members whose name contains the words, those who rest before the others; all others
    for none; with `after` those after this one. One more than are shown."""
    found = roster.page(ctx.db, ctx.network, PAGE + 1, words=words, after=after)
    if not words or after is not None:
        return found
    return [*roster.resting(ctx.db, ctx.network, words, PAGE + 1), *found][: PAGE + 1]


def _list(ctx: Context, title: AnyText, rows: Sequence[Member], words: str) -> None:
    called = told_apart(ctx, rows)
    ctx.say_list(
        title,
        page(
            rows,
            lambda member: _line(ctx, member, called[member.id]),
            more=lambda last: MoreMembers(last.id, words),
        ),
        buttons=[Button(_("Find somebody"), FindMember(), keep=True)],
        choose=_("To see one of them, choose a number."),
    )


def _counts(ctx: Context) -> AnyText:
    counts = roster.count_by_label(ctx.db, ctx.network)
    of_label = Counter({label: AtLeast.told(many, roster.MOST) for label, many in counts.items()})
    counted: dict[Label, Text] = {
        "graduate": _n("{n} graduate", "{n} graduates", of_label["graduate"]),
        "experienced": _n("{n} experienced mentor", "{n} experienced mentors", of_label["experienced"]),
        "organisation": _n("{n} for an organisation", "{n} for organisations", of_label["organisation"]),
    }
    paused = AtLeast.told(roster.count_paused(ctx.db, ctx.network, ctx.now), roster.MOST)
    return lines(
        _n(
            "<b>{network}</b> has {n} member: {groups}.",
            "<b>{network}</b> has {n} members: {groups}.",
            AtLeast.together(of_label.values()),
            network=ctx.network.name,
            groups=[text for label, text in counted.items() if label in of_label],
        ),
        [_n("{n} of them is on a break.", "{n} of them are on a break.", paused)] if paused else [],
    )


def _line(ctx: Context, member: Member, name: AnyText) -> Line:
    """Return a member as a line of the list, by what tells them apart."""
    who = name if member.role == "member" else form("{name} ({role})", name=name, role=ROLES[member.role])
    facts = {"who": who, "label": LABELS[member.label], "day": ctx.day_of(member.joined_at)}
    told = (
        _("{who}: {label}, since {day}, on a break", **facts)
        if people.is_paused(member.person, ctx.now)
        else _("{who}: {label}, since {day}", **facts)
    )
    return Line(told, [Button(_("Show {name}", name=name), ShowMember(member.id))])


@on(FindMember)
def find_member(ctx: Context, step: FindMember) -> None:
    """Find members by a part of their name: show the only one, or all that fit. Where the words are the whole
    name of one member, show that one."""
    words = ctx.ask("words", _("Who are you looking for? Part of the name is enough."), max_length=60)
    whole = roster.of_whole_name(ctx.db, ctx.network, words)
    found = [whole] if whole is not None else _found(ctx, words)
    if len(found) == 1:
        _show(ctx, found[0])
    elif found:
        _list(ctx, _title(ctx, words), found, words)
    else:
        ctx.say(
            _(
                "Nobody in <b>{network}</b> is called “{words}”.",
                network=ctx.network.name,
                words=words,
            ),
            Button(_("Search again"), FindMember()),
        )


@on(ShowMember)
def show_member(ctx: Context, step: ShowMember) -> None:
    """Show a member's card, if they are still here."""
    member = ctx.db.get(Member, step.member_id)
    if member is None or member.network_id != ctx.network.id or member.ended_at is not None:
        ctx.say(_("This person is no longer a member of <b>{network}</b>.", network=ctx.network.name))
    else:
        _show(ctx, member)


def _show(ctx: Context, member: Member) -> None:
    """Show a member's card, with what may be done; that it was opened is written down, once a day."""
    person = member.person
    if member.id != ctx.member.id and not journal.is_noted(
        ctx.db, ctx.network, OPENED.name, by=ctx.person, about=person, since=ctx.now - A_DAY
    ):
        OPENED.record(ctx, ctx.network, about=person)
    facts = [
        profile.facts(ctx, member),
        _("Role: {role}", role=ROLES[member.role]),
        _("Joined as: {label}", label=LABELS[member.label]),
        _("Member since: {day}", day=ctx.day_of(member.joined_at)),
        _("Last contact by name: {day}", day=ctx.day_of(member.last_contact_at))
        if member.last_contact_at
        else _("Last contact by name: none yet"),
    ]
    if member.state == "resting":
        facts.append(_("Does not take part at the moment"))
    if people.is_paused(person, ctx.now):
        facts.append(
            _("On a break until {day}", day=ctx.day_of(person.paused_until))
            if person.paused_until
            else _("On a break")
        )
    facts += standing.of_member(ctx, member)
    if member.id == ctx.member.id:
        facts.append(
            _(
                "This is you. {profile} changes what others see. {leave} ends your membership.",
                profile=Command("profile"),
                leave=Command("leave"),
            )
        )
    ctx.say(lines(facts), *_offers(ctx, member))


def _offers(ctx: Context, member: Member) -> list[Button]:
    """Return the buttons for what the one who acts may do with a member."""
    if member.id == ctx.member.id:
        return [Button(_("Step down"), ResignRole())]
    if member.state == "resting":
        return [Button(_("End membership"), Remove(member.id))] if roles.is_over(ctx, member) else []
    write = Button(_("Write a message"), WriteTo(member.id))
    if not roles.is_over(ctx, member):
        return [write]
    offers = [write]
    if member.role == "member":
        offers.append(Button(_("Ask to be a deputy"), AppointDeputy(member.id)))
    else:
        offers.append(Button(_("End this role"), RevokeRole(member.id)))
    if ctx.member.role == "meta_mentor" and member.role != "meta_mentor":
        offers.append(Button(_("Ask to be a meta-mentor"), AppointMetaMentor(member.id)))
    return [*offers, Button(_("End membership"), Remove(member.id))]
