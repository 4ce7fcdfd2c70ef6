"""How far a course group is: who has come, and what can be done for those who have not."""

from datetime import timedelta

from bot import AnyText, Button, Context, Day, Priority, Role, Text, Verbatim, _, _n, lines, on, paragraphs
from bot.installation import Keep
from bot.lists import Forgetting, Retention, act, adds
from db.growing import partners
from db.help import pulse
from db.models import Cohort, Network, Partner
from db.network import cohorts, invitations, members
from handlers.joining import groups, invite
from handlers.joining.steps import GroupWaits, NewCode, RemindOfGroup, ShowGroup, WithdrawRest
from handlers.network import forwarding

GONE = _("This group is no longer there.")
AGAIN = timedelta(days=3)
FEWEST = 5
"""Of fewer people no figure says what they did."""
FEWEST_OF_PARTNER = 3
"""Of fewer people whoever speaks for a partner does not see that they have come."""

RENEWED = act("cohort.renewed", _("{who} made a new code for somebody in a course group on {day}."))
WITHDRAWN = act("cohort.withdrawn", _("{who} withdrew the open codes of a course group on {day}."))


@on(ShowGroup)
def show_group(ctx: Context, step: ShowGroup) -> None:
    """Show it."""
    may_see = ctx.may(Role.META_MENTOR)
    partner = None if may_see else partners.spoken_for(ctx.db, ctx.member)
    cohort = ctx.ours(
        Cohort,
        step.cohort_id,
        gone=GONE,
        still=lambda each: may_see or (partner is not None and each.partner_id == partner.id),
    )
    if cohort is not None and partner is not None:
        ctx.say(_in_numbers(ctx, cohort, partner))
    elif cohort is not None:
        ctx.say(_progress(ctx, cohort), *_buttons(ctx, cohort))


def _in_numbers(ctx: Context, cohort: Cohort, partner: Partner) -> Text:
    """Return how many have come, as whoever speaks for a partner reads it: of very few not even that."""
    if not partner.shows_progress:
        return _(
            "It was agreed that only those who coordinate see how many of <b>{group}</b> have come.",
            group=cohort.name,
        )
    here, still = cohorts.joined(ctx.db, cohort), cohorts.waiting(ctx.db, cohort, ctx.now)
    if len(here) < FEWEST_OF_PARTNER:
        return _("<b>{group}</b>: fewer than {n} have joined.", group=cohort.name, n=FEWEST_OF_PARTNER)
    return have_joined(cohort.name, len(here), len(still))


def _progress(ctx: Context, cohort: Cohort) -> AnyText:
    """Return how many have come, with their names; of the others only initials are known."""
    here, still = cohorts.joined(ctx.db, cohort), cohorts.waiting(ctx.db, cohort, ctx.now)
    active = pulse.taking_part(ctx.db, [member.id for member in here])
    did = _n(
        "{n} of them has asked or answered something.",
        "{n} of them have asked or answered something.",
        active,
    )
    known = ", ".join(each.note or "?" for each in still)
    return paragraphs(
        lines(
            have_joined(cohort.name, len(here), len(still)),
            [did] if active and len(here) >= FEWEST else [],
        ),
        [_("Here: {names}", names=[member.person.name for member in here])] if here else [],
        [
            lines(
                _("Not yet: {names}", names=Verbatim(known)),
                _("Their codes work until {day}.", day=Day(ctx.day_of(still[0].expires_at), far=True)),
            )
        ]
        if still
        else [],
    )


def have_joined(group: str, joined: int, waiting: int) -> Text:
    """Return how many of a group have come; of the others those count who still can."""
    return _n(
        "<b>{group}</b>: {n} of {all} has joined.",
        "<b>{group}</b>: {n} of {all} have joined.",
        joined,
        group=group,
        all=joined + waiting,
    )


def _are_missing(group: str, joined: int, waiting: int) -> Text:
    """Return how many of a group have not come."""
    if not joined:
        return _("Nobody from <b>{group}</b> has come yet.", group=group)
    return _n(
        "{n} of {all} from <b>{group}</b> has not come yet.",
        "{n} of {all} from <b>{group}</b> have not come yet.",
        waiting,
        group=group,
        all=joined + waiting,
    )


def _buttons(ctx: Context, cohort: Cohort) -> list[Button]:
    """Return what can be done for those who have not come."""
    if not cohorts.waiting(ctx.db, cohort, ctx.now):
        return []
    return [
        Button(_("New code for somebody"), NewCode(cohort.id), keep=True),
        Button(_("Remind me in 3 days"), RemindOfGroup(cohort.id)),
        Button(_("Withdraw the rest"), WithdrawRest(cohort.id), keep=True),
    ]


@on(NewCode)
def new_code(ctx: Context, step: NewCode) -> None:
    """Ask whose code it is, withdraw the old one and show a new one."""
    cohort = ctx.ours(Cohort, step.cohort_id, gone=GONE)
    if cohort is None:
        return
    old = ctx.pick(
        "who",
        _("Who needs a new code? The old one stops working."),
        cohorts.waiting(ctx.db, cohort, ctx.now),
        lambda invitation: Verbatim(invitation.note or "?"),
        gone=_("They have come in the meantime, or their code has ended."),
    )
    if old is None:
        return
    initials, code = old.note, invitations.new_code(ctx.installation.rng)
    invitations.withdraw(old, ctx.now)
    (new,) = invitations.make_for(
        ctx.db,
        cohort,
        [(code, initials)],
        by=ctx.person,
        expires_at=ctx.now + groups.GOOD_FOR,
        now=ctx.now,
    )
    RENEWED.record(ctx, ctx.network)
    ctx.say(
        paragraphs(
            _("{initials} has a new code. The old one no longer works.", initials=initials),
            forwarding.NEXT,
        ),
        Button(_("How far is the group?"), ShowGroup(cohort.id), keep=True),
    )
    invite.show(ctx, new, code)


@on(WithdrawRest)
def withdraw_rest(ctx: Context, step: WithdrawRest) -> None:
    """Withdraw the codes of all who have not come, after a question."""
    cohort = ctx.ours(Cohort, step.cohort_id, gone=GONE)
    if cohort is None:
        return
    still = cohorts.waiting(ctx.db, cohort, ctx.now)
    if not still:
        ctx.say(_("Nobody of <b>{group}</b> is still to come.", group=cohort.name))
        return
    if not ctx.sure(
        _n(
            "Withdraw {n} code of <b>{group}</b>? Nobody can join with it then.",
            "Withdraw {n} codes of <b>{group}</b>? Nobody can join with them then.",
            len(still),
            group=cohort.name,
        ),
        yes=_("Withdraw"),
        no=_("Leave them"),
        otherwise=_("They go on working."),
    ):
        return
    for invitation in still:
        invitations.withdraw(invitation, ctx.now)
    ctx.call_off(groups.about(cohort))
    WITHDRAWN.record(ctx, ctx.network, people=len(still))
    ctx.say(_("Withdrawn. Those who have joined stay members."))


@on(RemindOfGroup)
def remind_of_group(ctx: Context, step: RemindOfGroup) -> None:
    """Look again in three days."""
    cohort = ctx.ours(Cohort, step.cohort_id, gone=GONE)
    if cohort is not None:
        ctx.later(AGAIN, GroupWaits(cohort.id), about=groups.about(cohort))
        ctx.say(_("I will write in three days, if somebody is still to come."))


@on(GroupWaits)
def group_waits(ctx: Context, timer: GroupWaits) -> None:
    """Tell whoever invited a group how many have not come, while they coordinate; where they no longer do,
    all who do."""
    cohort = ctx.db.get(Cohort, timer.cohort_id)
    if cohort is None or not (still := cohorts.waiting(ctx.db, cohort, ctx.now)):
        return
    coordinating = [member.person for member in members.coordinators(ctx.db, cohort.network_id)]
    makers = [each for each in coordinating if each.id == cohort.made_by_id]
    here = cohorts.joined(ctx.db, cohort)
    ctx.turn_to(ctx.db.get_one(Network, cohort.network_id))
    ctx.tell(
        makers or coordinating,
        _are_missing(cohort.name, len(here), len(still)),
        *_buttons(ctx, cohort),
        priority=Priority.CHECK_IN,
    )


@adds(Retention, place=95)
def initials(keep: Keep) -> Forgetting:
    """Return that initials are kept no longer than the codes work."""
    return Forgetting(invitations.forget_initials, 0)
