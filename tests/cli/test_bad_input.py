"""Input that changes, refuses, lies or is far too much: never a crash or a hang, and nothing dropped in silence."""
import ctypes
import json
import os
import pathlib
import signal
import subprocess
import time

import evtx
from support import SAMPLE, CliTest, event, main, rule

PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2


def no_override():
    """Run in the child: root that may not read what its mode forbids. Others may not anyway."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


class Changing(CliTest):
    """A log that is changed while the program is in the middle of it: it is stopped there, not hoped for."""
    RECORDS = 40_000

    def setUp(self):
        super().setUp()
        self.rules = self.path("one.yml", rule())
        self.block = event(CommandLine="hay " + "x" * 200) * 50
        # More than a batch is ahead at any time, so the end is far when the beginning has been read.
        self.text = event() + self.block * (self.RECORDS // 50)
        self.log = self.path("logs/a.jsonl", self.text)

    def stopped_in_the_middle(self, *arguments):
        """The hunt, stopped after it has begun to read the log and before it has come to the end."""
        for _ in range(20):
            process = self.start("hunt", self.log, "-r", self.rules, "-j", "1", "--coverage",
                                 self.path("coverage.json"), "--force", *arguments)
            while process.poll() is None:
                position = self.position(process.pid)
                if position is None:
                    continue
                process.send_signal(signal.SIGSTOP)
                self.wait_until_stopped(process.pid)
                position = self.position(process.pid)
                if position is not None and position < len(self.text) - (4 << 20):
                    return process
                process.kill()
            process.wait()
        self.fail("the program was never seen in the middle of the file")

    def position(self, pid):
        """How far the log has been read, once it has been."""
        try:
            for name in os.listdir(f"/proc/{pid}/fd"):
                if os.readlink(f"/proc/{pid}/fd/{name}") == self.log:
                    fields = pathlib.Path(f"/proc/{pid}/fdinfo/{name}").read_text().split()
                    position = int(fields[fields.index("pos:") + 1])
                    return position if position > 0 else None
        except (FileNotFoundError, ProcessLookupError):
            pass
        return None

    def wait_until_stopped(self, pid):
        while pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "TZ":
            time.sleep(0.001)

    def changed(self, change, *arguments):
        """What the coverage says of the log when `change` happens to it while it is read."""
        process = self.stopped_in_the_middle(*arguments)
        change()
        process.send_signal(signal.SIGCONT)
        out, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 3, err)
        source, = json.loads(self.read("coverage.json"))["sources"]
        self.assertEqual([d["kind"] for d in source["damage_first"]][-1:], ["changed while reading"], source)
        self.assertIn(b"1 finding", out)
        return source

    def grow(self):
        with open(self.log, "ab") as log:
            log.write(event().encode() * 1000)

    def test_a_log_that_grows_is_read_to_where_it_ended(self):
        source = self.changed(self.grow)
        self.assertEqual(source["bytes"], len(self.text))
        self.assertEqual(source["records"], self.RECORDS + 1)

    def test_a_log_that_shrinks(self):
        size = len(self.text) - (2 << 20)
        source = self.changed(lambda: os.truncate(self.log, size))
        self.assertEqual(source["bytes"], size)

    def test_a_log_that_is_rewritten(self):
        def rewrite():
            with open(self.log, "r+b") as log:
                log.write(self.text.replace("hay", "HAY").encode())

        self.assertEqual(self.changed(rewrite)["bytes"], len(self.text))

    def test_a_log_that_is_replaced_by_another(self):
        def replace():
            os.replace(self.path("other.jsonl", self.text.replace("hay", "HAY")), self.log)

        source = self.changed(replace)
        self.assertEqual(source["records"], self.RECORDS + 1)  # of the one that was opened

    def test_a_log_that_is_taken_away(self):
        self.assertEqual(self.changed(lambda: os.remove(self.log))["records"], self.RECORDS + 1)

    def test_a_case_holds_the_bytes_that_were_read(self):
        clone = subprocess.run(["cp", "--reflink=always", self.log, self.path("clone")], capture_output=True)
        if clone.returncode == 0:
            self.skipTest("this file system clones files: what is read is a clone, which nobody changes")
        case = self.path("case")
        self.changed(self.grow, "--case", case)
        self.assertEqual(next(pathlib.Path(case, "sources").glob("*/data")).read_text(), self.text)
        self.run_ok("verify", case, "--trust", self.path("trust", self.run_ok("party", "list")), "--replay")


class Unreadable(CliTest):
    def setUp(self):
        super().setUp()
        self.rules = self.path("one.yml", rule())

    def test_what_may_not_be_read_is_said_and_the_rest_goes_on(self):
        self.path("logs/a.jsonl", event())
        self.path("logs/closed.jsonl", event())
        self.path("logs/folder/b.jsonl", event())
        (self.folder / "logs/closed.jsonl").chmod(0)
        (self.folder / "logs/folder").chmod(0)
        self.addCleanup((self.folder / "logs/folder").chmod, 0o700)
        for more in ([], ["--case", self.path("case")]):
            done = self.run_program("hunt", self.folder / "logs", "-r", self.rules, "--coverage",
                                    self.path("coverage.json"), "--force", *more, preexec_fn=no_override)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn(b"1 finding", done.stdout)
            coverage = json.loads(self.read("coverage.json"))
            self.assertEqual(sorted(pathlib.Path(s["path"]).name for s in coverage["skipped"]),
                             ["closed.jsonl", "folder"])
            self.assertEqual(len(coverage["sources"]), 1)
        self.run_ok("verify", self.path("case"), "--trust", self.path("trust", self.run_ok("party", "list")), "--replay")

    def test_a_file_that_opens_and_cannot_be_read(self):
        """Memory at address 0 is such a file: reading it is an error of input and output."""
        log = self.path("a.jsonl", event())
        done = self.run_program("hunt", log, "/proc/self/mem", "-r", self.rules, "--coverage",
                                self.path("coverage.json"))
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b"1 finding", done.stdout)
        coverage = json.loads(self.read("coverage.json"))
        memory, = (s for s in coverage["sources"] if s["path"] == "/proc/self/mem")
        self.assertEqual(memory["damage"], 1)


class Holes(CliTest):
    def test_chunks_that_are_not_there_are_one_place(self):
        chunks = 100
        log = self.path("holes.evtx", evtx.file_header(chunks))
        os.truncate(log, evtx.FILE_HEADER + chunks * evtx.CHUNK)
        done = self.run_program("hunt", log, "--coverage", self.path("coverage.json"))
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b"1 damaged place", done.stdout)
        source, = json.loads(self.read("coverage.json"))["sources"]
        self.assertEqual(source["damage_first"], [{"offset": evtx.FILE_HEADER, "length": chunks * evtx.CHUNK,
                                                   "kind": "empty chunk in use"}])

    def test_records_behind_a_hole_are_read(self):
        data = (SAMPLE / "JUMP01-Sysmon.evtx").read_bytes()
        chunk = data[evtx.FILE_HEADER:evtx.FILE_HEADER + evtx.CHUNK]
        holes = 300
        log = self.path("hole.evtx", evtx.file_header(holes + 1))
        with open(log, "r+b") as file:
            file.seek(evtx.FILE_HEADER + holes * evtx.CHUNK)
            file.write(chunk)
        self.run_ok("hunt", log, "--coverage", self.path("coverage.json"), status=3)
        source, = json.loads(self.read("coverage.json"))["sources"]
        self.assertEqual(source["records"], len(evtx.records(data, 0)))
        self.assertEqual(source["damage"], 1)


class Rules(CliTest):
    def values(self, count):
        """A rule with `count` values, of which the log has the last."""
        values = "".join(f"\n            - value{i}x" for i in range(count))
        return rule().replace("CommandLine|contains: 'needle'", "CommandLine|contains:" + values)

    def test_ten_thousand_values(self):
        log = self.path("a.jsonl", event(CommandLine="a value9999x") + event(CommandLine="a value9999")
                        + event(CommandLine="VALUE0X"))
        rules = self.path("many.yml", self.values(10_000))
        fast = self.run_ok("hunt", log, "-r", rules, "-f", "jsonl")
        self.assertEqual([json.loads(line)["record"]["index"] for line in fast.splitlines()], [0, 2])
        self.assertEqual(self.run_ok("hunt", log, "-r", rules, "-f", "jsonl", "--engine", "reference"), fast)

    def test_more_values_than_a_rule_may_have(self):
        log = self.path("a.jsonl", event())
        good = self.path("good.yml", rule())
        bad = self.path("too-many.yml", self.values(250_000))
        done = self.run_program("hunt", log, "-r", good, "-r", bad, "-v")
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        self.assertIn(b"1 rule rejected", done.stdout)
        self.assertIn(b"1 finding", done.stdout)
        lint = self.run_program("rules", "lint", bad)
        self.assertEqual(lint.returncode, 1, lint.stderr[-2000:])
        self.assertIn(b"S104", lint.stdout)
        self.assertIn(b"200000 nodes", lint.stdout)
        self.assertLess(len(lint.stdout), 10_000)  # the rule itself is not printed

    def test_anchors_within_anchors(self):
        """Ten names for ten of the one before, twelve times over: ten million million values, written out."""
        lines = ["a0: &a0 [needle, needle, needle, needle, needle, needle, needle, needle, needle, needle]"]
        for i in range(1, 13):
            lines.append(f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 10) + "]")
        bomb = rule().replace("CommandLine|contains: 'needle'", "CommandLine|contains: *a12")
        bad = self.path("bomb.yml", "\n".join(lines) + "\n" + bomb)
        done = self.run_program("hunt", self.path("a.jsonl", event()), "-r", bad, "-r", self.path("good.yml", rule()),
                                "-v")
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        self.assertIn(b"1 rule rejected", done.stdout)
        self.assertIn(b"S104", done.stderr)


if __name__ == "__main__":
    main()
