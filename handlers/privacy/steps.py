"""What can be pressed and what comes due: what somebody wants done with what is kept of them."""

from bot import Role, Step, Timer, _


class ShowMore(Step):
    """Show on one page what is kept, for how long, and who sees it."""


class ShowNotice(Step):
    """Send the whole privacy notice."""


class ShowConsent(Step):
    """Show what somebody agreed to."""


class SendMine(Step, discreet=True, menu=_("See what I keep about you")):
    """Send all that is kept about the one who acts, after a question."""


class ForgetMe(Step, menu=_("Make me forget something")):
    """Ask what is to be forgotten."""


class ForgetAnswers(Step, needs=Role.MEMBER):
    """Show one's own answers and questions of late; `before` (UTC, ISO 8601) leads on to older ones."""

    before: str = ""


class ForgetCheckIn(Step):
    """Delete one's own answer to a check-in."""

    check_in_id: int


class ForgetQuestion(Step):
    """Delete the words of one's own question."""

    request_id: int


class KeepMe(Step):
    """Do not forget the one who acts after all."""


class ForgetDue(Timer):
    """Forget a person who asked for it a day ago; what they gave to the shelf stays without their name, or
    goes too."""

    person_id: int
    takes_down: bool = False


class Clear(Timer):
    """Look through open questions, from one on, for somebody who was forgotten, and then through letters;
    `anew_id` is who has their accounts now."""

    person_id: int
    anew_id: int
    after: int = 0
    open_after: int | None = 0


class ClearWords(Timer):
    """Look through letters, from one on, for words of a person that have arrived, and for what they asked in
    a network, or by one question; then delete that."""

    person_id: int
    after: int
    member_id: int | None = None
    request_id: int | None = None


class Erase(Timer):
    """Delete somebody who was forgotten, at last. `since` is when they wanted it (UTC, ISO 8601)."""

    person_id: int
    anew_id: int
    since: str
    tries: int = 0
