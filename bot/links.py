"""Links and pictures that lead into the bot."""

import io

import segno

from bot.message import Picture


def qr_picture(text: str, description: str) -> Picture:
    """`text` as a QR code, large enough to print: error correction M, quiet zone of 4 modules."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=8, border=4)
    return Picture(out.getvalue(), "invitation.png", description)
