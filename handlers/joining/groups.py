"""Course groups: the graduates of a course are invited together, from a list of their names."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Day,
    Role,
    SentFile,
    Text,
    Unclear,
    Verbatim,
    _,
    _n,
    command,
    lines,
    paragraphs,
)
from bot.lists import act
from bot.reading.tables import Table
from bot.text import Value
from db.growing import partners
from db.models import Cohort, Partner
from db.network import cohorts, invitations, members
from handlers.joining import group_files, group_list
from handlers.joining.group_list import Names
from handlers.joining.steps import GroupWaits, ShowGroup
from handlers.protecting import limits
from handlers.talking import to_coordinators

KINDS, MOST_BYTES = (".csv", ".txt"), 2**20
GOOD_FOR = timedelta(days=60)
"""How long the codes of a group work: some open their letters late."""
LOOKS = (timedelta(days=14), timedelta(days=40))
"""After which time whoever invited a group hears how many have not come; then no more."""
SHOWN = 3
"""Names that are shown of a list."""

MADE = act("cohort.made", _("{who} invited a course group on {day}."))


@command(
    "cohort",
    needs=Role.MEMBER,
    menu=_("Invite a course group"),
    shown_to=Role.META_MENTOR,
    rest=("group",),
)
def invite_group(ctx: Context) -> None:
    """Ask for the name of a group and the list of its people, and make a code for each. Whoever speaks for a
    partner organisation can invite as many as was agreed."""
    partner = None if ctx.may(Role.META_MENTOR) else partners.spoken_for(ctx.db, ctx.member)
    if not may_invite(ctx):
        way = to_coordinators.way_to(ctx)
        ctx.say(
            _("Course groups are invited by those who coordinate the network, and by its partners."),
            *([way] if way is not None else []),
        )
        return
    if partner is not None and not partners.left(ctx.db, partner, ctx.now):
        ctx.say(_too_many(ctx, partner, 0))
        return
    group = ctx.ask(
        "group", _("What is the group called? For example: Course of spring 2027."), max_length=60
    )
    found = _ask_names(ctx, partner)
    if partner is not None:
        partner = ctx.hold(Partner, partner.id)
        left = partners.left(ctx.db, partner, ctx.now) if partner is not None else 0
        if partner is None or len(found.names) > left:
            ctx.say(
                _(
                    "Meanwhile others were invited. Please look at it again: {invite}.",
                    invite=Command("invite"),
                )
            )
            return
    if not limits.allows(ctx, limits.GROUPS):
        return
    cohort = cohorts.make(ctx.db, ctx.network, group, by=ctx.person, partner=partner, now=ctx.now)
    people = [(name, invitations.new_code(ctx.installation.rng)) for name in found.names]
    expires_at = ctx.now + GOOD_FOR
    invitations.make_for(
        ctx.db,
        cohort,
        [(code, group_list.initials(name)) for name, code in people],
        by=ctx.person,
        expires_at=expires_at,
        now=ctx.now,
    )
    MADE.record(ctx, ctx.network, people=len(people))
    ctx.later_all((ctx.now + span, GroupWaits(cohort.id), about(cohort)) for span in LOOKS)
    say_codes(
        ctx,
        cohort,
        people,
        paragraphs(
            _n(
                "{n} code for <b>{group}</b>. It works until {day}.",
                "{n} codes for <b>{group}</b>. They work until {day}.",
                len(people),
                group=group,
                day=Day(ctx.day_of(expires_at), far=True),
            ),
            _(
                "This is the only time I show them. The names are only in these files: I keep initials until "
                "somebody comes."
            ),
        ),
    )


def may_invite(ctx: Context) -> bool:
    """Whether the one who acts may invite a course group: whoever coordinates the network, and whoever speaks
    for a partner of it."""
    return ctx.may(Role.META_MENTOR) or partners.spoken_for(ctx.db, ctx.member) is not None


def _too_many(ctx: Context, partner: Partner, left: int) -> Text:
    """Return that no more can come than was agreed, and who can change that."""
    if partners.is_over(partner, ctx.now):
        return _(
            "The year with {organisation} is over. You can invite again as soon as both sides have said that "
            "they go on.",
            organisation=partner.name,
        )
    there: list[Value] = [each.person.name for each in members.coordinators(ctx.db, ctx.network.id)]
    return _n(
        "{network} has agreed on {quota} people a year with {organisation}, and {n} can still come. {people} "
        "can change that.",
        "{network} has agreed on {quota} people a year with {organisation}, and {n} can still come. {people} "
        "can change that.",
        left,
        network=ctx.network.name,
        quota=partner.quota,
        organisation=partner.name,
        people=there,
    )


def _table(ctx: Context, sent: SentFile | str, partner: Partner | None) -> Table:
    """Return the table in what was sent. Raises Unclear where more are in it than may come."""
    found = group_list.table(sent, ctx.reader.locale)
    if partner is not None:
        left = partners.left(ctx.db, partner, ctx.now)
        if group_list.many(found) > left:
            raise Unclear(_too_many(ctx, partner, left))
    return found


def say_codes(ctx: Context, cohort: Cohort, people: Sequence[Sequence[str]], text: AnyText) -> None:
    """Show codes, only this once: as a table, and as cards to print."""
    how_far = Button(_("How far is the group?"), ShowGroup(cohort.id), keep=True)
    cards = group_files.sheet(ctx, people)
    more = [] if cards is not None else [how_far]
    ctx.say(text, *more, file=group_files.GroupCodes(people), forget=True)
    if cards is not None:
        ctx.say(
            _("And a sheet to print and cut: one card for each person, ten on a page."),
            how_far,
            file=cards,
            forget=True,
        )


def about(cohort: Cohort) -> str:
    """Return what the timers of a group belong to."""
    return f"cohort {cohort.id}"


def _ask_names(ctx: Context, partner: Partner | None) -> Names:
    """Ask for a list until it is right; of a partner no more can come than was agreed."""
    for number in count(1):
        sent = ctx.ask_file(
            f"list {number}",
            _(
                "Send me the names: paste them, one a line, or attach a CSV or text file. I need them only "
                "for the codes, and forget them then."
            ),
            kinds=KINDS,
            most=MOST_BYTES,
            otherwise=_(
                "Please send the list as a CSV or text file of up to 1 MB, or paste it here. I cannot read "
                "names in a picture."
            ),
            check=lambda sent: _table(ctx, sent, partner),
        )
        table = _table(ctx, sent, partner)
        choices, chosen = group_list.columns(table), None
        if choices is not None:
            chosen = ctx.choose(f"column {number}", _("Which column has the names?"), choices)
        found = group_list.names(table, chosen)
        may_be_header = not table.known and table.width > 1
        answer = ctx.choose(f"right {number}", _preview(found), _what(found, may_be_header=may_be_header))
        if answer == "header":
            found = group_list.names(table, chosen, header=True)
            answer = ctx.choose(f"right now {number}", _preview(found), _what(found))
        if answer == "make":
            break
    return found


def _what(found: Names, *, may_be_header: bool = False) -> dict[str, AnyText]:
    """Return what can be done with a list."""
    return {
        "make": _n("Make {n} code", "Make {n} codes", len(found.names)),
        **({"header": _("The first line is no name")} if may_be_header else {}),
        "change": _("Change the list"),
    }


def _preview(found: Names) -> AnyText:
    """Return what was found in a list."""
    names = sorted(found.names[:], key=str.isascii)[:SHOWN] if found.is_guessed else found.names[:SHOWN]
    more = len(found.names) > SHOWN
    shown = Verbatim(", ".join(names) + (" …" if more else ""))
    return lines(
        _n("I found {n} name: {names}", "I found {n} names: {names}", len(found.names), names=shown),
        [_("These look alike: {names}.", names=Verbatim(", ".join(found.alike)))] if found.alike else [],
        [_n("{n} line has no name.", "{n} lines have no name.", found.empty)] if found.empty else [],
        [_("The file does not say how its letters are written. Are they right?")] if found.is_guessed else [],
    )
