"""The agreement, as members read and sign it."""

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Language,
    Place,
    Role,
    Text,
    _,
    command,
    heading,
    lines,
    on,
    paragraphs,
)
from db.agreeing import agreements, offices, signatures
from db.models import Agreement, Network, Signature, chain
from handlers.agreeing import quorum, texts
from handlers.agreeing.record import Record
from handlers.agreeing.steps import ReadAgreement, SayNotYet, SendRecord, SignAgreement, WriteAgreement
from handlers.network import office
from handlers.talking import to_coordinators

IN_ROOM = 600
"""Characters of the text that are shown in a room."""
NOTHING = _("This network has no agreement so far.")


@command("agreement", needs=Role.MEMBER, menu=_("What we agree on"), place=Place.ANYWHERE)
def agreement(ctx: Context) -> None:
    """Show what is agreed on, and what can be done about it; in a room its beginning."""
    if ctx.room is not None:
        _in_room(ctx)
    else:
        read_agreement(ctx, ReadAgreement())


@command("rules", needs=Role.MEMBER, menu=None, place=Place.ANYWHERE)
def rules(ctx: Context) -> None:
    """Show the agreement, of which the rules are a part."""
    agreement(ctx)


@on(ReadAgreement)
def read_agreement(ctx: Context, step: ReadAgreement) -> None:
    """Show the text that is to be signed, where the network is found, and how it stands with the one who
    reads; of another version only the text."""
    there = agreements.latest(ctx.db, ctx.network.id)
    wanted = ctx.db.get(Agreement, step.agreement_id) if step.agreement_id else None
    if wanted is not None and wanted is not there and wanted.network_id == ctx.network.id:
        title = _("Version {version} of the agreement", version=wanted.version)
        ctx.say(heading(title, text(ctx, wanted)))
        return
    found = office.facts(offices.of(ctx.db, ctx.network.id))
    if there is None:
        writes = [Button(_("Write the agreement"), WriteAgreement())] if ctx.may(Role.META_MENTOR) else []
        ctx.say(paragraphs(NOTHING, found), *writes)
        return
    standing, buttons = _standing(ctx, there)
    ctx.say(paragraphs(text(ctx, there), found, standing), *buttons)


def text(ctx: Context, agreement: Agreement) -> AnyText:
    """Return a version in the language of the one who reads, as far as there is one."""
    there = texts.texts_of(agreements.wording(ctx.db, agreement).texts)
    locale = texts.for_reader(there, ctx.reader.locale)
    return paragraphs(
        [_("This is in {language}. A translation is missing.", language=Language(locale))]
        if locale != ctx.reader.locale
        else [],
        texts.shown(there[locale]),
    )


def _standing(ctx: Context, agreement: Agreement) -> tuple[AnyText, list[Button]]:
    """Return whether the one who acts has signed a version, and what they can do."""
    mine = signatures.of(ctx.db, agreement, ctx.person)
    proposed: list[Text] = []
    more: list[Button] = []
    if agreement.state == "proposed":
        version, before = agreement.version, agreements.in_force(ctx.db, ctx.network.id)
        proposed = [
            _("Version {version} is proposed: it holds once enough of us have signed it.", version=version)
        ]
        if before is not None:
            proposed.append(_("Until then version {version} holds.", version=before.version))
            read = _("Read version {version}", version=before.version)
            more = [Button(read, ReadAgreement(before.id), keep=True)]
    if mine is not None:
        record = Button(_("My record as a file"), SendRecord(), keep=True)
        return lines(_signed(ctx, mine), proposed), [record, *more]
    earlier = signatures.last_of(ctx.db, ctx.network.id, ctx.person)
    said = signatures.said_not_yet(ctx.db, agreement, ctx.person)
    told = lines(
        _("You have not signed version {version}.", version=agreement.version),
        [_signed(ctx, earlier)] if earlier is not None else [],
        [_("You said “not yet” on {day}.", day=ctx.day_of(said))] if said is not None else [],
        proposed,
    )
    return told, [*_ways(ctx, agreement), *more]


def _ways(ctx: Context, agreement: Agreement) -> list[Button]:
    """Return what somebody can do who has not signed a version."""
    asks = to_coordinators.way_to(ctx)
    return [
        Button(_("Sign"), SignAgreement(agreement.id), keep=True, means="yes"),
        Button(_("Not yet"), SayNotYet(agreement.id), keep=True, means=("later", "no")),
        *([Button(_("I have a question"), asks.target, keep=True)] if asks is not None else []),
    ]


def _in_room(ctx: Context) -> None:
    """Show the beginning of the agreement, and the way to all of it."""
    there = agreements.in_force(ctx.db, ctx.network.id) or agreements.latest(ctx.db, ctx.network.id)
    if there is None:
        ctx.say(NOTHING)
        return
    known = texts.texts_of(agreements.wording(ctx.db, there).texts)
    parts = known[texts.for_reader(known, ctx.reader.locale)]
    assert ctx.room is not None, "it was asked there"
    link = ctx.installation.way(ctx.room.messenger, "agreement")
    ctx.say(
        paragraphs(
            texts.beginning(parts, IN_ROOM),
            _("All of it, and where you sign it: {link}", link=link)
            if link
            else _("{agreement} in our private chat shows all of it.", agreement=Command("agreement")),
        )
    )


# --- signing -------------------------------------------------------------------------------------


@on(SignAgreement)
def sign_agreement(ctx: Context, step: SignAgreement) -> None:
    """Ask whether somebody agrees, and keep their signature."""
    there = _to_be_signed(ctx, step.agreement_id)
    if there is None:
        return
    agrees = ctx.choose("agrees", question(there), ANSWERS)
    ctx.hold(Network, ctx.network.id)
    there = _to_be_signed(ctx, step.agreement_id)
    if there is None:
        return
    if agrees == "no":
        _note_not_yet(ctx, there)
        return
    signature = sign(ctx, there)
    ctx.say(proof(signature), Button(_("My record as a file"), SendRecord(), keep=True))


ANSWERS: dict[str, AnyText] = {"yes": _("I agree"), "no": _("Not yet")}


def question(agreement: Agreement) -> Text:
    """Return what somebody is asked who signs."""
    return _(
        "Do you agree with version {version} of the agreement of <b>{network}</b>?",
        version=agreement.version,
        network=agreement.network.name,
    )


def sign(ctx: Context, agreement: Agreement) -> Signature:
    """Keep the signature of the one who acts, and see whether that was enough. The network is locked."""
    wording = agreements.wording(ctx.db, agreement)
    language = texts.for_reader(wording.texts, ctx.reader.locale)
    signature = signatures.sign(ctx.db, wording, ctx.person, language=language, now=ctx.now)
    quorum.look(ctx, agreement)
    return signature


def proof(signature: Signature) -> AnyText:
    """Return what a signer keeps in their chat."""
    return _(
        "Thank you. Your record: version {version}, {time}, <code>{short}</code>. Keep this message: it "
        "proves what you signed.",
        version=signature.agreement.version,
        time=signature.at,
        short=chain.short(signature.digest),
    )


def _to_be_signed(ctx: Context, agreement_id: int) -> Agreement | None:
    """Return a version that can be signed; None after saying why it cannot: it is another network's, an old
    one, or signed already."""
    pressed = ctx.db.get(Agreement, agreement_id)
    if pressed is None or pressed.network_id != ctx.network.id:
        ctx.say(_("This agreement belongs to another network of yours."))
        return None
    there = agreements.latest(ctx.db, ctx.network.id)
    if there is None or there.id != pressed.id:
        _say_old(ctx, pressed, there)
        return None
    mine = signatures.of(ctx.db, there, ctx.person)
    if mine is not None:
        ctx.say(_signed(ctx, mine), Button(_("My record as a file"), SendRecord(), keep=True))
        return None
    return there


def _signed(ctx: Context, signature: Signature) -> Text:
    version, day = signature.agreement.version, ctx.day_of(signature.at)
    return _("You signed version {version} on {day}.", version=version, day=day)


def _say_old(ctx: Context, pressed: Agreement, there: Agreement | None) -> None:
    """Say that a version is no longer to be signed, and show the one that is."""
    if there is None:
        ctx.say(
            _(
                "Version {version} ended: too few have signed it. There is nothing to sign now.",
                version=pressed.version,
            )
        )
        return
    facts = {"old": pressed.version, "version": there.version}
    told = (
        _(
            "This is version {old}. Version {version} is in force since {day}.",
            **facts,
            day=ctx.day_of(there.in_force_at),
        )
        if there.in_force_at is not None
        else _(
            "This is version {old}. Version {version} was sent on {day}.",
            **facts,
            day=ctx.day_of(there.sent_at),
        )
    )
    standing, buttons = _standing(ctx, there)
    ctx.say(paragraphs(told, text(ctx, there), standing), *buttons)


@on(SayNotYet)
def say_not_yet(ctx: Context, step: SayNotYet) -> None:
    """Keep that somebody does not want to sign so far."""
    there = _to_be_signed(ctx, step.agreement_id)
    if there is not None:
        _note_not_yet(ctx, there)


def _note_not_yet(ctx: Context, agreement: Agreement) -> None:
    signatures.not_yet(ctx.db, agreement, ctx.person, ctx.now)
    ctx.say(
        _(
            "That is fine. Nothing changes for you. Whenever you want to sign: {agreement}.",
            agreement=Command("agreement"),
        )
    )


@on(SendRecord)
def send_record(ctx: Context, step: SendRecord) -> None:
    """Send the proof of what somebody has signed last."""
    mine = signatures.last_of(ctx.db, ctx.network.id, ctx.person)
    if mine is None:
        ctx.say(_("You have signed nothing here so far."))
    else:
        ctx.say(_("This is your record. read-me.txt in it says how to verify it."), file=Record(mine.id))
