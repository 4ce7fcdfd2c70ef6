"""What members say of an entry: that it helped, that something is wrong; and passing it on."""

from bot import Button, Context, Priority, Text, _, form, lines, on, paragraphs
from bot.lists import act
from db import people
from db.directory import organisations
from db.models import Organisation, Person
from db.network import members, roster
from handlers.directory import entry
from handlers.directory import found as found_again
from handlers.directory.steps import (
    ChangeOrganisation,
    ItHelped,
    OrganisationGone,
    PassOrganisationOn,
    ShareOrganisation,
    SomethingWrong,
    StillRight,
)
from handlers.protecting import limits

LONGEST = 500
ONLY_HERE = _("Only for this network")
SHARED = act("organisation.shared", _("{who} shared an organisation with all networks here on {day}."))
NOT_SHARED = act(
    "organisation.not_shared", _("{who} took an organisation back from the other networks on {day}.")
)


def _seen(ctx: Context, organisation_id: int) -> Organisation | None:
    """Return an entry that the one who acts sees; None after saying that it is gone."""
    found = organisations.seen_by(ctx.db, ctx.network, organisation_id)
    if found is None or found.do_not_list:
        ctx.say(entry.GONE)
        return None
    return found


@on(ItHelped)
def it_helped(ctx: Context, step: ItHelped) -> None:
    """Keep that an organisation has helped."""
    found = _seen(ctx, step.organisation_id)
    if found is not None:
        organisations.say(ctx.db, found, ctx.person, "helped", ctx.now)
        found_again.let_find(ctx.db, [found])
        ctx.say(_("Good to know, thank you. Perhaps I ask you one day whether the entry is still right."))


@on(SomethingWrong)
def something_wrong(ctx: Context, step: SomethingWrong) -> None:
    """Ask what is wrong with an entry, and bring the words to whoever looks after it, at once."""
    if _seen(ctx, step.organisation_id) is None:
        return
    words = str(ctx.ask("wrong", _("What is wrong? One sentence is enough."), max_length=LONGEST))
    found = _seen(ctx, step.organisation_id)
    if found is None or not limits.allows(ctx, limits.DOUBTS):
        return
    organisations.say(ctx.db, found, ctx.person, "wrong", ctx.now)
    keepers = [each for each in _keepers(ctx, found) if each is not ctx.person]
    mine = ctx.network
    who = (
        form("{name}", name=ctx.person.name) if mine is found.network else _("Somebody from another network")
    )
    said = _(
        "{name} says that something is wrong with <b>{organisation}</b>: “{words}”",
        name=who,
        organisation=found.name,
        words=words,
    )
    ctx.turn_to(found.network)
    ctx.tell(
        keepers,
        paragraphs(said, lines(entry.facts(found)), _("Is this still right?")),
        *answers(found),
        priority=Priority.CHECK_IN,
        about=about(found),
    )
    ctx.turn_to(mine)
    ctx.say(_("Thank you. I have told whoever looks after this entry, and you hear what becomes of it."))


def about(found: Organisation) -> Text:
    """Return what a question about an entry is about, as a part of a sentence."""
    return _("the entry of {organisation}", organisation=found.name)


def answers(found: Organisation) -> list[Button]:
    """Return what somebody can answer who is asked whether an entry is still right."""
    return [
        Button(_("Yes, it is right"), StillRight(found.id), means="yes"),
        Button(_("Change it"), ChangeOrganisation(found.id), keep=True),
        Button(_("It is gone"), OrganisationGone(found.id), keep=True, means="no"),
    ]


def _keepers(ctx: Context, found: Organisation) -> list[Person]:
    """Return who looks after an entry: whoever added it, while they are a member and can be reached; else
    those who coordinate its network."""
    giver = roster.here(ctx.db, found.network, found.added_by_id) if found.added_by_id is not None else None
    if giver is not None and giver.id in people.reach(ctx.db, [giver.id]):
        return [giver]
    return [each.person for each in members.coordinators(ctx.db, found.network_id)]


def thank(ctx: Context, found: Organisation, text: Text) -> None:
    """Tell those who said that something is wrong what has become of it; they are few."""
    said = [each for each in organisations.who_said(ctx.db, found, "wrong") if each is not ctx.person]
    if said:
        ctx.tell(said, text, priority=Priority.CHECK_IN)


@on(PassOrganisationOn)
def pass_on(ctx: Context, step: PassOrganisationOn) -> None:
    """Show an entry as a message that can be forwarded."""
    found = _seen(ctx, step.organisation_id)
    if found is not None:
        ctx.say(lines(entry.facts(found)))


@on(ShareOrganisation)
def share(ctx: Context, step: ShareOrganisation) -> None:
    """Let all networks here find an organisation, or only this one."""
    found = ctx.ours(
        Organisation, step.organisation_id, gone=entry.GONE, still=lambda each: not each.do_not_list
    )
    if found is None:
        return
    organisations.share(found, shared=step.shared)
    found_again.let_find(ctx.db, [found])
    (SHARED if step.shared else NOT_SHARED).record(ctx, ctx.network)
    if step.shared:
        ctx.say(
            _("Members of all networks here find {organisation} now.", organisation=found.name),
            Button(ONLY_HERE, ShareOrganisation(found.id, False)),
        )
    else:
        ctx.say(_("Only this network finds {organisation} now.", organisation=found.name))
