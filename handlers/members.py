"""The members of a network, for those who coordinate it: who is there, who has which role, who has to go.

A deputy holds the same rights as a meta-mentor, but not over one.
"""

from collections.abc import Sequence

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Priority,
    Role,
    Text,
    Verbatim,
    _,
    _n,
    action,
    command,
    form,
    lines,
    paragraphs,
)
from db import journal, members, people, relays
from db.models import Member, Network, Person, Relay
from handlers import ask_peers, check_in, profile, relay

LABELS: dict[str, Text] = {
    "graduate": _("Graduate"),
    "experienced": _("Experienced mentor"),
    "organisation": _("Organisation"),
}
"""How somebody came into the network."""

GROUPS: dict[str, Text] = {
    "graduate": _("Graduates"),
    "experienced": _("Experienced mentors"),
    "organisation": _("Organisations"),
}
"""All who came in the same way."""

ROLES: dict[str, Text] = {
    "member": _("Member"),
    "deputy": _("Deputy"),
    "meta_mentor": _("Meta-mentor"),
}

PAGE = 20
"""Members in one message."""
CHOICES = 10
"""Members among whom one can be chosen by a tap."""
LONGEST_REASON = 500
"""Characters."""


def rights() -> Text:
    """What somebody who coordinates may do, and where it begins."""
    return _(
        "You coordinate this network. You can invite people, write to everybody, and appoint or remove "
        "members, and you see to it that every request gets an answer. {pulse} shows what waits for you, "
        "{help} shows everything.",
        pulse=Command("pulse"),
        help=Command("help"),
    )


def only_one(network: Network) -> Text:
    """Why the only meta-mentor has to stay for now."""
    return _(
        "You are the only meta-mentor of <b>{network}</b>. Please appoint another one first: {members} shows "
        "everybody.",
        network=network.name,
        members=Command("members"),
    )


# --- the list ------------------------------------------------------------------------------------


@command("members", needs=Role.META_MENTOR, menu=_("See and manage the members"))
def roster(ctx: Context) -> None:
    """Counts and the first page of the list; words after the command search."""
    if ctx.dialogue.words:
        ctx.instead(search, words=ctx.dialogue.words)
    everybody = members.active(ctx.db, ctx.network)
    _page(ctx, everybody, 0, _counts(ctx, everybody))


@action(needs=Role.META_MENTOR)
def more(ctx: Context, start: int) -> None:
    """The members from number `start` (from 0) on."""
    _page(ctx, members.active(ctx.db, ctx.network), start)


def _page(ctx: Context, everybody: Sequence[Member], start: int, *above: AnyText) -> None:
    shown = everybody[start : start + PAGE]
    buttons = [Button(_("Find somebody"), search, keep=True)]
    if start + PAGE < len(everybody):
        buttons.insert(0, Button(_("More"), more, (start + PAGE,)))
    ctx.say(
        paragraphs(above, lines(_line(ctx, member) for member in shown))
        if shown
        else _("There are no more members."),
        *buttons,
    )


def _counts(ctx: Context, everybody: Sequence[Member]) -> AnyText:
    of_label = {label: sum(member.label == label for member in everybody) for label in LABELS}
    counted = {
        "graduate": _n("{n} graduate", "{n} graduates", of_label["graduate"]),
        "experienced": _n("{n} experienced mentor", "{n} experienced mentors", of_label["experienced"]),
        "organisation": _n("{n} for an organisation", "{n} for organisations", of_label["organisation"]),
    }
    paused = sum(people.is_paused(member.person, ctx.now) for member in everybody)
    return lines(
        _n(
            "<b>{network}</b> has {n} member: {groups}.",
            "<b>{network}</b> has {n} members: {groups}.",
            len(everybody),
            network=ctx.network.name,
            groups=[text for label, text in counted.items() if of_label[label]],
        ),
        [_n("{n} of them pauses.", "{n} of them pause.", paused)] if paused else [],
    )


def _line(ctx: Context, member: Member) -> Text:
    """A member in the list."""
    name: AnyText = Verbatim(member.person.name)
    who = name if member.role == "member" else form("{name} ({role})", name=name, role=ROLES[member.role])
    facts = {"who": who, "label": LABELS[member.label], "day": member.joined_at.date()}
    if people.is_paused(member.person, ctx.now):
        return _("{who}: {label}, since {day}, pauses", **facts)
    return _("{who}: {label}, since {day}", **facts)


# --- one of them ---------------------------------------------------------------------------------


@action(needs=Role.META_MENTOR, menu=_("Find a member"))
def search(ctx: Context) -> None:
    """Finds members by a part of their name, and shows one."""
    words = ctx.ask("words", _("Whom are you looking for? A part of the name is enough."), max_length=60)
    found = members.find(ctx.db, ctx.network, words)
    if found:
        _show(ctx, found[0] if len(found) == 1 else _which(ctx, found))
        return
    ctx.say(
        _("Nobody in <b>{network}</b> has “{words}” in their name.", network=ctx.network.name, words=words),
        Button(_("Search again"), search),
    )


def _which(ctx: Context, found: Sequence[Member]) -> Member:
    """Several have such a name; the day they joined tells them apart."""
    question = _n("{n} member fits. Whom do you mean?", "{n} members fit. Whom do you mean?", len(found))
    first = _("These are the first {limit}. If it is somebody else, type more of the name.", limit=CHOICES)
    chosen = ctx.choose(
        "member",
        lines(question, [first] if len(found) > CHOICES else []),
        {
            str(member.id): _("{name}, since {day}", name=member.person.name, day=member.joined_at.date())
            for member in found[:CHOICES]
        },
    )
    return next(member for member in found if str(member.id) == chosen)


def _show(ctx: Context, member: Member) -> None:
    """A member's card, with what may be done."""
    person = member.person
    facts = [
        profile.facts(ctx, member),
        _("Role: {role}", role=ROLES[member.role]),
        _("Came as: {label}", label=LABELS[member.label]),
        _("Member since: {day}", day=member.joined_at.date()),
        _("Last answer from a human: {day}", day=member.last_contact_at.date())
        if member.last_contact_at
        else _("Last answer from a human: none so far"),
    ]
    if people.is_paused(person, ctx.now):
        facts.append(
            _("Pauses until: {day}", day=person.paused_until.date()) if person.paused_until else _("Pauses")
        )
    if member.id == ctx.member.id:
        facts.append(
            _(
                "This is you. {profile} changes what others see, {leave} ends your membership.",
                profile=Command("profile"),
                leave=Command("leave"),
            )
        )
    ctx.say(lines(facts), *_offers(ctx, member))


def _offers(ctx: Context, member: Member) -> list[Button]:
    """What the one who acts may do with a member."""
    if member.id == ctx.member.id:
        return [Button(_("Give my role back"), give_back)]
    write = Button(_("Write to them"), write_to, (member.id,))
    if not _is_over(ctx, member):
        return [write]
    offers = [write]
    if member.role == "member":
        offers.append(Button(_("Appoint as deputy"), appoint_deputy, (member.id,)))
    else:
        offers.append(Button(_("Take the role back"), take_back, (member.id,)))
    if ctx.member.role == "meta_mentor" and member.role != "meta_mentor":
        offers.append(Button(_("Appoint as meta-mentor"), appoint_meta_mentor, (member.id,)))
    return [*offers, Button(_("Remove"), remove, (member.id,))]


def _is_over(ctx: Context, member: Member) -> bool:
    """Whether the one who acts may decide about this member."""
    return ctx.member.role == "meta_mentor" or member.role != "meta_mentor"


def _other(ctx: Context, member_id: int) -> Member | None:
    """Another active member of this network about whom the one who acts may decide; None after saying why
    not."""
    ctx.hold_roles()
    member = ctx.hold(Member, member_id)
    if member is None or member.network_id != ctx.network.id or member.state != "active":
        ctx.say(_("This person is not a member of <b>{network}</b> any more.", network=ctx.network.name))
    elif member.id == ctx.member.id:
        ctx.say(_("This is you. {leave} ends your membership.", leave=Command("leave")))
    elif not _is_over(ctx, member):
        ctx.say(_("Only another meta-mentor can decide about a meta-mentor."))
    else:
        return member
    return None


# --- talking -------------------------------------------------------------------------------------


@action(needs=Role.META_MENTOR)
def write_to(ctx: Context, member_id: int) -> None:
    """Opens a conversation with a member, or with somebody who was one; both are told."""
    member = ctx.db.get(Member, member_id)
    if member is None or member.network_id != ctx.network.id:
        ctx.say(_("This person is not a member of <b>{network}</b> any more.", network=ctx.network.name))
        return
    person = member.person
    if any(_between(talk, person) for talk in relays.open_of(ctx.db, ctx.person.id)):
        ctx.say(_("You are connected with {name} already. Write here, I carry your words.", name=person.name))
    elif people.is_paused(person, ctx.now):
        ctx.say(_("{name} has asked for a pause, so I will not disturb them.", name=person.name))
    elif not people.reach(ctx.db, [person.id]):
        ctx.say(_("{name} cannot be reached at the moment.", name=person.name))
    else:
        _connect(ctx, person)


def _between(talk: Relay, person: Person) -> bool:
    """Whether this is a conversation with a person that belongs to no request, so both are named."""
    return talk.request_id is None and person.id in (talk.asker_id, talk.helper_id)


def _connect(ctx: Context, person: Person) -> None:
    talk = relay.talk(ctx, ctx.network, ctx.person, person)
    ctx.tell(
        person,
        _(
            "{name}, who coordinates <b>{network}</b>, would like to talk with you. Write here, I carry your "
            "words. {close} ends the conversation.",
            name=ctx.person.name,
            network=ctx.network.name,
            close=Command("close"),
        ),
        priority=Priority.CARRIED,
        on_reply=(relay.reply, talk.id),
    )
    ctx.say(
        _(
            "You are connected with {name}. Write here, I carry your words. {close} ends the conversation.",
            name=person.name,
            close=Command("close"),
        )
    )


# --- roles ---------------------------------------------------------------------------------------


@action(needs=Role.META_MENTOR, menu=_("Appoint a deputy"))
def appoint_deputy(ctx: Context, member_id: int) -> None:
    """Makes a member a deputy, and tells them what they may do now."""
    member = _other(ctx, member_id)
    if member is None:
        return
    name, network = member.person.name, ctx.network.name
    sure = ctx.confirm(
        "sure",
        _(
            "A deputy of <b>{network}</b> may do all that a meta-mentor may, but not decide about one. "
            "Shall I appoint {name}?",
            network=network,
            name=name,
        ),
        yes=_("Appoint"),
        no=_("Do not appoint"),
    )
    if sure:
        _give_role(
            ctx,
            member,
            "deputy",
            _("{by} has appointed you as a deputy of <b>{network}</b>.", by=ctx.person.name, network=network),
        )
        ctx.say(_("{name} is a deputy now and has been told.", name=name))
    else:
        ctx.say(_("All right. Nothing has changed."))


@action(needs=Role.META_MENTOR, menu=_("Appoint a meta-mentor"))
def appoint_meta_mentor(ctx: Context, member_id: int) -> None:
    """Makes a member or a deputy a meta-mentor, and tells them what they may do now."""
    member = _other(ctx, member_id)
    if member is None:
        return
    if ctx.member.role != "meta_mentor":
        ctx.say(_("Only a meta-mentor can appoint another one."))
        return
    name, network = member.person.name, ctx.network.name
    sure = ctx.confirm(
        "sure",
        _(
            "A meta-mentor of <b>{network}</b> may do all that you may, and can decide about you as well. "
            "Shall I appoint {name}?",
            network=network,
            name=name,
        ),
        yes=_("Appoint"),
        no=_("Do not appoint"),
    )
    if sure:
        _give_role(
            ctx,
            member,
            "meta_mentor",
            _(
                "{by} has appointed you as a meta-mentor of <b>{network}</b>.",
                by=ctx.person.name,
                network=network,
            ),
        )
        ctx.say(_("{name} is a meta-mentor now and has been told.", name=name))
    else:
        ctx.say(_("All right. Nothing has changed."))


def _give_role(ctx: Context, member: Member, role: str, notice: Text) -> None:
    member.role = role
    journal.record(
        ctx.db, ctx.network, f"member.appointed_{role}", by=ctx.person, about=member.person, now=ctx.now
    )
    ctx.tell(member.person, paragraphs(notice, rights()), priority=Priority.CARRIED)


@action(needs=Role.META_MENTOR, menu=_("Take a role back"))
def take_back(ctx: Context, member_id: int) -> None:
    """Makes a deputy or another meta-mentor an ordinary member again, and tells them."""
    member = _other(ctx, member_id)
    if member is None:
        return
    name, network = member.person.name, ctx.network.name
    sure = ctx.confirm(
        "sure",
        _("{name} stays a member, but does not coordinate any more. Shall I take the role back?", name=name),
        yes=_("Take it back"),
        no=_("Leave it"),
    )
    if not sure:
        ctx.say(_("All right. Nothing has changed."))
        return
    member.role = "member"
    journal.record(
        ctx.db, ctx.network, "member.role_taken_back", by=ctx.person, about=member.person, now=ctx.now
    )
    ctx.tell(
        member.person,
        _(
            "{by} has taken your role in <b>{network}</b> back. You stay a member. "
            "Thank you for what you did for everybody.",
            by=ctx.person.name,
            network=network,
        ),
        priority=Priority.CARRIED,
    )
    ctx.say(_("{name} is a member now and has been told.", name=name))


@action(needs=Role.META_MENTOR)
def give_back(ctx: Context) -> None:
    """The one who acts gives their own role back, where another meta-mentor stays."""
    ctx.hold_roles()
    coordinators = members.coordinators(ctx.db, ctx.network.id)
    if all(member.id == ctx.member.id or member.role != "meta_mentor" for member in coordinators):
        ctx.say(only_one(ctx.network))
        return
    ctx.member.role = "member"
    journal.record(
        ctx.db, ctx.network, "member.role_given_back", by=ctx.person, about=ctx.person, now=ctx.now
    )
    ctx.tell(
        [member.person for member in coordinators if member.id != ctx.member.id],
        _(
            "{name} does not coordinate <b>{network}</b> any more.",
            name=ctx.person.name,
            network=ctx.network.name,
        ),
        priority=Priority.ANNOUNCEMENT,
    )
    ctx.say(
        _(
            "You are a member of <b>{network}</b> now. Thank you for what you did for everybody.",
            network=ctx.network.name,
        )
    )


# --- removing, and looking at it again -----------------------------------------------------------


@action(needs=Role.META_MENTOR, menu=_("Remove a member"))
def remove(ctx: Context, member_id: int) -> None:
    """Ends a membership with a reason, which the person reads together with how to object."""
    member = _other(ctx, member_id)
    if member is None:
        return
    person, network = member.person, ctx.network
    reason = ctx.ask(
        "reason",
        _("Why does {name} have to go? {name} will read your words.", name=person.name),
        max_length=LONGEST_REASON,
    )
    notice = _notice(ctx, reason)
    sure = ctx.confirm(
        "sure",
        paragraphs(
            _("This is what {name} will read:", name=person.name),
            form("<blockquote>{notice}</blockquote>", notice=notice),
            _(
                "Open requests of {name} end, and those that {name} helps with look for somebody else. "
                "Shall I remove {name} from <b>{network}</b>?",
                name=person.name,
                network=network.name,
            ),
        ),
        yes=_("Remove"),
        no=_("Do not remove"),
    )
    if not sure:
        ctx.say(_("All right. Nothing has changed."))
        return
    ask_peers.release(ctx, member)
    check_in.call_off(ctx, member)
    members.end(ctx.db, member, state="removed", because=reason, now=ctx.now)
    journal.record(ctx.db, network, "member.removed", by=ctx.person, about=person, now=ctx.now)
    told = ctx.tell(
        person,
        notice,
        Button(_("Ask for another look"), object_, (member.id, ctx.person.id)),
        priority=Priority.CARRIED,
    )
    ctx.say(
        _("{name} is no member any more and has got your words.", name=person.name)
        if told
        else _(
            "{name} is no member any more. I could not tell them, because they cannot be reached.",
            name=person.name,
        )
    )


def _notice(ctx: Context, reason: str) -> AnyText:
    """What somebody reads who has to go."""
    return paragraphs(
        _(
            "{by} has ended your membership in <b>{network}</b>. This is why:",
            by=ctx.person.name,
            network=ctx.network.name,
        ),
        Verbatim(reason),
        _(
            "Thank you for the time you gave. If you think that this is wrong, tap the button below: "
            "then somebody looks at it again."
        ),
    )


@action(menu=_("Ask for another look"))
def object_(ctx: Context, member_id: int, remover_id: int) -> None:
    """Brings the words of somebody removed to those who coordinate: to others than the remover (a person's
    id), where there are any."""
    member = _removed(ctx, member_id)
    if member is None:
        return
    coordinators = [each.person for each in members.coordinators(ctx.db, member.network_id)]
    judges = [person for person in coordinators if person.id != remover_id] or coordinators
    words = ctx.ask(
        "words",
        _(
            "What should {people} know? I bring your words there, and the answer back to you.",
            people=[person.name for person in judges],
        ),
        max_length=LONGEST_REASON,
    )
    ctx.tell(
        judges,
        paragraphs(
            _(
                "{name} was removed from <b>{network}</b> and asks you to look at it again:",
                name=member.person.name,
                network=member.network.name,
            ),
            form("<blockquote>{words}</blockquote>", words=words),
        ),
        Button(_("Take them back in"), readmit, (member.id,)),
        Button(_("Write to them"), write_to, (member.id,), keep=True),
        Button(_("It stays as it is"), uphold, (member.id,)),
        priority=Priority.HELP_REQUEST,
    )
    ctx.say(_("I have brought them your words, and tell you what they decide."))


@action(needs=Role.META_MENTOR)
def readmit(ctx: Context, member_id: int) -> None:
    """Takes somebody removed back in."""
    member = _removed(ctx, member_id)
    if member is None:
        return
    person, network = member.person, member.network
    members.join(ctx.db, network, person, label=member.label, now=ctx.now)
    check_in.plan(ctx, member)
    journal.record(ctx.db, network, "member.readmitted", by=ctx.person, about=person, now=ctx.now)
    ctx.tell(
        person,
        _(
            "{by} has looked at it again: you are a member of <b>{network}</b> again. Welcome back.",
            by=ctx.person.name,
            network=network.name,
        ),
        priority=Priority.CARRIED,
    )
    ctx.say(_("{name} is a member again and has been told.", name=person.name))


@action(needs=Role.META_MENTOR)
def uphold(ctx: Context, member_id: int) -> None:
    """Leaves it at the removal."""
    member = _removed(ctx, member_id)
    if member is None:
        return
    journal.record(
        ctx.db, member.network, "member.removal_upheld", by=ctx.person, about=member.person, now=ctx.now
    )
    ctx.tell(
        member.person,
        _(
            "{by} has looked at it again, and your membership in <b>{network}</b> stays ended. "
            "Thank you for asking, and all the best to you.",
            by=ctx.person.name,
            network=member.network.name,
        ),
        priority=Priority.CARRIED,
    )
    ctx.say(_("I have told {name}.", name=member.person.name))


def _removed(ctx: Context, member_id: int) -> Member | None:
    """A removed member, for themselves or for those who coordinate; None after saying that it is settled."""
    member = ctx.hold(Member, member_id)
    if member is not None and member.state == "removed":
        if member.person_id == ctx.person.id or member.network_id == ctx.person.network_id:
            return member
        ctx.say(
            _(
                "This belongs to another network of yours: {networks} takes you there.",
                networks=Command("networks"),
            )
        )
    else:
        ctx.say(_("This is settled already."))
    return None
