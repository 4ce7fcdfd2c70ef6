"""Organisations are found with all else that a network knows, by their words in all languages."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

import i18n
from bot import AnyText, Button, Context, Text, _, lines
from bot.handler import Step
from bot.lists import Kind, Kinds, adds
from bot.markup import plain
from bot.reading.search import terms
from bot.text import Language, Reader, form, render
from db.directory import on_shelf, organisations
from db.models import Item, Organisation
from db.sharing import index
from handlers.directory import entry
from handlers.directory.steps import AddOrganisation, ShowNear, ShowOrganisation
from handlers.vocabulary import TOPICS

CALLED: Text = _("Organisation, advice centre, where to turn")
"""Words by which every organisation is found."""


def let_find(db: Session, entries: Sequence[Organisation]) -> None:
    """Let organisations of one network be found as they are now."""
    if not entries:
        return
    language = (entries[0].network.languages or [i18n.SOURCE])[0]
    on_shelf.put(db, entries, language)
    found = {each.item_id or 0: terms.entry(each.name, _words(each), language) for each in entries}
    index.put_all(db, entries[0].network_id, {id_: (of.weights, of.grams) for id_, of in found.items()})


def _words(each: Organisation) -> list[str]:
    """Return by which words an organisation is found, besides its name; what has a name in every language,
    in all of ours."""
    own = [each.alternate_name, each.city, each.address, each.description, each.eligibility_description]
    named: list[AnyText] = [CALLED, *(TOPICS[topic] for topic in each.topics if topic in TOPICS)]
    named += [form("{language}", language=Language(code)) for code in each.languages]
    readers = [Reader(locale) for locale in i18n.available()]
    return [*filter(None, own), *(plain(render(text, reader)) for reader in readers for text in named)]


@adds(Kinds, place=40)
def organisation() -> Kind:
    """Return what an organisation is called, how it is told and read, and the ways there."""
    return Kind(
        _("Organisation"),
        _told,
        opens=_opens,
        give=Button(_("An organisation"), AddOrganisation()),
        around=Button(_("Organisations near me"), ShowNear()),
    )


def _told(ctx: Context, item: Item) -> AnyText:
    id_ = on_shelf.entry_of(ctx.db, item)
    found = organisations.seen_by(ctx.db, ctx.network, id_) if id_ is not None else None
    return lines(entry.facts(found)) if found is not None else entry.GONE


def _opens(ctx: Context, item: Item) -> Step | None:
    id_ = on_shelf.entry_of(ctx.db, item)
    return ShowOrganisation(id_) if id_ is not None else None
