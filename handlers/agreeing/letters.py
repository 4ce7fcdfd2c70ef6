"""What members are sent about a version of the agreement: the letter that it is there, and reminders. It goes
to them in slices, in the language of the text that they read."""

from collections.abc import Mapping

from bot import AnyText, Button, Context, Priority, Text, _, on, paragraphs
from bot.text import Value
from db import people
from db.agreeing import agreements, signatures
from db.models import Agreement, Network, Person
from db.network import members, readers
from db.network.readers import Whom
from handlers.agreeing import texts
from handlers.agreeing.steps import BringAgreement, ReadAgreement, SayNotYet, SignAgreement
from handlers.agreeing.texts import Parts
from handlers.talking.steps import WriteToCoordinators

MOST = 300
"""Members to whom it is written in one turn."""


def about(agreement: Agreement) -> str:
    """Return the tag of a version's timers."""
    return f"agreement:{agreement.id}"


def send(ctx: Context, agreement: Agreement, new: texts.Texts, before: texts.Texts | None) -> None:
    """Begin to tell the members that a version waits for their signature, and how it differs from the one
    `before`."""
    letters = {
        locale: ctx.tell(
            [],
            news(agreement.network, agreement.made_by, agreement.why, parts, _old(before, locale)),
            *_buttons(ctx, agreement),
            priority=Priority.ANNOUNCEMENT,
            about=_about(agreement),
            on_reply=_asks(ctx, agreement),
        )[0]
        for locale, parts in new.items()
    }
    ctx.go_on(BringAgreement(agreement.id, letters), None, about=about(agreement))


def _old(before: texts.Texts | None, locale: str) -> Parts | None:
    return before.get(locale, Parts(())) if before is not None else None


def news(network: Network, maker: Person | None, why: str, parts: Parts, before: Parts | None) -> AnyText:
    """Return what members read about a new version; with none `before` it is the first."""
    name = maker.name if maker is not None else ""
    if before is None:
        return paragraphs(
            _("<b>{network}</b> has an agreement, written by {name}:", network=network.name, name=name),
            texts.shown(parts),
        )
    return paragraphs(
        _("The agreement of <b>{network}</b> has changed.", network=network.name),
        texts.difference(before, parts).shown(),
        _("{name} writes: {why}", name=name, why=why),
    )


def remind(ctx: Context, agreement: Agreement, *, last: bool = False) -> None:
    """Begin to remind those who have not signed a version; `last`: today they still can."""
    facts: dict[str, Value] = {"version": agreement.version, "network": agreement.network.name}
    text: Text = (
        _(
            "Today is the last day on which version {version} of the agreement of <b>{network}</b> can come "
            "into force. You have not signed it yet. It is fine to say “not yet”.",
            **facts,
        )
        if last
        else _(
            "You have not signed version {version} of the agreement of <b>{network}</b> yet. It is fine to "
            "say “not yet”.",
            **facts,
        )
    )
    letter, _reached = ctx.tell(
        [],
        text,
        *_buttons(ctx, agreement),
        priority=Priority.ANNOUNCEMENT,
        about=_about(agreement),
        on_reply=_asks(ctx, agreement),
    )
    locale = next(iter(agreements.wording(ctx.db, agreement).texts))
    ctx.go_on(BringAgreement(agreement.id, {locale: letter}, reminds=True), None, about=about(agreement))


def _about(agreement: Agreement) -> AnyText:
    return _("the agreement of {network}", network=agreement.network.name)


def _buttons(ctx: Context, agreement: Agreement) -> list[Button]:
    return [
        Button(_("Sign"), SignAgreement(agreement.id), keep=True, means="yes"),
        Button(_("Read all"), ReadAgreement(), keep=True),
        Button(_("Not yet"), SayNotYet(agreement.id), keep=True, means=("later", "no")),
        Button(_("I have a question"), _asks(ctx, agreement), keep=True),
    ]


def _asks(ctx: Context, agreement: Agreement) -> WriteToCoordinators:
    """Return the way to whoever wrote a version; to another one who coordinates where they no longer do."""
    there = members.coordinators(ctx.db, agreement.network_id)
    maker = [each for each in there if each.person_id == agreement.made_by_id]
    return WriteToCoordinators(next((each.id for each in [*maker, *there]), 0))


@on(BringAgreement)
def bring_agreement(ctx: Context, step: BringAgreement) -> None:
    """Bring the letters to the next of those for whom they are."""
    agreement = ctx.hold(Agreement, step.agreement_id)
    if agreement is None or agreement.state not in ("proposed", "in_force"):
        return
    whom = Whom(agreement.network_id, [])
    made_at = ctx.now if step.reminds else agreement.sent_at
    some = readers.after(ctx.db, whom, step.place, MOST, made_at=made_at, now=ctx.now)
    unsigned = signatures.unsigned_of(ctx.db, agreement, some.person_ids)
    if not step.reminds:  # who wrote it has it
        unsigned = [each for each in unsigned if each != agreement.made_by_id]
    reads = people.languages_of(ctx.db, unsigned)
    for locale, letter in step.letters.items():
        theirs = [each for each in unsigned if _reads(step.letters, reads.get(each)) == locale]
        ctx.tell_more(letter, theirs, priority=Priority.ANNOUNCEMENT)
    if some.place is not None:
        ctx.go_on(step, some.place, about=about(agreement))


def _reads(letters: Mapping[str, int], language: str | None) -> str:
    """Return in which language of these letters somebody gets theirs."""
    return language if language is not None and language in letters else next(iter(letters))
