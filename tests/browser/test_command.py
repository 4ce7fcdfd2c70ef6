"""`mentornet demo --web` says where the stage is, ends when it is told to, and names what is in its way."""

import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

from tests.support.around import free_port

ROOT = Path(__file__).parents[2]


def test_the_stage_opens_at_a_port_and_closes_with_open_pages() -> None:
    port = free_port()
    command = [sys.executable, "-m", "bot", "demo", "--web", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as stage:
        assert stage.stdout is not None
        said = stage.stdout.readline()
        assert f"http://127.0.0.1:{port}/" in said
        with urlopen(f"http://127.0.0.1:{port}/events") as events:
            assert events.status == 200
            second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            assert (second.returncode, second.stderr.startswith(f"port {port}: ")) == (75, True)
            stage.send_signal(signal.SIGINT)
            assert stage.wait(20) == 0
