"""What the seam promises (bot/adapter.py), kept by each messenger's adapter.

    driver.py    what somebody can do at the other end of a messenger, and what they see there
    drivers/     one file a messenger: how they do it there, and what that messenger lacks, with the reason
    talk.py      the adapter under test, between its driver and an engine that only writes down
    promise.py   how a promise becomes a test for each messenger that can keep it
    test_*.py    the promises
    faults.py    adapters that break one promise each: the suite has to see every one of them

A messenger joins with one file in `drivers/`, and no other line.
"""
