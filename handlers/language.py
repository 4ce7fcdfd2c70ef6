"""In which language the bot writes to somebody."""

import i18n
from bot import Context, Role, Verbatim, _, command


@command("language", needs=Role.ANYONE, menu=_("Choose the language"))
def language(ctx: Context) -> None:
    """Asks for one of the languages this installation offers, and keeps to it."""
    chosen = choose(ctx)
    ctx.person.language = chosen
    ctx.say(_("All right, I write to you in English from now on."))


def choose(ctx: Context) -> str:
    """The question itself, also part of joining."""
    offered = {locale: Verbatim(i18n.language_name(locale)) for locale in ctx.installation.languages}
    return str(ctx.choose("language", _("Which language shall I write in?"), offered))
