"""Privacy and safety. This stands below all that carries words: words of need can be written anywhere, and
whoever carries them shows who can help. What is done about somebody's need, or their data, by means of the
other areas stands there."""
