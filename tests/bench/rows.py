"""The rows of the table, by their numbers, with the goals of the project."""

from tests.bench import announcing, killing, many, matrix, processes, starting, turns
from tests.bench.figures import Goal, Row

ROWS = {
    1: Row(
        turns.beside_the_default,
        3,
        Goal("steps of /ask a second, a flood; PTB's default echo", least=2.0),
        Goal("   CPU seconds for 1,000 of them", ".2f"),
        Goal("   share of its core that the bot had", ".0%"),
        Goal("   share of its core that the server had", ".0%"),
        Goal("   that echo here; where the goals were set"),
    ),
    2: Row(
        turns.beside_aiohttp,
        3,
        Goal("the same; PTB on aiohttp, 256 in flight", least=0.6),
        Goal("   CPU seconds for 1,000 of them", ".2f"),
    ),
    3: Row(
        turns.far_away,
        2,
        Goal("the same 50 ms away, in order; PTB on aiohttp, 256", least=0.8),
        Goal("   beside PTB's default", least=20.0),
        Goal("   share of its core that the bot had", ".0%"),
    ),
    4: Row(
        turns.paced,
        3,
        Goal("ms to half of the replies, 100 a second; PTB's default", ".1f", most=1.0),
        Goal("   ms to 99 %", ".1f", most=1.5),
        Goal("   CPU seconds for 1,000 of them", ".2f"),
        Goal("   ms of the transaction of a turn that comes alone", ".1f"),
    ),
    5: Row(
        announcing.within_limits,
        1,
        Goal("messages a second to 450 people, limit 30, 60 ms away", ".1f", least=28.5),
        Goal("   refusals", most=0),
        Goal("   ms beyond 60 to 95 % of answers, an asker a second", most=40),
        Goal("   to half of these answers"),
        Goal("   ms of the turn that wrote it to the 450"),
        Goal("   ms beyond 60 to 95 % of answers, 10 askers a second", most=80),
        Goal("   refusals meanwhile", most=0),
    ),
    6: Row(
        matrix.announcing,
        1,
        Goal("Matrix: announced a second; the homeserver's limit", ".1f", least=0.95),
        Goal("   refusals after the first second of them", most=0),
        Goal("   ms to 95 % of the answers meanwhile", most=500),
        Goal("   to half of these answers"),
        Goal("   share of a core that the homeserver had", ".0%"),
    ),
    7: Row(
        many.turns_among,
        9,
        Goal("CPU ms for a turn, 100,000 members; 100", ".2f", most=1.15),
    ),
    8: Row(
        many.peers_among,
        5,
        Goal("ms to choose peers, 1,000 networks of 100; one", ".2f", most=5.0),
        Goal("   a network of 100,000; of 100", ".2f", most=5.0),
    ),
    9: Row(
        many.check_ins_fall_due,
        1,
        Goal("check-ins that fall due a second", least=3000),
        Goal("   MiB more memory", most=32),
        Goal("   ms that the engine was busy at a stretch", most=50),
        Goal("   99 % of these stretches"),
        Goal("   share of its core that it had", ".0%"),
    ),
    10: Row(
        starting.both_messengers,
        2,
        Goal("MiB of memory with both messengers; PTB's default", most=2.0),
        Goal("   of the given libraries alone, only loaded"),
        Goal("   seconds from the start to the first answer", ".2f", most=2.0),
    ),
    11: Row(
        processes.two,
        3,
        Goal("turns a second on PostgreSQL, two processes; one", least=1.6),
        Goal("   CPU seconds for 1,000 of them", ".2f"),
        Goal("   share of the machine's cores that was busy", ".0%"),
    ),
    12: Row(
        announcing.lower_limit,
        1,
        Goal("announced a second; a limit that is lower than told", ".1f", least=0.9),
        Goal("   refusals a minute after the first second of them", ".1f", most=2),
        Goal("   announced a second, one chat refuses; none does", ".1f", least=0.95),
    ),
    13: Row(
        killing.killed,
        1,
        Goal("doubled a kill, 30 updates a second; in flight then", ".1f", most=1.5),
        Goal("   lost", most=0),
    ),
}
"""What stands behind the ";" is what ours is measured beside."""
