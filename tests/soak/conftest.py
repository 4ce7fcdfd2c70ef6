"""What the storms found stands at the end of the run, one row for each."""

import pytest

COLUMNS = ("setting", "kills", "messages", "lost", "doubled", "in flight", "seconds", "seed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    rows = [
        row
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, row in report.user_properties
        if name == "storm" and isinstance(row, dict)
    ]
    if rows:
        terminalreporter.section("kills")
    for row in [{name: name for name in COLUMNS}, *rows] if rows else []:
        first, *others = (str(row[name]) for name in COLUMNS)
        terminalreporter.write_line(f"{first:<42}" + "".join(f"{other:>10}" for other in others))
