"""The journal of a network. Those who coordinate read who did what, in whole sentences; members read how
often what was done, and what can be seen of them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from bot import (
    AnyText,
    Button,
    Context,
    Line,
    Role,
    Text,
    Verbatim,
    _,
    _n,
    command,
    form,
    heading,
    lines,
    on,
    page,
    paragraphs,
)
from bot.installation import Keep
from bot.listing import PAGE
from bot.lists import ACTS, Forgetting, Retention, adds
from db import people
from db.leading import journal as entries
from db.models import JournalEntry
from handlers.coordinating.steps import FilterLog, MoreOfLog, SeenOfMe
from handlers.protecting import limits

SOMETHING = _("{who} changed something on {day}.")
"""An act of a program that was newer than this one."""
DAYS = 90
"""How far members look back."""

KINDS: Mapping[str, tuple[Text, tuple[str, ...]]] = {
    "roles": (
        _("Roles"),
        ("member.appointed", "member.role", "role.", "trusted.", "network.founded", "network.confirmed"),
    ),
    "invitations": (_("Invitations"), ("invitation.", "cohort.", "application.", "member.recommended")),
    "letters": (_("Letters to all"), ("announcement.",)),
    "members": (_("Members"), ("member.",)),
    "agreement": (_("How the network runs"), ("",)),
}
"""What can be shown alone: what it is called, and how the names of its acts begin; the first that fits."""
ALL = "all"


def kind_of(act: str) -> str:
    """Return of which kind an act is."""
    return next(kind for kind, (_name, begins) in KINDS.items() if act.startswith(begins))


@adds(Retention, place=60)
def journal(keep: Keep) -> Forgetting:
    """Return for how long acts are kept."""
    return Forgetting(entries.forget, keep.journal_days)


@command("log", needs=Role.MEMBER, menu=_("See what was decided, and by whom"))
def log(ctx: Context) -> None:
    """Show those who coordinate the last acts, newest first; members, what was done how often."""
    if ctx.may(Role.META_MENTOR):
        _page(ctx, None, "")
    elif limits.allows(ctx, limits.LOG):
        _counts(ctx)


# --- for members ---------------------------------------------------------------------------------


def _counts(ctx: Context) -> None:
    """Say how often those who coordinate did what. Names of others are for those who coordinate only."""
    many = entries.counts(ctx.db, ctx.network, ctx.now - timedelta(days=DAYS))
    told = [*_told(many)]
    ctx.say(
        heading(
            _("What was decided in {network}", network=ctx.network.name),
            _("In the last {n} days those who coordinate {acts}.", n=DAYS, acts=[*told, *_nothing(many)])
            if told
            else _("Nothing was decided in the last {n} days.", n=DAYS),
        ),
        Button(_("What can they see of me?"), SeenOfMe(), keep=True),
    )


def _told(many: Mapping[str, int]) -> Iterator[Text]:
    """Yield what was done, as parts of a sentence."""

    def count(*acts: str) -> int:
        return sum(number for act, number in many.items() if act.startswith(acts))

    if n := count("invitation.made", "cohort.made", "cohort.renewed"):
        yield _n("invited once", "invited {n} times", n)
    if n := count("application.accepted", "application.declined"):
        yield _n("decided about {n} application", "decided about {n} applications", n)
    if n := count("announcement.sent"):
        yield _n("wrote to many once", "wrote to many {n} times", n)
    if n := count("member.appointed", "member.role", "role.", "trusted."):
        yield _n("gave or ended a role once", "gave or ended a role {n} times", n)
    if n := count("schedule.set"):
        yield _n("changed the rhythm once", "changed the rhythm {n} times", n)
    if n := count("agreement.sent", "agreement.small"):
        yield _n("changed the agreement once", "changed the agreement {n} times", n)
    if n := count("goal.set"):
        yield _n("set {n} goal", "set {n} goals", n)
    if n := count("network.numbers_changed"):
        yield _n("changed how the network runs once", "changed how the network runs {n} times", n)
    changed = (
        "name_changed purpose_changed languages_changed time_zone_changed place_changed public_changed "
        "questions_changed vouching_changed"
    )
    if n := count(*(f"network.{each}" for each in changed.split()), "room."):
        yield _n(
            "changed something else about the network once",
            "changed something else about the network {n} times",
            n,
        )
    if n := count("member.card_opened"):
        yield _n("looked at the card of a member once", "looked at cards of members {n} times", n)
    if n := count("export."):
        yield _n("took a list or figures once", "took lists or figures {n} times", n)
    if n := count("member.removed"):
        yield _n("removed {n} member", "removed {n} members", n)
    if n := count("member.readmitted"):
        yield _n("took {n} member back in", "took {n} members back in", n)


def _nothing(many: Mapping[str, int]) -> list[Text]:
    return [] if many.get("member.removed") else [_("removed nobody")]


@on(SeenOfMe)
def seen_of_me(ctx: Context, step: SeenOfMe) -> None:
    """Say what those who coordinate can see of a member, and what they cannot."""
    ctx.say(
        heading(
            _("What those who coordinate can see of you"),
            _(
                "They see: your name, topics, languages, place, time zone and role, how and when you joined, "
                "the day of the last contact by name, and whether you are on a break. When they open your "
                "card, that is written down; when they take a list of the members, you hear why."
            ),
            _(
                "They see also that nobody has answered a question of yours, and that you said you are not "
                "well, if you want them to."
            ),
            _(
                "They do not see: what you write to others, what you answer to check-ins, whom you do not "
                "want to meet, and what you report."
            ),
        )
    )


# --- for those who coordinate --------------------------------------------------------------------


@on(MoreOfLog)
def more_of_log(ctx: Context, step: MoreOfLog) -> None:
    """Show the acts that come before an entry of the journal."""
    _page(ctx, step.before, step.kind)


@on(FilterLog)
def filter_log(ctx: Context, step: FilterLog) -> None:
    """Ask for a kind, and show the last acts of it."""
    kinds = {kind: name for kind, (name, _begins) in KINDS.items()}
    kind = ctx.choose("kind", _("What should I show?"), {**kinds, ALL: _("The whole journal")})
    _page(ctx, None, "" if kind == ALL else kind)


def _page(ctx: Context, before: int | None, kind: str) -> None:
    acts = [act for act in ACTS if kind_of(act) == kind] if kind in KINDS else None
    found = entries.latest(ctx.db, ctx.network, PAGE + 1, before, acts)
    if not found:
        ctx.say(_("Nothing more is written down.") if before else _("Nothing is written down yet."))
        return
    names = people.names_of(ctx.db, [each for entry in found for each in (entry.by_id, entry.about_id)])
    title = KINDS[kind][0] if kind in KINDS else _("What happened in this network")
    misfit = entries.misfit_among(found)
    ctx.say_list(
        paragraphs(form("<b>{title}</b>", title=title), *([_does_not_fit(misfit)] if misfit else [])),
        page(
            found,
            lambda entry: Line(_sentence(ctx, entry, names)),
            more=lambda entry: MoreOfLog(entry.id, kind),
        ),
        buttons=[Button(_("Show only a part"), FilterLog(), keep=True)],
    )


def _does_not_fit(number: int) -> Text:
    """Return what is said of a journal in which somebody changed an entry outside of the bot."""
    return _(
        "<b>This journal does not fit together since entry {n}.</b> It was changed in the database itself, "
        "and not by me. Those who run the bot can compare it with a backup.",
        n=number,
    )


def _sentence(ctx: Context, entry: JournalEntry, names: Mapping[int, str]) -> AnyText:
    """Return one act as a sentence, on the day it was where the reader lives, with what it tells besides."""
    act = ACTS.get(entry.act)
    sentence = replace(
        act.sentence if act is not None else SOMETHING,
        values={
            "who": _name(names, entry.by_id),
            "whom": _name(names, entry.about_id),
            "day": ctx.day_of(entry.at),
        },
    )
    return sentence if act is None or act.more is None else lines(sentence, act.more(entry.details))


def _name(names: Mapping[int, str], person_id: int | None) -> AnyText:
    """Return the name of a person, as long as it is kept."""
    name = names.get(person_id) if person_id is not None else None
    return Verbatim(name) if name else _("(name deleted)")
