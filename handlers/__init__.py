"""What the bot can do: a folder an area, a file an idea. Found by walking; nothing has to be registered.

A handler is a straight function. It asks what it needs to know, does one thing, and says so.
"""
