"""What a homeserver is asked, and what it answers: looked at before anybody trusts it."""
