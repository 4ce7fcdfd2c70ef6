"""The messengers, one file each. They know `bot.message` and `bot.adapter`, and nobody knows them."""
