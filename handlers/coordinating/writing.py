"""Those who coordinate a network write to one of its members."""

from bot import Button, Command, Context, Line, Priority, Verbatim, _, on, page, paragraphs
from bot.listing import PAGE
from db import people
from db.help import relays
from db.models import Member, Person
from db.network import exclusions, roster
from handlers.coordinating.steps import FindMember, MoreMembers, ShowMember, WriteTo
from handlers.protecting import limits
from handlers.talking import opening
from handlers.talking.steps import Reply, WriteToMember
from handlers.vocabulary import told_apart


@on(WriteToMember)
def write_to_member(ctx: Context, step: WriteToMember) -> None:
    """Show who may be meant by a name: nobody is written to without a tap."""
    found = roster.called(ctx.db, ctx.network, step.called, PAGE + 1, without=[ctx.person.id])
    if not found:
        ctx.say(
            _(
                "Nobody in <b>{network}</b> is called “{words}”.",
                network=ctx.network.name,
                words=step.called[:40],
            ),
            Button(_("Find somebody"), FindMember()),
        )
    elif len(found) == 1:
        name = found[0].person.name
        ctx.say(
            _("Do you want to write to {name}?", name=name),
            Button(_("Write to {name}", name=name), WriteTo(found[0].id), means="yes"),
            Button(_("Show {name}", name=name), ShowMember(found[0].id)),
        )
    else:
        called = told_apart(ctx, found)
        ctx.say_list(
            _("Who do you mean?"),
            page(
                found,
                lambda member: Line(
                    called[member.id],
                    [Button(_("Write to {name}", name=member.person.name), WriteTo(member.id))],
                ),
                more=lambda last: MoreMembers(last.id, step.called),
            ),
            choose=_("To write to one of them, choose a number."),
        )


@on(WriteTo)
def write_to(ctx: Context, step: WriteTo) -> None:
    """Open a conversation with a member, or with somebody who was one; both are told."""
    gone = _("This person is no longer a member of <b>{network}</b>.", network=ctx.network.name)
    member = ctx.ours(Member, step.member_id, gone=gone)
    if member is None:
        return
    person = member.person
    known = opening.between(ctx, ctx.network, person)
    if known is not None:
        letter, _reached = ctx.tell(
            ctx.person,
            _("You are already in a conversation with {name}. Just write here.", name=person.name),
            priority=Priority.ANSWER,
            on_reply=Reply(known.id),
        )
        relays.note_letter(known, letter)  # what is written now is for them, whatever else is open
    elif any(person.id == other.id and row.named for row, other in exclusions.of(ctx.db, ctx.person)):
        ctx.say(
            _(
                "You have asked me not to bring you together with {name}. You can change that in {profile}.",
                name=person.name,
                profile=Command("profile"),
            )
        )
    elif person.id in exclusions.apart_from(ctx.db, ctx.person.id, by_name=True):
        ctx.say(_("I cannot reach {name} at the moment.", name=person.name))
    elif ended := relays.ended_by_other(ctx.db, ctx.network, ctx.person, person, ctx.now - limits.AGAIN):
        ctx.say(
            _(
                "{name} has ended your last conversation. Please leave them some time: you can write again "
                "in {wait}.",
                name=person.name,
                wait=limits.wait(ended + limits.AGAIN - ctx.now),
            )
        )
    elif people.is_paused(person, ctx.now):
        ctx.say(_("{name} has asked for a pause, so I will not disturb them.", name=person.name))
    elif not people.reach(ctx.db, [person.id]):
        ctx.say(_("I cannot reach {name} at the moment.", name=person.name))
    elif limits.allows(ctx, limits.CONVERSATIONS):
        _connect(ctx, person)


def _connect(ctx: Context, person: Person) -> None:
    """Connect the one who acts with a person of their network."""
    relay = opening.connect(
        ctx,
        person,
        ctx.network,
        _(
            "{name} coordinates <b>{network}</b> and would like to write with you. Just answer here. {close} "
            "ends the conversation.",
            name=ctx.person.name,
            network=ctx.network.name,
            close=Command("close"),
        ),
    )
    connected = opening.connected(Verbatim(person.name))
    asleep = _("{name} has quiet hours now and will read it afterwards.", name=person.name)
    ctx.say(
        paragraphs(connected, asleep) if ctx.sleeps(person, ctx.network) else connected,
        on_reply=Reply(relay.id),
    )
