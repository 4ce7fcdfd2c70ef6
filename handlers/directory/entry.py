"""An entry of the directory, as members read it, and what they can do with it."""

from collections.abc import Iterator, Sequence

from bot import (
    AnyText,
    Button,
    Context,
    Language,
    Line,
    Role,
    Text,
    Verbatim,
    _,
    _n,
    form,
    lines,
    on,
    paragraphs,
)
from bot.reading.directory.organisations import ONLINE, STATUS
from bot.reading.personal import phones
from bot.text import Joined
from db.directory import organisations
from db.models import Organisation
from db.network import roster
from handlers.directory.steps import (
    ChangeOrganisation,
    ItHelped,
    OrganisationGone,
    PassOrganisationOn,
    ShareOrganisation,
    ShowOrganisation,
    SomethingWrong,
)
from handlers.vocabulary import TOPICS

GONE = _("This organisation is no longer in the list.")


def told(ctx: Context, entry: Organisation) -> AnyText:
    """Return an entry as members of a network read it."""
    return paragraphs(lines(facts(entry)), lines(_checked(ctx, entry)))


def facts(entry: Organisation) -> Iterator[AnyText]:
    """Yield what is known of an organisation, one fact a line."""
    yield _joined([form("<b>{name}</b>", name=entry.name), *_head(entry)])
    if entry.description:
        yield Verbatim(entry.description)
    reach = [entry.schedule_text, entry.url, *map(phones.spaced, entry.phones), entry.email]
    if any(reach):
        yield _joined([Verbatim(each) for each in reach if each])
    more = (entry.fees_description, entry.eligibility_description, entry.application_process)
    if any(more):
        yield _joined([Verbatim(each) for each in more if each])
    if entry.agreed:
        yield _("Whoever answers there has agreed to stand here.")


def _head(entry: Organisation) -> Iterator[AnyText]:
    if entry.alternate_name:
        yield Verbatim(entry.alternate_name)
    yield Verbatim(entry.address or entry.city) if entry.city else ONLINE
    if named := [TOPICS[topic] for topic in entry.topics if topic in TOPICS]:
        yield _joined(named, ", ")
    if entry.languages:
        yield _joined([form("{language}", language=Language(code)) for code in entry.languages], ", ")
    if entry.status != "active":
        yield STATUS[entry.status]


def _joined(parts: Sequence[AnyText], between: str = " · ") -> AnyText:
    return Joined(tuple(parts), between)


def _checked(ctx: Context, entry: Organisation) -> Iterator[AnyText]:
    """Yield when an entry was last right, and what was said against it. Who looked is named while they are
    members of the same network."""
    ours = entry.network_id == ctx.network.id
    if not ours:
        yield _("From the network {network}.", network=entry.network.name)
    if entry.wrong_reports >= organisations.ENOUGH:
        yield _n(
            "{n} person says that this may be wrong.",
            "{n} people say that this may be wrong.",
            entry.wrong_reports,
        )
    day = ctx.day_of(entry.assured_at)
    by = entry.assured_by_id
    looked = roster.here(ctx.db, ctx.network, by) if by is not None and ours else None
    if by is None and entry.assured_at == entry.added_at:
        yield _("In the list since {day}. Nobody has checked it so far.", day=day)
    elif ctx.now - entry.assured_at > organisations.SINKS:
        yield _("Not checked since {day}.", day=day)
    elif looked is not None:
        yield _("Last checked: {day} by {name}.", day=day, name=looked.name)
    else:
        yield _("Last checked: {day}.", day=day)


def line(ctx: Context, entry: Organisation) -> Line:
    """Return an entry as a line of a list."""
    head = _joined([form("<b>{name}</b>", name=entry.name), *_head(entry)])
    old = ctx.now - entry.assured_at > organisations.SINKS
    text = form("{head} · {old}", head=head, old=_old(ctx, entry)) if old else head
    return Line(text, [Button(Verbatim(entry.name), ShowOrganisation(entry.id), keep=True)])


def _old(ctx: Context, entry: Organisation) -> Text:
    return _("not checked since {day}", day=ctx.day_of(entry.assured_at))


@on(ShowOrganisation)
def show_organisation(ctx: Context, step: ShowOrganisation) -> None:
    """Show an organisation, with what can be done."""
    entry = organisations.seen_by(ctx.db, ctx.network, step.organisation_id)
    if entry is None or entry.do_not_list:
        ctx.say(GONE)
        return
    show(ctx, entry)


def show(ctx: Context, entry: Organisation) -> None:
    """Show an entry with what the one who acts can do with it."""
    ctx.say(
        told(ctx, entry),
        Button(_("It helped"), ItHelped(entry.id), keep=True),
        Button(_("Something is wrong"), SomethingWrong(entry.id), keep=True),
        Button(_("As a message to forward"), PassOrganisationOn(entry.id), keep=True),
        *([Button(_("Change it"), ChangeOrganisation(entry.id), keep=True)] if keeps(ctx, entry) else []),
        *_for_coordinators(ctx, entry),
    )


def ours(ctx: Context, organisation_id: int) -> Organisation | None:
    """Return an organisation in the list of the network, locked; None after saying that it is none."""
    return ctx.ours(Organisation, organisation_id, gone=GONE, still=lambda each: not each.do_not_list)


def keeps(ctx: Context, entry: Organisation) -> bool:
    """Whether the one who acts looks after an entry: whoever added it, and those who coordinate."""
    ours = entry.network_id == ctx.network.id
    return ours and (entry.added_by_id == ctx.person.id or ctx.may(Role.META_MENTOR))


def _for_coordinators(ctx: Context, entry: Organisation) -> list[Button]:
    if entry.network_id != ctx.network.id or not ctx.may(Role.META_MENTOR):
        return []
    if entry.shared:
        sharing = Button(_("Only for this network"), ShareOrganisation(entry.id, False), keep=True)
    else:
        sharing = Button(_("Share with all networks here"), ShareOrganisation(entry.id, True), keep=True)
    return [Button(_("It is gone"), OrganisationGone(entry.id), keep=True), sharing]
