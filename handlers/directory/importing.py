"""Taking organisations in from a list: it is read some rows at a time, what is in it is shown, and what is
wanted is taken in some rows at a time. In between the bot answers others."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import (
    AnyText,
    Button,
    Context,
    Priority,
    SentFile,
    Text,
    Unclear,
    Verbatim,
    _,
    _n,
    form,
    lines,
    on,
    paragraphs,
)
from bot.installation import Keep
from bot.lists import Forgetting, Retention, act, adds
from bot.reading import tables
from bot.reading.directory import organisations as reading
from bot.reading.directory import packages
from bot.reading.tables import Table
from bot.text import Value
from db.directory import checks, lists, organisations
from db.models import Fate, Network, OrganisationList, Person
from db.network import numbers
from handlers.directory import checking, found
from handlers.directory.steps import DropList, ImportOrganisations, ReadList, TakeIn, TakeList
from handlers.protecting import emergency

KINDS, MOST_BYTES = (".csv", ".txt", ".zip"), 2**20
GONE = _("This list is over. Please send it again.")
TOO_MANY = _("That would be more than {n} organisations. Please send a shorter list.", n=organisations.MOST)
ALL: list[Fate] = ["new", "changed"]

TAKEN = act("organisations.imported", _("{who} brought a list of organisations on {day}."))


@on(ImportOrganisations)
def import_organisations(ctx: Context, step: ImportOrganisations) -> None:
    """Ask for a list, and begin to read it."""
    sent = ctx.ask_file(
        "list",
        _(
            "Send me the list as a CSV file, or paste it here. The first line says what the columns are: "
            "name, city, website, telephone, topics and so on. The files of the standard HSDS 3 are fine too."
        ),
        kinds=KINDS,
        most=MOST_BYTES,
        otherwise=_("Please send the list as a CSV or text file, or paste it here. Up to 1 MB."),
        check=lambda sent: table_of(sent, ctx.reader.locale, ctx.network),
    )
    table = table_of(sent, ctx.reader.locale, ctx.network)
    rows = reading.cells(table)
    kept = lists.keep(
        ctx.db,
        ctx.network,
        rows,
        by=ctx.person,
        locale=ctx.reader.locale,
        is_guessed=table.is_guessed,
        now=ctx.now,
    )
    ctx.go_on(ReadList(kept.id), None, about=about(kept.id))
    ctx.say(_n("I read {n} row.", "I read {n} rows.", len(rows)))


def about(list_id: int) -> str:
    """Return the name of what is planned about a list."""
    return f"organisation_list:{list_id}"


def table_of(sent: SentFile | bytes | str, locale: str, network: Network) -> Table:
    """Return the table in what was sent. Raises Unclear where it has no names, or nothing else."""
    content = sent.content if isinstance(sent, SentFile) else sent
    if isinstance(content, bytes) and packages.is_package(content):
        return packages.read(content, locale, emergency.country_of(network.time_zone))
    found = tables.read(content, locale, reading.COLUMNS)
    if "name" not in found.known:
        raise Unclear(_("I need at least a column with the names."))
    if not found.rows:
        raise Unclear(_("There is nothing below the first line."))
    return found


@on(ReadList)
def read_list(ctx: Context, step: ReadList) -> None:
    """Read the next rows of a list; after the last ones, show what is in it."""
    sent = lists.of(ctx.db, step.list_id)
    if sent is None:
        return
    ctx.turn_to(sent.network)
    if read_some(ctx.db, sent, ctx.now):
        ctx.go_on(step, None, about=about(sent.id))
    elif sent.sent_by_id is not None:
        _show(ctx, sent, ctx.db.get_one(Person, sent.sent_by_id))


def read_some(db: Session, sent: OrganisationList, now: datetime) -> bool:
    """Read the next rows of a list; return whether there may be more."""
    dialled = [emergency.country_of(sent.network.time_zone)]
    rows = lists.unread(db, sent)
    today = now.date()
    lists.read(db, sent, {row.id: reading.facts(row.facts, sent.locale, dialled, today) for row in rows})
    return len(rows) == lists.AT_ONCE


def _show(ctx: Context, sent: OrganisationList, reader: Person) -> None:
    """Show whoever sent a list what is in it, and what can be taken in."""
    many = lists.counted(ctx.db, sent)
    text = paragraphs(
        form(
            "{new}, {changed}, {alike}.",
            new=_n("{n} new", "{n} new", many["new"]),
            changed=_n("{n} changed", "{n} changed", many["changed"]),
            alike=_n("{n} looks like one we have", "{n} look like ones we have", many["alike"]),
        ),
        [lines(remarks)] if (remarks := _remarks(ctx, sent)) else [],
    )
    wanted: list[Fate] = [fate for fate in ALL if many[fate]]
    buttons = []
    if wanted:
        buttons.append(Button(_("Take all"), TakeList(sent.id, [*wanted]), means="yes"))
    if len(wanted) > 1:
        buttons.append(Button(_("Only the new ones"), TakeList(sent.id, ["new"])))
    if many["alike"]:
        also = (
            _n("All, and this {n} as a new one", "All, and these {n} as new ones", many["alike"])
            if wanted
            else _n("Take this {n} as a new one", "Take these {n} as new ones", many["alike"])
        )
        buttons.append(Button(also, TakeList(sent.id, [*wanted, "alike"])))
    if not buttons:
        lists.drop(ctx.db, sent)
        ctx.tell(reader, paragraphs(text, _("There is nothing to do.")), priority=Priority.ANSWER)
        return
    cancel = Button(_("Cancel"), DropList(sent.id), means="no")
    about = _("the list of organisations")
    ctx.tell(reader, text, *buttons, cancel, priority=Priority.ANSWER, about=about)


def _remarks(ctx: Context, sent: OrganisationList) -> list[AnyText]:
    """Return what else is to be said of a list, one thing a line."""
    many = lists.counted(ctx.db, sent)
    said: list[AnyText] = []
    if many["same"]:
        said.append(_n("{n} is here already, as it is.", "{n} are here already, as they are.", many["same"]))
    if many["alike"]:
        said.append(
            _("These are here already, under another name: {names}.", names=_names(ctx, sent, "alike"))
        )
    if many["twice"]:
        said.append(_n("{n} stands there twice.", "{n} stand there twice.", many["twice"]))
    if many["off"]:
        said.append(_("These were taken off, and stay away: {names}.", names=_names(ctx, sent, "off")))
    if many["nameless"]:
        rows: list[Value] = list(lists.lines(ctx.db, sent, "nameless"))
        said.append(_("Without a name, and left out: row {rows}.", rows=rows))
    if unread := lists.unread_phones(ctx.db, sent):
        said.append(
            _n(
                "I could not read {n} phone number. It stays as it is.",
                "I could not read {n} phone numbers. They stay as they are.",
                unread,
            )
        )
    if sent.is_guessed and (first := lists.first_names(ctx.db, sent)):
        named = Verbatim(", ".join(first))
        said.append(
            _("The file does not say how its letters are written. Are they right? {names}", names=named)
        )
    return said


def _names(ctx: Context, sent: OrganisationList, fate: Fate) -> list[Value]:
    return list(lists.names(ctx.db, sent, fate))


@on(TakeList)
def take_list(ctx: Context, step: TakeList) -> None:
    """Begin to take in what is wanted of a list."""
    ctx.hold(Network, ctx.network.id)
    sent = ctx.ours(OrganisationList, step.list_id, gone=GONE, still=lambda each: not each.takes)
    if sent is None:
        return
    many = lists.counted(ctx.db, sent)
    wanted: list[Fate] = [fate for fate in ("new", "changed", "alike") if fate in step.fates]
    come = sum(many[fate] for fate in wanted if fate != "changed")
    if organisations.count(ctx.db, ctx.network.id) + come > organisations.MOST:
        ctx.say(TOO_MANY)
        return
    lists.decide(sent, wanted)
    TAKEN.record(ctx, ctx.network, new=come, changed=many["changed"] if "changed" in wanted else 0)
    ctx.go_on(TakeIn(sent.id), None, about=about(sent.id))
    ctx.say(_("I take them in."))


@on(DropList)
def drop_list(ctx: Context, step: DropList) -> None:
    """Take in nothing of a list."""
    sent = ctx.ours(OrganisationList, step.list_id, gone=GONE, still=lambda each: not each.takes)
    if sent is not None:
        lists.drop(ctx.db, sent)
        ctx.say(_("All right, nothing was taken in."))


@on(TakeIn)
def take_in(ctx: Context, step: TakeIn) -> None:
    """Take in the next rows of a list; after the last ones, say so."""
    sent = lists.of(ctx.db, step.list_id)
    if sent is None:
        return
    ctx.turn_to(sent.network)
    every = numbers.span(sent.network, "organisation_hours")
    came, more = lists.take(ctx.db, sent, every=every, now=ctx.now)
    found.let_find(ctx.db, came)
    if more:
        ctx.go_on(step, None, about=about(sent.id))
        return
    checking.plan(ctx, sent.network)
    if sent.sent_by_id is not None:
        many = organisations.count(ctx.db, sent.network_id)
        done: Text = _n("Done. {n} organisation is here now.", "Done. {n} organisations are here now.", many)
        ctx.tell(ctx.db.get_one(Person, sent.sent_by_id), done, priority=Priority.ANSWER)
    lists.drop(ctx.db, sent)


@adds(Retention, place=172)
def undecided_lists(keep: Keep) -> Forgetting:
    """Return for how long a list of organisations is kept about which nobody has decided."""
    return Forgetting(lists.forget, keep.draft_days)


@adds(Retention, place=174)
def said_of_organisations(keep: Keep) -> Forgetting:
    """Return for how long it is kept what somebody said of an organisation, or was asked about it."""
    return Forgetting(checks.forget, 2 * keep.history_days)
