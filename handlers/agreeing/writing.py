"""Writing the agreement, or its next version: by those who coordinate, sentence by sentence or as a whole."""

from collections.abc import Mapping
from datetime import date, timedelta

from bot import (
    AnyText,
    Button,
    Context,
    Text,
    Unclear,
    _,
    _n,
    form,
    lines,
    on,
    paragraphs,
)
from bot.lists import act
from db.agreeing import agreements
from db.holds import StaleRead
from db.models import Network, Wording
from handlers.agreeing import drafting, letters, texts
from handlers.agreeing.quorum import A_DAY, LAST_DAY
from handlers.agreeing.steps import LookAtAgreement, SignAgreement, WriteAgreement
from handlers.agreeing.texts import Parts, Texts
from handlers.protecting import limits, personal_data

LONGEST_WHY = 300
FAR, FARTHER = 365, 3 * 365
"""Days: until when a version holds at the latest, and is looked at again."""

SENT = act("agreement.sent", _("{who} sent a version of the agreement to everybody on {day}."))
SMALL = act("agreement.small", _("{who} changed the spelling of the agreement on {day}."))


@on(WriteAgreement)
def write_agreement(ctx: Context, step: WriteAgreement) -> None:
    """Ask for the text and its dates, show what the members will read, and send it to them; where only the
    spelling has changed, nobody has to sign again."""
    base = _base(ctx)
    written = drafting.write(ctx, base)
    if written is None:
        ctx.say(_("All right. Nothing has changed."))
        return
    newest = _newest(ctx)
    before = drafting.texts_of(newest)
    if written == before:
        ctx.say(_("All right. Nothing has changed."))
        return
    if newest is not None and texts.is_small(before, written):
        ctx.shown("newest so far", newest.id)
        kind = ctx.choose("kind", _little(before, written), KINDS)
        if kind == "spelling":
            _keep_spelling(ctx, newest, written)
        if kind != "sign":
            ctx.say(_("All right. Nothing has changed.") if kind == "no" else _("Saved. Nobody has to sign."))
            return
    _ask_and_send(ctx, base, written)


KINDS: Mapping[str, AnyText] = {
    "spelling": _("Only the spelling"),
    "sign": _("Everybody should sign it"),
    "no": _("Do not save it"),
}


def _newest(ctx: Context) -> Wording | None:
    """Return the wording that is to be signed now."""
    there = agreements.latest(ctx.db, ctx.network.id)
    return agreements.wording(ctx.db, there) if there is not None else None


def _base(ctx: Context) -> Wording | None:
    """Return the wording from which this dialogue began."""
    newest = _newest(ctx)
    kept = ctx.keep("base", newest.id if newest is not None else 0)
    return ctx.db.get(Wording, kept) if kept else None


def _little(before: Texts, written: Texts) -> AnyText:
    return paragraphs(
        _differs(before, written),
        _(
            "So little has changed that it may be only the spelling. Then nobody has to sign again, and the "
            "journal says so."
        ),
    )


def _differs(before: Texts, written: Texts) -> AnyText:
    return paragraphs(
        texts.difference(before.get(locale, Parts(())), parts).shown()
        for locale, parts in written.items()
        if parts != before.get(locale)
    )


def _lock(ctx: Context, newest: Wording | None) -> None:
    """Lock the agreement of the network; where somebody else was quicker, the turn begins anew."""
    ctx.hold(Network, ctx.network.id)
    now = _newest(ctx)
    if (now.id if now is not None else 0) != (newest.id if newest is not None else 0):
        raise StaleRead


def _keep_spelling(ctx: Context, newest: Wording, written: Texts) -> None:
    _lock(ctx, newest)
    agreements.word(ctx.db, newest.agreement, texts.stored(written), by=ctx.person, now=ctx.now)
    SMALL.record(ctx, ctx.network, version=newest.version)


def _ask_and_send(ctx: Context, base: Wording | None, written: Texts) -> None:
    """Ask what the members have to know, show them all of it, and send it."""
    why = ""
    if base is not None:
        why = str(
            ctx.ask(
                "why",
                _("What has changed, in one sentence? Everybody reads it."),
                max_length=LONGEST_WHY,
            )
        )
        why = personal_data.without_it(ctx, why, "why personal_data")
    holds_from = _day(
        ctx,
        "from",
        _("From which day should it hold?"),
        {0: _("From today"), 14: _("In two weeks")},
        most=FAR,
    )
    review_on = _day(
        ctx,
        "review",
        _("When should I ask you to look at it again?"),
        {365: _("In a year"), 182: _("In half a year")},
        most=FARTHER,
    )
    newest = _newest(ctx)
    ctx.shown("newest", newest.id if newest is not None else 0)
    before = drafting.texts_of(newest) if newest is not None else None
    locale = next(iter(written))
    old = before.get(locale, Parts(())) if before is not None else None
    members, needed = agreements.members(ctx.db, ctx.network.id), agreements.needed(ctx.db, ctx.network.id)
    if not ctx.sure(
        paragraphs(
            _overtaken(base, newest),
            _("This is what they will see:"),
            form(
                "<blockquote>{text}</blockquote>",
                text=letters.news(ctx.network, ctx.person, why, written[locale], old),
            ),
            lines(
                _n("{n} member is asked.", "{n} members are asked.", members),
                _n(
                    "It holds once {n} has signed it, within 30 days.",
                    "It holds once {n} have signed it, within 30 days.",
                    needed,
                ),
            ),
        ),
        yes=_("Send to everybody"),
        no=_("Do not send"),
        otherwise=_("All right. Nothing was sent."),
    ):
        return
    _lock(ctx, newest)
    if not limits.allows(ctx, limits.ANNOUNCEMENTS):
        return
    agreement = agreements.send(
        ctx.db,
        ctx.network,
        texts.stored(written),
        by=ctx.person,
        why=why,
        holds_from=holds_from,
        review_on=review_on,
        now=ctx.now,
    )
    letters.send(ctx, agreement, written, before)
    ctx.later(A_DAY, LookAtAgreement(agreement.id), about=letters.about(agreement))
    SENT.record(ctx, ctx.network, version=agreement.version)
    ctx.say(
        _(
            "I am sending version {version} to everybody. Those who have not signed are reminded in a week, "
            "and on the last day, {day}.",
            version=agreement.version,
            day=ctx.day_of(ctx.now + LAST_DAY),
        ),
        Button(_("Sign"), SignAgreement(agreement.id), keep=True),
    )


def _overtaken(base: Wording | None, newest: Wording | None) -> list[Text]:
    """Return that somebody else was quicker, where it is so."""
    if newest is None or (base is not None and base.id == newest.id):
        return []
    maker, version = newest.agreement.made_by, newest.version
    return [
        _(
            "{name} has just sent version {version}. Yours would be version {next}, and this is how it "
            "differs.",
            name=maker.name if maker is not None else "…",
            version=version,
            next=version + 1,
        )
    ]


def _day(ctx: Context, name: str, text: Text, suggest: Mapping[int, Text], *, most: int) -> date:
    """Ask for a day, today or later; `suggest` are days from today."""

    def check(day: date) -> None:
        if day < ctx.today:
            raise Unclear(_("{day} is not ahead of us.", day=day))
        if (day - ctx.today).days > most:
            raise Unclear(
                _(
                    "That is too far away. Please name a day before {day}.",
                    day=ctx.today + timedelta(days=most),
                )
            )

    offered = {str(days): label for days, label in suggest.items()}
    answer = ctx.ask_day(name, text, suggest=offered, check=check)
    return answer if isinstance(answer, date) else ctx.today + timedelta(days=int(answer))
