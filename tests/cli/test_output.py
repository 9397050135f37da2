"""Where output goes and that evidence in it harms nobody: files, pipes, terminals, spreadsheets."""
import csv
import fcntl
import io
import json
import os
import pty
import struct
import subprocess
import termios

from support import PROGRAM, SAMPLE, SAMPLE_JSON, CliTest, event, main, rule
from test_usage import width

NASTY = "needle \x1b[31mred\x1b]0;title\x07 \u202etxt.exe \u009b2J"


class OutputFile(CliTest):
    def setUp(self):
        super().setUp()
        self.log = self.path("a.jsonl", event())
        self.rules = self.path("one.yml", rule())

    def hunt(self, *arguments, status=0):
        return self.run_ok("hunt", self.log, "-r", self.rules, *arguments, status=status)

    def test_a_file_is_written_whole_and_never_overwritten_unasked(self):
        out = self.path("out.jsonl")
        self.assertEqual(self.hunt("-f", "jsonl", "-o", out), b"")
        first = self.read(out)
        self.assertEqual(len(first.splitlines()), 1)
        self.assertIn("--force", self.fails(2, "hunt", self.log, "-r", self.rules, "-o", out))
        self.assertEqual(self.read(out), first)
        self.hunt("-o", out, "--force")
        self.assertIn(b"1 finding", self.read(out))
        self.assertEqual([name for name in os.listdir(self.folder) if "exhibit-" in name], [])

    def test_coverage_is_not_overwritten_either(self):
        out = self.path("coverage.json", "mine")
        self.fails(2, "hunt", self.log, "-r", self.rules, "--coverage", out)
        self.assertEqual(self.read(out), b"mine")

    def test_where_it_cannot_be_written(self):
        self.fails(2, "hunt", self.log, "-r", self.rules, "-o", self.path("no/such/folder/out"))
        self.fails(2, "hunt", self.log, "-r", self.rules, "-o", str(self.folder))
        self.assertEqual([name for name in os.listdir(self.folder) if "exhibit-" in name], [])

    def test_a_device_is_written_to_and_not_replaced(self):
        self.hunt("-o", "/dev/null")

    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "hunt", self.log, "-r", self.rules], stdout=full, stderr=subprocess.PIPE,
                                  env=self.environment)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(b"No space left", done.stderr)

    def test_a_reader_that_has_gone_is_no_error(self):
        process = self.start("hunt", SAMPLE, SAMPLE_JSON, "-f", "jsonl", "-q", "--full")
        process.stdout.read(10)
        process.stdout.close()
        self.assertEqual(process.stderr.read(), b"")
        self.assertEqual(process.wait(), 0)

    def test_quiet_is_quiet(self):
        done = self.run_program("hunt", self.log, "-r", self.rules, "-q", "-f", "jsonl")
        self.assertEqual(done.stderr, b"")

    def test_json_is_one_object(self):
        whole = json.loads(self.hunt("-f", "json"))
        self.assertEqual(len(whole["findings"]), 1)
        self.assertEqual(whole["coverage"]["records"], 1)
        self.assertIs(whole["complete"], True)
        self.assertIsNone(whole["seal"])


class Csv(CliTest):
    def test_no_cell_is_a_formula(self):
        starts = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1"]
        log = self.path("a.jsonl", "".join(event(Hostname=start + ',"q"') for start in starts))
        rules = self.path("one.yml", rule(title="=cmd|' /C calc'!A0"))
        text = self.run_ok("hunt", log, "-r", rules, "-f", "csv").decode()
        self.assertIn("\r\n", text)
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        self.assertEqual(len(rows), len(starts))
        for row in rows:
            self.assertEqual(set(row), set(rows[0]))
            for cell in row.values():
                self.assertNotIn(cell[:1], list("=+-@\t\r＝"), cell)
        self.assertEqual(rows[0]["rule_title"], "'=cmd|' /C calc'!A0")


class Terminal(CliTest):
    def setUp(self):
        super().setUp()
        self.log = self.path("a\x1b[31m\u202e.jsonl", event(CommandLine=NASTY, Hostname=NASTY))
        self.rules = self.path("one.yml", rule(title="A \u202e title"))

    def on_terminal(self, *arguments, columns=80):
        """What a terminal would get."""
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        process = subprocess.Popen([PROGRAM, *map(str, arguments)], stdin=follower, stdout=follower, stderr=follower,
                                   env=self.environment)
        os.close(follower)
        text = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:
                break
            if not piece:
                break
            text += piece
        os.close(leader)
        process.wait()
        return text.decode()

    def assert_harmless(self, text):
        for bad in ("\x1b[31mred", "\x1b]0", "\x07", "\u202e", "\u009b"):
            self.assertNotIn(bad, text)

    def test_evidence_cannot_colour_move_or_reverse(self):
        for format_ in ("table", "json", "jsonl", "csv"):
            for verbose in ([], ["-v"]):
                self.assert_harmless(
                    self.on_terminal("hunt", self.log, "-r", self.rules, "--progress", "none", "-f", format_, *verbose))

    def test_json_on_a_terminal_is_the_same_value(self):
        text = self.on_terminal("hunt", self.log, "-r", self.rules, "-q", "-f", "jsonl")
        piped = self.run_ok("hunt", self.log, "-r", self.rules, "-f", "jsonl")
        self.assertEqual(json.loads(text), json.loads(piped))

    def test_raw_bytes_never_go_to_a_terminal(self):
        case = self.path("case")
        found = self.run_ok("hunt", self.log, "-r", self.rules, "--case", case, "-f", "jsonl")
        show = ("show", json.loads(found)["id"], "--case", case, "--raw")
        self.assertIn("redirect it", self.on_terminal(*show))
        self.assertIn("needle", json.loads(self.run_ok(*show))["CommandLine"])

    def test_the_table_fits_the_terminal(self):
        for columns in (80, 120):
            text = self.on_terminal("hunt", SAMPLE, "--progress", "none", "-q", "--color", "never", columns=columns)
            for line in text.splitlines():
                self.assertLessEqual(width(line), columns, line)
        self.assertEqual(
            self.on_terminal("hunt", SAMPLE, "-q", "--progress", "none", "--color", "never").replace("\r\n", "\n"),
            self.run_ok("hunt", SAMPLE, "-q").decode())

    def test_colour_when_it_is_wanted(self):
        hunt = ("hunt", SAMPLE, "-q", "--progress", "none")
        self.assertIn("\x1b[", self.on_terminal(*hunt))
        self.assertNotIn("\x1b[", self.on_terminal(*hunt, "--color", "never"))
        self.environment["NO_COLOR"] = "1"
        self.assertNotIn("\x1b[", self.on_terminal(*hunt))
        self.assertIn(b"\x1b[", self.run_ok(*hunt, "--color", "always"))


if __name__ == "__main__":
    main()
