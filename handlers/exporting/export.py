"""Taking lists and figures: those who coordinate what a network came to, whoever speaks for a partner the
members of its own groups. A list with names needs a reason, and all members hear of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot import AnyText, Context, Role, Unclear, _, _n, command, form, on, paragraphs
from bot.lists import Act, act
from db.engine import seen
from db.growing import exports, partners
from db.help import months
from db.models import Partner
from handlers.directory.steps import ExportOrganisations
from handlers.exporting.files import Members, Months, Requests, Table
from handlers.exporting.set_up import SetUp
from handlers.partnering.steps import TakeOwnGroups
from handlers.protecting import personal_data

A_DAY = timedelta(days=1)
SHORTEST, LONGEST = 5, 200
"""Letters of a reason."""
MOST = 5_000
"""Lines in a file, as many as somebody still looks through: of more there is a file for each year."""
MEMBERS = act(
    "export.members",
    _("{who} took a list of the members on {day}."),
    lambda details: form("“{reason}”", reason=details["reason"]),
)
MONTHS = act("export.figures", _("{who} took the figures by month on {day}."))
REQUESTS = act("export.requests", _("{who} took the list of questions on {day}, without their words."))

SET_UP = act("export.set_up", _("{who} took the set-up of the network on {day}."))


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that can be taken.

    label:  what it is called, on a button
    table:  its recipe
    act:    how the journal tells that it was taken
    says:   what stands above the file, of so many
    names:  whether people are named in it
    """

    label: AnyText
    table: type[Table]
    act: Act
    says: Callable[[int], AnyText]
    names: bool = False


KINDS: Mapping[str, Kind] = {
    "members": Kind(
        _("Members"),
        Members,
        MEMBERS,
        lambda n: _n("The list of members: {n} person.", "The list of members: {n} people.", n),
        names=True,
    ),
    "figures": Kind(
        _("Figures by month"),
        Months,
        MONTHS,
        lambda n: _n("The figures of {n} month.", "The figures of {n} months.", n),
    ),
    "requests": Kind(
        _("Questions without their words"),
        Requests,
        REQUESTS,
        lambda n: _n("The list of questions: {n} question.", "The list of questions: {n} questions.", n),
    ),
}
"""What there is to take, in the order in which it is offered."""
WHOLE: Mapping[str, AnyText] = {"organisations": _("Organisations"), "set_up": _("The set-up")}
"""What is taken as it is today, and names nobody: the directory, which every member can take, and what
another network could begin with."""
SPANS: Mapping[str, tuple[int | None, AnyText]] = {
    "quarter": (3, _("The last 3 months")),
    "year": (12, _("The last 12 months")),
    "all": (None, _("From the beginning")),
}
"""From when: so many months back, the one of today among them."""


@command("export", needs=Role.META_MENTOR, menu=_("Take lists and figures with you"), rest=("what",))
def export(ctx: Context) -> None:
    """Ask what is needed, and send it as a file."""
    labels: dict[str, AnyText] = {key: kind.label for key, kind in KINDS.items()}
    what = str(ctx.choose("what", _("What do you need?"), {**labels, **WHOLE}))
    if what == "organisations":
        ctx.redirect(ExportOrganisations())
    if what == "set_up":
        _take_set_up(ctx)
    else:
        _take(ctx, what)


@on(TakeOwnGroups)
def take_own_groups(ctx: Context, step: TakeOwnGroups) -> None:
    """Send whoever speaks for a partner those who came by its groups, as a file."""
    partner = partners.spoken_for(ctx.db, ctx.member)
    if partner is None:
        ctx.say(_("You speak for no organisation in this network."))
        return
    _take(ctx, "members", partner)


def _take(ctx: Context, name: str, partner: Partner | None = None) -> None:
    """Ask why, where people are named, and from when; send it, and write down that it was taken."""
    kind = KINDS[name]
    if _has_had(ctx, name):
        return
    reason = _reason(ctx, partner) if kind.names else None
    span = ctx.choose("since", _("From when?"), {key: label for key, (_months, label) in SPANS.items()})
    since = _since(ctx, SPANS[span][0])
    there = _many(ctx, name, since, partner)
    if not there:
        ctx.say(_("There is nothing from {since} to {until}.", since=since, until=ctx.today))
        return
    _note(ctx, name)
    if reason is not None:
        kind.act.record(ctx, ctx.network, reason=reason)
    else:
        kind.act.record(ctx, ctx.network)
    several = there > MOST
    days = exports.years(since, ctx.today) if several else [(since, months.after(ctx.today.replace(day=1)))]
    for begins, ends in days:
        ctx.say(
            paragraphs(
                kind.says(there) if not several else form("{year}", year=str(begins.year)),
                [_("There are names in it: keep it where nobody else reads it.")] if kind.names else [],
            ),
            file=kind.table(
                ctx.person.id,
                ctx.network.id,
                ctx.now.isoformat(),
                begins.isoformat(),
                ends.isoformat(),
                partner.id if partner is not None else None,
            ),
            forget=True,
        )


def _take_set_up(ctx: Context) -> None:
    """Send what another network could begin with, and write down that it was taken."""
    if _has_had(ctx, "set_up"):
        return
    _note(ctx, "set_up")
    SET_UP.record(ctx, ctx.network)
    ctx.say(
        paragraphs(
            _(
                "The set-up of <b>{network}</b>: what another network could begin with.",
                network=ctx.network.name,
            ),
            _("No people and no words of members are in it."),
        ),
        file=SetUp(ctx.person.id, ctx.network.id),
        forget=True,
    )


def _today(ctx: Context, name: str) -> str:
    return f"export {name} {ctx.network.id} {ctx.person.id} {ctx.today}"


def _has_had(ctx: Context, name: str) -> bool:
    """Whether the one who acts has had something today, after saying so."""
    had = seen.marked(ctx.db, [_today(ctx, name)], ctx.now - A_DAY)
    if had:
        ctx.say(_("You have had it today. Tomorrow I can send it again."))
    return bool(had)


def _note(ctx: Context, name: str) -> None:
    seen.mark(ctx.db, _today(ctx, name), ctx.now)


def _reason(ctx: Context, partner: Partner | None) -> str:
    """Ask why a list with names is needed; whoever is in it hears that."""

    def typed(words: str) -> str:
        if sum(map(str.isalpha, words)) < SHORTEST:
            raise Unclear(_("A few words are enough, but please some."))
        return words

    question: AnyText = _(
        "This list has names. Why do you need it? Your words stand in the journal, and all members read them "
        "with the next check-in."
    )
    if partner is not None:
        question = paragraphs(
            _("You get those who came by the groups of {organisation}.", organisation=partner.name), question
        )
    words = ctx.ask("reason", question, parse=typed, max_length=LONGEST)
    return " ".join(personal_data.without_it(ctx, str(words)).split())


def _since(ctx: Context, back: int | None) -> date:
    """Return the first day of the month that is so many months back, but none before the network began."""
    began = ctx.day_of(ctx.network.founded_at).replace(day=1)
    if back is None:
        return began
    month = ctx.today.year * 12 + ctx.today.month - back
    return max(began, date(month // 12, month % 12 + 1, 1))


def _many(ctx: Context, name: str, since: date, partner: Partner | None) -> int:
    """Return how many lines there are to send; of questions no more than do not go into one file."""
    until = months.after(ctx.today.replace(day=1))
    if name == "members":
        partner_id = partner.id if partner is not None else None
        return exports.count_members(ctx.db, ctx.network, since, until, partner_id)
    if name == "requests":
        return exports.count_requests(ctx.db, ctx.network, since, until, ctx.today, MOST + 1)
    return (until.year - since.year) * 12 + until.month - since.month
