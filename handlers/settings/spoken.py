"""In which languages somebody can help: asked with one tap when they have said with what, where others of
their network read or speak another one."""

import i18n
from bot import AnyText, Button, Command, Context, Language, Verbatim, _, lines, on
from db import people
from db.engine import seen
from db.network import members
from handlers.settings.steps import HelpIn
from handlers.vocabulary import SPOKEN

NOTHING_CHANGED = _("All right. I have changed nothing.")


def question(ctx: Context) -> tuple[list[AnyText], list[Button]]:
    """Return the question with its buttons, only once; neither where the one who acts has said it already,
    or nobody needs another language than theirs."""
    known = [row.language for row in ctx.person.languages]
    mine = known[0] if known else ctx.reader.locale
    there = members.languages(ctx.db, ctx.network)
    others = [each for each in SPOKEN if each in there and each != mine]
    if len(known) > 1 or mine not in SPOKEN or not others:
        return [], []
    if not seen.first_time(ctx.db, f"languages {ctx.person.id}", ctx.now):
        return [], []
    no = Button(_("Only in {language}", language=Language(mine)), HelpIn([mine]), means="no")
    if len(others) == 1:
        yes = Button(_("Yes"), HelpIn([mine, *others]), means="yes")
        return [_("Can you help in {language} too?", language=Language(others[0]))], [yes, no]
    choose = Button(_("Choose languages"), Command("profile"), given={"what": "languages"}, means="yes")
    names = [Language(each) for each in others]
    return [_("Can you help in other languages too, such as {languages}?", languages=[*names])], [choose, no]


@on(HelpIn)
def help_in(ctx: Context, step: HelpIn) -> None:
    """Keep in which languages the one who acts can help."""
    languages = [each for each in SPOKEN if each in step.languages]
    if languages:
        people.set_languages(ctx.db, ctx.person, languages)
    names = [Verbatim(i18n.language_name(each)) for each in languages]
    ctx.say(
        lines(_("Saved."), _("Languages: {languages}", languages=[*names])) if names else NOTHING_CHANGED,
        Button(_("Change something else"), Command("profile")),
    )
