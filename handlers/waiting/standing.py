"""How a request stands, in words for its asker."""

from bot import AnyText, Context, _
from db.help import asked
from db.models import HelpRequest
from handlers.asking import handing_over, night, routing


def of(ctx: Context, request: HelpRequest) -> AnyText:
    """Return how a request stands, for its asker: who helps, or whether peers were asked, and what comes
    next."""
    if request.state == "taken" and request.helper is not None:
        return _("{name} is helping you.", name=request.helper.person.name)
    many, silent = asked.count(ctx.db, request)
    if request.state == "handed":
        there = [member.person.name for member in handing_over.there(ctx, request.asker)]
        if not there or request.without_coordinators:
            return handing_over.nobody_there(ctx, request)
        return _(
            "Nobody has been able to help so far. I have asked {people} to see to it.", people=list(there)
        )
    if not silent:
        until = routing.plan(ctx, request).until
        if until is None:
            return _("I am looking for somebody.")
        when = night.clock(ctx, request.asker, until)
        if not many and request.urgent_at is not None:
            return _("Nobody asked yet: everybody rests now. I will ask several people at {time}.", time=when)
        if not many:
            return _(
                "Nobody asked yet: everybody rests now. I will ask the first person at {time}.", time=when
            )
        return _("Nobody has been able to help so far. I will ask the next person at {time}.", time=when)
    if many == 1:
        return _("I have asked one person, who has not answered yet. If they cannot help, I look further.")
    if silent == many:
        return _("I have asked several people. Nobody has answered yet. If they cannot help, I look further.")
    return _(
        "I have asked several people. Not all of them have answered yet. If they cannot help, I look further."
    )
