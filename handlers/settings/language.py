"""In which language the bot writes to somebody."""

import i18n
from bot import Context, Role, Verbatim, _, command
from bot.reading import language_names
from db import people


@command("language", needs=Role.ANYONE, menu=_("Change the language"), rest=("language",))
def language(ctx: Context) -> None:
    """Ask for one of the languages this installation offers, and keep to it."""
    chosen = choose(ctx)
    people.set_language(ctx.person, chosen)
    ctx.say(_("All right. From now on I write in English."))


def choose(ctx: Context) -> str:
    """Ask for a language; also part of joining."""
    offered = {locale: Verbatim(i18n.language_name(locale)) for locale in ctx.installation.languages}
    question = _("In which language should I write to you?")
    return str(ctx.choose("language", question, offered, reads=language_names.all_named))
