"""Kill tests: the program is killed again and again while people write to it, and at the end it is counted
what was lost and what came twice.

    lives.py       a life of the program: a process that can be killed at any moment, or at a named point
    crowd.py       people who write without end, and how it is counted what they hear
    telegram.py    a crowd on Telegram's stand-in
    matrix.py      a crowd on a real homeserver
    test_kills.py  the storms, and how they prove that they would see a loss

`make soak` runs the long storms and prints a line for each; `make test` runs short ones.
"""
