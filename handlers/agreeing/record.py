"""The proof of a signature, for whoever signed: files of which `sha256sum` alone tells whether they are still
what was signed."""

import io
import zipfile

from sqlalchemy.orm import Session

from bot import Made, Recipe, Verbatim, _, form, lines, paragraphs
from bot.installation import Installation
from bot.markup import plain
from bot.text import Reader, render
from db.models import Signature, chain
from handlers.agreeing import texts

AGREEMENT, SIGNATURE, HOW, SUMS = "agreement.json", "signature.json", "read-me.txt", "SHA256SUMS"


class Record(Recipe):
    """What somebody signed, who, when, and how it is verified."""

    signature_id: int

    def make(self, db: Session, installation: Installation, reader: Reader) -> Made:
        """Pack it. The two files of data are the very texts whose SHA-256 are the digests that are kept."""
        signature = db.get_one(Signature, self.signature_id)
        wording = signature.wording
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(AGREEMENT, chain.entry(wording.previous, wording.facts()))
            archive.writestr(SIGNATURE, chain.entry(signature.previous, signature.facts()))
            archive.writestr(SUMS, f"{wording.digest}  {AGREEMENT}\n{signature.digest}  {SIGNATURE}\n")
            archive.writestr(HOW, _explained(signature, reader))
        said = _(
            "{agreement}: what you signed. {signature}: that you signed it.",
            agreement=AGREEMENT,
            signature=SIGNATURE,
        )
        return Made(packed.getvalue(), "record.zip", plain(render(said, reader)), "application/zip")


def _explained(signature: Signature, reader: Reader) -> str:
    """Return what the files are, and how they are verified, with the text itself."""
    there = texts.texts_of(signature.wording.texts)
    return plain(
        render(
            paragraphs(
                _(
                    "On {time} you agreed to version {version} of the agreement of {network}.",
                    time=signature.at,
                    version=signature.agreement.version,
                    network=signature.agreement.network.name,
                ),
                _("To verify it, unpack the files and run this beside them:"),
                Verbatim(f"sha256sum {AGREEMENT} {SIGNATURE}"),
                _("These two lines must come out, letter for letter:"),
                lines(
                    form("{digest}  {file}", digest=signature.wording_digest, file=AGREEMENT),
                    form("{digest}  {file}", digest=signature.digest, file=SIGNATURE),
                ),
                _(
                    "The second one begins with the letters that stand in our chat: {short}. "
                    "{signature} holds the first number, so nobody can put another text under it.",
                    short=chain.short(signature.digest),
                    signature=SIGNATURE,
                ),
                _(
                    "“previous” is the number of the signature before yours in the network, so nobody can "
                    "take one out unseen. “person” is your number here; nobody else knows whose it is."
                ),
                texts.shown(there[texts.for_reader(there, signature.language)]),
            ),
            reader,
        )
    )
