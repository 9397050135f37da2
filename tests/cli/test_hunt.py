"""The hunt from outside: what it finds, that nothing but evidence and rules decides the bytes, how it ends."""
import json
import signal
import threading
import time

from support import SAMPLE, SAMPLE_JSON, CliTest, event, main, rule

# Ctrl-C ends within a second; sanitizers on a machine that does other things as well get more.
INTERRUPT_SECONDS_MAX = 10


class Hunt(CliTest):
    def setUp(self):
        super().setUp()
        self.log = self.path("logs/a.jsonl", event() + event(CommandLine="hay") + event(CommandLine="NEEDLE two"))
        self.rules = self.path("rules/one.yml", rule())

    def findings(self, *arguments, status=0):
        out = self.run_ok("hunt", *arguments, "--format", "jsonl", status=status)
        return [json.loads(line) for line in out.splitlines()]

    def test_a_finding_names_rule_source_record_event_and_fields(self):
        first, second = self.findings(self.log, "-r", self.rules)
        self.assertEqual(first["rule"]["title"], "Found it")
        for name in ("id", "title", "level", "tags", "author", "license", "sha256"):
            self.assertIn(name, first["rule"])
        self.assertEqual(len(first["source"]["sha256"]), 64)
        self.assertEqual(first["source"]["path"], self.log)
        self.assertEqual((first["record"]["index"], second["record"]["index"]), (0, 2))
        bytes_ = self.read(self.log)
        record = bytes_[second["record"]["offset"]:][:second["record"]["length"]]
        self.assertEqual(json.loads(record)["CommandLine"], "NEEDLE two")
        self.assertEqual(first["event"]["channel"], "Microsoft-Windows-Sysmon/Operational")
        self.assertEqual(first["event"]["event_id"], 1)
        self.assertEqual(first["event"]["time"], "2026-03-04T08:12:33.0000000Z")
        self.assertIn("a needle in it", json.dumps(first["fields"]))
        self.assertNotEqual(first["id"], second["id"])

    def test_full_adds_the_event(self):
        out = self.run_ok("hunt", self.log, "-r", self.rules, "--format", "jsonl", "--full")
        self.assertEqual(json.loads(out.splitlines()[0])["full"]["CommandLine"], "a needle in it")

    def test_the_same_bytes_whatever_is_around(self):
        logs = [SAMPLE, SAMPLE_JSON, self.log]
        rules = ["-r", self.rules, "-r", SAMPLE.parents[1] / "packs/starter"]
        expected = self.run_ok("hunt", *logs, *rules, "--format", "jsonl", "--threads", "1")
        self.assertGreater(len(expected.splitlines()), 50)
        for threads in ("2", "4"):
            self.assertEqual(self.run_ok("hunt", *logs, *rules, "--format", "jsonl", "-j", threads), expected)
        self.assertEqual(
            self.run_ok("hunt", *reversed(logs), *rules[2:], *rules[:2], "--format", "jsonl"), expected)
        for around in ({"TZ": "Asia/Shanghai"}, {"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"},
                       {"EXHIBIT_SHA256": "openssl"}):
            self.assertEqual(
                self.run_ok("hunt", *logs, *rules, "--format", "jsonl", environment=around), expected)
        self.assertEqual(
            self.run_ok("hunt", *logs, *rules, "--format", "jsonl", "--engine", "reference"), expected)

    def test_the_table_does_not_depend_on_the_environment_either(self):
        expected = self.run_ok("hunt", SAMPLE)
        self.assertEqual(
            self.run_ok("hunt", SAMPLE, environment={"TZ": "Asia/Shanghai", "LC_ALL": "de_DE.UTF-8"}), expected)

    def test_time_zone_is_for_people_only(self):
        self.assertIn(b"2026-03-04 16:12:33", self.run_ok("hunt", self.log, "-r", self.rules, "--tz", "Asia/Shanghai"))
        self.assertEqual(self.run_ok("hunt", self.log, "-r", self.rules, "-f", "jsonl", "--tz", "Asia/Shanghai"),
                         self.run_ok("hunt", self.log, "-r", self.rules, "-f", "jsonl"))

    def test_without_rules_the_starter_pack_and_where_more_are(self):
        done = self.run_program("hunt", SAMPLE)
        self.assertIn(b"starter pack", done.stderr)
        self.assertIn(b"SigmaHQ", done.stderr)
        self.assertIn(b"Nothing is sealed", done.stdout)
        self.assertIn(b"--case DIR", done.stdout)

    def test_what_the_sample_holds_is_found(self):
        expected = json.loads((SAMPLE.parent / "expected.json").read_text())
        self.assertGreater(len(json.dumps(expected)), 100)
        found = self.findings(SAMPLE)
        self.assertGreater(len({f["rule"]["id"] for f in found}), 30)

    def test_filters(self):
        other = self.path("b.jsonl", event(Hostname="WS2.corp.example", EventTime="2026-03-09T00:00:00Z"))
        both = (self.log, other, "-r", self.rules)
        self.assertEqual(len(self.findings(*both)), 3)
        self.assertEqual(len(self.findings(*both, "--host", "ws2")), 1)
        self.assertEqual(len(self.findings(*both, "--host", "WS2.CORP.example")), 1)
        self.assertEqual(len(self.findings(*both, "--from", "2026-03-05")), 1)
        self.assertEqual(len(self.findings(*both, "--to", "2026-03-05")), 2)
        self.assertEqual(len(self.findings(*both, "--event-id", "3,4")), 0)
        self.assertEqual(len(self.findings(*both, "--channel", "microsoft-windows-sysmon/operational")), 3)
        self.assertEqual(len(self.findings(*both, "--from", "1d")), 0)

    def test_selection_of_rules(self):
        low = self.path("rules/two.yml", rule("Low", "low", "hay", "5f3a2c1e-0000-4000-8000-000000000002"))
        both = (self.log, "-r", self.rules, "-r", low)
        self.assertEqual(len(self.findings(*both)), 3)
        self.assertEqual(len(self.findings(*both, "--min-level", "medium")), 2)
        self.assertEqual(len(self.findings(*both, "--rule", "5f3a2c1e-0000-4000-8000-000000000002")), 1)
        self.assertEqual(len(self.findings(*both, "--tag", "attack.t1059")), 3)
        self.fails(2, "hunt", *both, "--tag", "attack.t9999")

    def test_fail_on(self):
        self.run_ok("hunt", self.log, "-r", self.rules, "--fail-on", "critical")
        self.run_ok("hunt", self.log, "-r", self.rules, "--fail-on", "high", status=1)

    def test_standard_input(self):
        with open(self.log, "rb") as log:
            out = self.run_ok("hunt", "-", "-r", self.rules, "--format", "jsonl", stdin=log)
        self.assertEqual([json.loads(line)["record"]["index"] for line in out.splitlines()], [0, 2])

    def test_nothing_to_read(self):
        self.assertIn("no-such-file", self.fails(2, "hunt", "no-such-file", "-r", self.rules))
        (self.folder / "empty").mkdir()
        self.assertIn("no file", self.fails(2, "hunt", "empty", "-r", self.rules))
        self.assertIn("needs a PATH", self.fails(2, "hunt"))

    def test_something_missing_is_said_and_counted_and_the_rest_goes_on(self):
        done = self.run_program("hunt", self.log, "no-such-file", "-r", self.rules)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"no-such-file", done.stderr)
        self.assertIn(b"2 findings", done.stdout)

    def test_what_is_no_log_is_said(self):
        self.path("logs/picture.png", b"\x89PNG\r\n\x1a\n" + bytes(100))
        done = self.run_program("hunt", self.folder / "logs", "-r", self.rules)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b"picture.png", done.stdout)

    def test_damage_is_said(self):
        self.path("logs/a.jsonl", event() + '{"broken": \n' + event())
        done = self.run_program("hunt", self.log, "-r", self.rules, "--coverage", self.path("coverage.json"))
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b"damaged place", done.stdout)
        coverage = json.loads(self.read("coverage.json"))
        self.assertEqual(coverage["sources"][0]["damage"], 1)
        self.assertEqual(coverage["sources"][0]["records"], 2)
        self.assertEqual(coverage["rules"]["loaded"], 1)

    def test_a_rejected_rule_is_counted_and_the_others_go_on(self):
        bad = self.path("rules/bad.yml", rule().replace("condition: selection", "condition: selection and"))
        done = self.run_program("hunt", self.log, "-r", self.rules, "-r", bad)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"1 rule rejected", done.stdout)
        self.assertIn(b"2 findings", done.stdout)
        self.fails(2, "hunt", self.log, "-r", bad)

    def test_every_damaged_place_is_counted_by_kind(self):
        self.path("logs/a.jsonl", (event() + "{broken\n" * 3) * 4000)
        done = self.run_program("hunt", self.log, "-r", self.rules)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b"12,000 damaged places", done.stdout)
        self.assertIn("12,000 \u00d7".encode(), done.stdout)

    def test_placeholders(self):
        asking = self.path("asking.yml", rule(text="%word%").replace("|contains", "|contains|expand"))
        self.assertIn("--placeholders FILE", self.fails(2, "hunt", self.log, "-r", asking, "-v"))
        words = self.path("words.yml", "word:\n  - needle\n")
        self.assertEqual(len(self.findings(self.log, "-r", asking, "--placeholders", words)), 2)

    def endless(self, *arguments):
        """The program on a standard input that never ends."""
        process = self.start("hunt", "-", "-r", self.rules, *arguments)
        lines = (event() * 100).encode()

        def feed():
            try:
                while True:
                    process.stdin.write(lines)
            except (BrokenPipeError, ValueError):
                pass

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        return process

    def test_interrupt_gives_what_was_found_so_far(self):
        process = self.endless()
        time.sleep(2)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.stdout.read(), process.stderr.read()
        self.assertEqual(process.wait(), 130, err)
        self.assertLess(time.monotonic() - began, INTERRUPT_SECONDS_MAX)
        self.assertIn(b"INCOMPLETE", out)

    def test_an_interrupt_is_no_answer(self):
        process = self.endless("--fail-on", "low")
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        self.assertEqual(process.wait(), 130)  # and not the 1 of --fail-on

    def test_interrupted_machine_output_is_marked(self):
        coverage = self.path("coverage.json")
        process = self.endless("--format", "json", "--coverage", coverage)
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        out = process.stdout.read()
        self.assertEqual(process.wait(), 130)
        self.assertIs(json.loads(out)["complete"], False)
        self.assertIs(json.loads(self.read(coverage))["complete"], False)

    def test_interrupt_ends_a_wait_for_input(self):
        process = self.start("hunt", "-", "-r", self.rules)
        process.stdin.write(event().encode())
        process.stdin.flush()
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(INTERRUPT_SECONDS_MAX), 130)
        self.assertIn(b"INCOMPLETE", process.stdout.read())

    def test_progress_as_json_lines(self):
        process = self.endless("--progress", "jsonl")
        line = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        self.assertEqual(json.loads(line)["schema"], "exhibit/progress/1")


if __name__ == "__main__":
    main()
