"""When a version of the agreement holds: enough have signed it, in time; and what follows."""

from datetime import UTC, datetime, time, timedelta

from bot import Button, Command, Context, Priority, Text, _, on
from bot.lists import act, has_changed
from bot.text import Value
from db.agreeing import agreements, signatures
from db.models import Agreement
from db.network import members, rooms
from handlers.agreeing import letters
from handlers.agreeing.letters import about
from handlers.agreeing.steps import ConfirmAgreement, LookAtAgreement, ReviewAgreement, WriteAgreement

A_DAY = timedelta(days=1)
REMINDER, LAST_DAY, END = timedelta(days=7), timedelta(days=30), timedelta(days=31)
"""After a version was sent: who has not signed is reminded, and reminded on the last day; then it is over."""
A_YEAR = timedelta(days=365)
MORNING = time(9)

IN_FORCE = act("agreement.in_force", _("A version of the agreement came into force on {day}."))
MISSED = act("agreement.missed", _("Too few had signed a version of the agreement on {day}."))
REVIEWED = act("agreement.reviewed", _("{who} looked at the agreement again on {day}, and left it as it is."))


def look(ctx: Context, agreement: Agreement) -> bool:
    """Let a version hold where enough have signed it and its day has come; return whether it holds from now
    on. Signatures are counted only where they may be enough."""
    if agreement.state != "proposed":
        return False
    if agreement.agreed_at is None and agreement.signed >= agreement.needed:
        agreements.note_needed(agreement, agreements.needed(ctx.db, agreement.network_id))
        if signatures.count(ctx.db, agreement) >= agreement.needed:
            agreements.agree(agreement, ctx.now)
    zone = ctx.installation.zone(agreement.network.time_zone)
    if agreement.agreed_at is None or ctx.now.astimezone(zone).date() < agreement.holds_from:
        return False
    _put_in_force(ctx, agreement)
    return True


def _put_in_force(ctx: Context, agreement: Agreement) -> None:
    """Let a version hold, and say so in the rooms and to those who coordinate."""
    agreements.put_in_force(ctx.db, agreement, ctx.now)
    _plan_review(ctx, agreement)
    has_changed(ctx, agreement.network)
    IN_FORCE.record(ctx, agreement.network, by=agreement.made_by, version=agreement.version)
    facts: dict[str, Value] = {"version": agreement.version, "network": agreement.network.name}
    ctx.tell_rooms(
        rooms.of_network(ctx.db, agreement.network_id),
        _(
            "Version {version} of the agreement of <b>{network}</b> is in force now. {agreement} shows it.",
            **facts,
            agreement=Command("agreement"),
        ),
        priority=Priority.ANNOUNCEMENT,
    )
    _tell_coordinators(
        ctx, agreement, _("Version {version} of the agreement of <b>{network}</b> is in force now.", **facts)
    )


def _tell_coordinators(ctx: Context, agreement: Agreement, text: Text, *buttons: Button) -> None:
    there = members.coordinators(ctx.db, agreement.network_id)
    ctx.tell([each.person for each in there], text, *buttons, priority=Priority.CHECK_IN)


@on(LookAtAgreement)
def look_at_agreement(ctx: Context, step: LookAtAgreement) -> None:
    """Do what is to be done on a day after a version was sent: remind, count, let it hold, or end it."""
    agreement = ctx.hold(Agreement, step.agreement_id)
    if agreement is None or agreement.state != "proposed":
        return
    ctx.turn_to(agreement.network)
    agreements.note_needed(agreement, agreements.needed(ctx.db, agreement.network_id))
    if look(ctx, agreement):
        return
    since = ctx.now - agreement.sent_at
    if agreement.agreed_at is None and since >= END:
        _miss(ctx, agreement)
        return
    if agreement.agreed_at is None and REMINDER <= since < REMINDER + A_DAY:
        letters.remind(ctx, agreement, last=False)
    elif agreement.agreed_at is None and LAST_DAY <= since < LAST_DAY + A_DAY:
        letters.remind(ctx, agreement, last=True)
    ctx.later(A_DAY, step, about=about(agreement))


def _miss(ctx: Context, agreement: Agreement) -> None:
    """End a version that too few have signed, and tell those who coordinate what holds."""
    signed = signatures.count(ctx.db, agreement)
    agreements.end(agreement, "missed", ctx.now)
    MISSED.record(ctx, agreement.network, version=agreement.version)
    before = agreements.in_force(ctx.db, agreement.network_id)
    facts = {"version": agreement.version, "n": signed, "needed": agreement.needed}
    text = (
        _(
            "Version {version}: {n} of the members signed it, and {needed} were needed. Version {old} stays "
            "in force.",
            **facts,
            old=before.version,
        )
        if before is not None
        else _(
            "Version {version}: {n} of the members signed it, and {needed} were needed. So there is no "
            "agreement yet.",
            **facts,
        )
    )
    _tell_coordinators(ctx, agreement, text, Button(_("Write another one"), WriteAgreement()))


# --- looking at it again -------------------------------------------------------------------------


def _plan_review(ctx: Context, agreement: Agreement) -> None:
    zone = ctx.installation.zone(agreement.network.time_zone)
    at = datetime.combine(agreement.review_on, MORNING, zone).astimezone(UTC)
    ctx.later(at, ReviewAgreement(agreement.id), about=about(agreement))


@on(ReviewAgreement)
def review_agreement(ctx: Context, step: ReviewAgreement) -> None:
    """Ask those who coordinate whether what is in force is still right."""
    agreement = ctx.hold(Agreement, step.agreement_id)
    if agreement is None or agreement.state != "in_force":
        return
    ctx.turn_to(agreement.network)
    _tell_coordinators(
        ctx,
        agreement,
        _(
            "You wanted to look at the agreement of <b>{network}</b> again today. {agreement} shows it. Is "
            "it still right?",
            network=agreement.network.name,
            agreement=Command("agreement"),
        ),
        Button(_("It is still right"), ConfirmAgreement(agreement.id)),
        Button(_("Change it"), WriteAgreement(), keep=True),
    )


@on(ConfirmAgreement)
def confirm_agreement(ctx: Context, step: ConfirmAgreement) -> None:
    """Leave a version as it is, and ask again in a year."""
    agreement = ctx.ours(
        Agreement,
        step.agreement_id,
        gone=_("This version is no longer in force."),
        still=lambda row: row.state == "in_force",
    )
    if agreement is None:
        return
    if agreement.review_on > ctx.today:
        ctx.say(_("Somebody has looked at it already. I ask again on {day}.", day=agreement.review_on))
        return
    agreements.note_review(agreement, ctx.today + A_YEAR)
    _plan_review(ctx, agreement)
    REVIEWED.record(ctx, ctx.network)
    ctx.say(_("Thank you. I ask again on {day}.", day=agreement.review_on))
