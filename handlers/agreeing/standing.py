"""How it stands with the agreement, for those who coordinate: who has signed, and who has not."""

from datetime import timedelta

from bot import Button, Command, Context, Line, Text, _, _n, form, lines, on, page
from bot.listing import PAGE
from bot.lists import Debts, Notice, act, adds
from db.agreeing import agreements, signatures
from db.models import Agreement, Member
from handlers.agreeing import letters
from handlers.agreeing.steps import (
    ReadAgreement,
    RemindUnsigned,
    ShowUnsigned,
    WriteAgreement,
)
from handlers.network.steps import ChangeOffice, ShowAgreement

OWED_AFTER = timedelta(days=60)
"""Not signing has no consequence for so long; then somebody should talk to them."""
REMINDED = act("agreement.reminded", _("{who} reminded those who had not signed on {day}."))


@on(ShowAgreement)
def show_agreement(ctx: Context, step: ShowAgreement) -> None:
    """Show how the agreement stands, and what can be done."""
    there = agreements.latest(ctx.db, ctx.network.id)
    office = Button(_("Where to find us"), ChangeOffice(), keep=True)
    if there is None:
        ctx.say(
            _("This network has no agreement so far. An example is there to begin with."),
            Button(_("Write the agreement"), WriteAgreement(), keep=True),
            office,
        )
        return
    n, needed = signatures.count(ctx.db, there), agreements.needed(ctx.db, ctx.network.id)
    many = agreements.members(ctx.db, ctx.network.id)
    before = agreements.in_force(ctx.db, ctx.network.id)
    ctx.say(
        lines(
            _(
                "Version {version} is in force since {day}.",
                version=before.version,
                day=ctx.day_of(before.in_force_at or before.sent_at),
            )
            if before is not None
            else _("No version is in force so far."),
            [_("Version {version} was sent on {day}.", version=there.version, day=ctx.day_of(there.sent_at))]
            if there.state == "proposed"
            else [],
            signed(n, many, needed if there.agreed_at is None and there.state == "proposed" else 0),
            _("I ask you to look at it again on {day}.", day=there.review_on),
        ),
        Button(_("Change it"), WriteAgreement(), keep=True),
        *([Button(_("Who has not signed?"), ShowUnsigned(), keep=True)] if n < many else []),
        Button(_("Read it"), ReadAgreement(), keep=True),
        office,
    )


def signed(n: int, many: int, needed: int) -> Text:
    """Return how many have signed, and how many more have to."""
    if n >= needed:
        return _("{n} of {all} have signed.", n=n, all=many)
    return _n(
        "{signed} of {all} have signed; {n} more is needed.",
        "{signed} of {all} have signed; {n} more are needed.",
        needed - n,
        signed=n,
        all=many,
    )


@on(ShowUnsigned)
def show_unsigned(ctx: Context, step: ShowUnsigned) -> None:
    """List who has not signed, by name."""
    there = agreements.latest(ctx.db, ctx.network.id)
    after = ctx.db.get(Member, step.after) if step.after else None
    found = signatures.unsigned(ctx.db, there, PAGE + 1, after) if there is not None else []
    if there is None or not found:
        ctx.say(_("Everybody has signed."))
        return
    ctx.say_list(
        form("<b>{title}</b>", title=_("Version {version}: not signed by", version=there.version)),
        page(
            found,
            lambda member: Line(form("{name}", name=member.person.name)),
            more=lambda last: ShowUnsigned(last.id),
        ),
        buttons=[_remind(there)] if there.reminded_at is None else [],
    )


def _remind(agreement: Agreement) -> Button:
    return Button(_("Remind them once"), RemindUnsigned(agreement.id))


@on(RemindUnsigned)
def remind_unsigned(ctx: Context, step: RemindUnsigned) -> None:
    """Remind those who have not signed, once."""
    there = ctx.ours(
        Agreement,
        step.agreement_id,
        gone=_("This version is no longer to be signed."),
        still=lambda row: row.state in ("proposed", "in_force"),
    )
    if there is None:
        return
    if there.reminded_at is not None:
        ctx.say(
            _(
                "They were reminded on {day} already. More often helps nobody.",
                day=ctx.day_of(there.reminded_at),
            )
        )
        return
    agreements.note_reminded(there, ctx.now)
    letters.remind(ctx, there)
    REMINDED.record(ctx, ctx.network)
    ctx.say(_("I am reminding them now. I do that only once."))


# --- on the pulse --------------------------------------------------------------------------------


@adds(Debts, place=80)
def agreement_stands(ctx: Context) -> Notice | None:
    """Return how many have signed a version that is proposed."""
    there = agreements.latest(ctx.db, ctx.network.id)
    if there is None or there.state != "proposed" or there.agreed_at is not None:
        return None
    n, many = signatures.count(ctx.db, there), agreements.members(ctx.db, ctx.network.id)
    overdue = there.reminded_at is None and agreements.is_overdue(there, ctx.now, timedelta(days=7))
    return Notice(
        _("The agreement: {states}", states=signed(n, many, agreements.needed(ctx.db, ctx.network.id))),
        _remind(there) if overdue else Button(_("The agreement"), Command("agreement"), keep=True),
    )


def overdue(ctx: Context, network_id: int) -> Agreement | None:
    """Return the version in force that was to be signed long ago; None where there is none."""
    there = agreements.latest(ctx.db, network_id)
    if there is None or there.state != "in_force":
        return None
    return there if agreements.is_overdue(there, ctx.now, OWED_AFTER) else None


def of_member(ctx: Context, member: Member) -> list[Text]:
    """Return that a member has not signed, long after a version was sent."""
    there = overdue(ctx, member.network_id)
    if there is None or signatures.of(ctx.db, there, member.person) is not None:
        return []
    return [_("Has not signed version {version} of the agreement", version=there.version)]
