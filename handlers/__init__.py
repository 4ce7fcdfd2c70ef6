"""What the bot can do: one file a capability. Found by walking this folder; nothing has to be registered.

A handler is a straight function. It asks what it needs to know, does one thing, and says so.
"""
