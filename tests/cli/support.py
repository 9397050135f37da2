"""What the command-line tests share: running the built program, and logs and rules made on the spot."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.path.abspath(os.environ.get("EXHIBIT", ROOT / "build/dev/exhibit"))
SAMPLE = ROOT / "samples/case"
SAMPLE_JSON = ROOT / "samples/json/northlight.jsonl"

RULE = """title: {title}
id: {id}
status: test
author: The tests
license: Apache-2.0
level: {level}
tags:
    - attack.execution
    - attack.t1059.001
logsource:
    product: windows
    category: process_creation
detection:
    selection:
        CommandLine|contains: '{text}'
    condition: selection
"""


def rule(title="Found it", level="high", text="needle", id="5f3a2c1e-0000-4000-8000-000000000001"):
    return RULE.format(title=title, level=level, text=text, id=id)


def event(**fields):
    """One Sysmon process creation as a flat JSON line."""
    return json.dumps({
        "EventTime": "2026-03-04T08:12:33Z", "Hostname": "WS1.corp.example",
        "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "Image": r"C:\x.exe",
        "CommandLine": "a needle in it", **fields}) + "\n"


def said(arguments, done):
    """What a run printed, for the message of a failure."""
    return f"{arguments}\n{done.stdout.decode(errors='replace')}\n{done.stderr.decode(errors='replace')}"


class CliTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="exhibit-cli-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.environment = {k: v for k, v in os.environ.items()
                            if k not in ("NO_COLOR", "TZ", "LANG", "LC_ALL", "EXHIBIT_SHA256")}
        self.environment |= {"EXHIBIT_HOME": str(self.folder / "home"), "TERM": "xterm"}

    def path(self, name, text=None):
        path = self.folder / name
        if text is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    def read(self, name):
        return (self.folder / name).read_bytes()

    def real_data(self, name):
        """A folder of the real data; the test is skipped where it is absent."""
        path = pathlib.Path(os.environ.get("EXHIBIT_TEST_DATA") or ROOT.parent / "shared" / "data") / name
        if not path.exists():
            self.skipTest("real data is absent: set EXHIBIT_TEST_DATA or put it at ../shared/data (see docs/testing.md)")
        return path.resolve()

    def run_program(self, *arguments, environment=None, **more):
        return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, timeout=600,
                              env={**self.environment, **(environment or {})}, cwd=self.folder, **more)

    def run_ok(self, *arguments, status=0, **more):
        done = self.run_program(*arguments, **more)
        self.assertEqual(done.returncode, status, said(arguments, done))
        return done.stdout

    def fails(self, status, *arguments, **more):
        """The error text of a run that must end with `status`."""
        done = self.run_program(*arguments, **more)
        self.assertEqual(done.returncode, status, said(arguments, done))
        return done.stderr.decode()

    def start(self, *arguments):
        """The program with pipes for everything, put away at the end of the test."""
        process = subprocess.Popen([PROGRAM, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=self.environment, cwd=self.folder)

        def put_away():
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                try:
                    pipe.close()
                except (BrokenPipeError, ValueError):
                    pass

        self.addCleanup(put_away)
        return process


def main():
    unittest.main(verbosity=2)
