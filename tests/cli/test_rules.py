"""rules list, lint, test, explain."""
import collections
import csv
import hashlib
import io
import json
import pathlib
import signal
import time

from support import ROOT, CliTest, main, rule

ONE = "5f3a2c1e-0000-4000-8000-000000000001"


class Rules(CliTest):
    def setUp(self):
        super().setUp()
        self.rules = self.path("rules/one.yml", rule())

    def test_list(self):
        self.assertIn(b"Found it", self.run_ok("rules", "list", "-r", self.rules))
        listed = json.loads(self.run_ok("rules", "list", "-r", self.rules, "-f", "json"))
        self.assertEqual(listed[0]["id"], ONE)
        self.assertIs(listed[0]["routed"], True)
        self.assertEqual(json.loads(self.run_ok("rules", "list", "-r", self.rules, "-f", "jsonl")), listed[0])
        rows = list(csv.DictReader(io.StringIO(self.run_ok("rules", "list", "-r", self.rules, "-f", "csv").decode())))
        self.assertEqual(rows[0]["author"], "The tests")

    def test_lint_says_where_and_why(self):
        self.run_ok("rules", "lint", self.rules)
        bad = self.path("rules/bad.yml", rule().replace("condition: selection", "condition: selection and"))
        out = self.run_ok("rules", "lint", self.folder / "rules", status=1).decode()
        line = 1 + self.read(bad).decode().splitlines().index("    condition: selection and")
        self.assertRegex(out, rf"bad\.yml:{line}:\d+")
        self.assertIn("^", out)
        self.assertIn("1 rule taken, 1 rejected", out)

    def test_an_interrupt_ends_loading(self):
        one = rule().split("\n", 1)[1]
        for file in range(1000):
            self.path(f"rules/{file}.yml", "---\n".join(f"title: Rule {file}.{n}\n{one}" for n in range(40)))
        process = self.start("rules", "lint", self.folder / "rules")
        time.sleep(0.5)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
        self.assertEqual(process.returncode, 130, err)
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(out, b"")
        self.assertIn(b"INCOMPLETE: interrupted", err)

    def test_explain(self):
        out = self.run_ok("rules", "explain", ONE[:13], "-r", self.rules).decode()
        for part in ("Found it", "Microsoft-Windows-Sysmon/Operational", "event id 1", "CommandLine", "needle", "4688"):
            self.assertIn(part, out)
        self.assertEqual(self.run_ok("rules", "explain", "found IT", "-r", self.rules).decode(), out)
        self.fails(2, "rules", "explain", "no such rule", "-r", self.rules)
        two = self.path("rules/two.yml", rule("Found it again", id=ONE[:-1] + "2"))
        self.assertIn("several", self.fails(2, "rules", "explain", "found", "-r", self.rules, "-r", two))

    def test_the_starter_pack_passes_its_tests(self):
        out = self.run_ok("rules", "test").decode()
        self.assertRegex(out, r"^\d+ tests passed, 0 failed\n$")
        self.assertEqual(self.run_ok("rules", "test", ROOT / "packs/starter").decode(), out)

    def test_the_public_regression_cases(self):
        """Every case fires as EVTX, and its JSON twin gives the same rules the same number of records."""
        cases = self.real_data("sigma-regression")
        rules = [f"-r{self.real_data('sigma') / folder}" for folder in ("rules", "rules-emerging-threats")]
        out = self.run_ok("rules", "test", *rules, cases).decode()
        self.assertRegex(out, r"87 tests passed, 0 failed\n$")

        def found(suffix):
            lines = self.run_ok("hunt", *sorted(cases.rglob(f"*.{suffix}")), *rules, "-f", "jsonl", "-q").decode()
            count = collections.Counter()
            for line in map(json.loads, lines.splitlines()):
                count[pathlib.Path(line["source"]["path"]).parent, line["rule"]["id"]] += 1
            return count

        evtx, twins = found("evtx"), found("json")
        self.assertEqual(evtx, twins)
        # Two cases hold the same bytes, which are one source.
        contents = {hashlib.sha256(path.read_bytes()).digest() for path in cases.rglob("*.evtx")}
        self.assertEqual(len({folder for folder, _ in evtx}), len(contents))

    def test_a_failing_test_is_status_1(self):
        self.path("rules/one.test.yml", f"""rule: {ONE}
positive:
    - {{Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1, CommandLine: a needle}}
    - {{Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1, CommandLine: hay}}
negative:
    - {{Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1, CommandLine: hay}}
    - {{Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1, CommandLine: a needle}}
""")
        out = self.run_ok("rules", "test", self.folder / "rules", status=1).decode()
        self.assertIn("positive 2: expected 1 match, found 0", out)
        self.assertIn("negative 2: expected no match, found 1", out)
        self.assertIn("2 tests passed, 2 failed", out)

    def test_a_test_without_its_rule_fails(self):
        self.path("tests/x.test.yml", "rule: nobody\npositive: [{EventID: 1}]\nnegative: []\n")
        self.assertIn(b"not among", self.run_ok("rules", "test", self.folder / "tests", "-r", self.rules, status=1))

    def test_sigmahqs_form(self):
        case = self.folder / "regression/one"
        event = '{"Event": {"System": {"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1}, ' \
                '"EventData": {"CommandLine": "needle"}}}'
        self.path("regression/one/one.json", event)
        info = f"""rule_metadata:
    - id: {ONE}
      title: Found it
regression_tests_info:
    - name: Positive Detection Test
      type: json
      match_count: COUNT
      path: regression_data/rules/one/one.json
"""
        self.path("regression/one/info.yml", info.replace("COUNT", "1"))
        self.assertIn(b"1 test passed", self.run_ok("rules", "test", case, "-r", self.rules))
        self.path("regression/one/info.yml", info.replace("COUNT", "2"))
        self.run_ok("rules", "test", case, "-r", self.rules, status=1)
        (case / "one.json").unlink()
        self.run_ok("rules", "test", case, "-r", self.rules, status=1)

    def test_no_tests_at_all(self):
        (self.folder / "none").mkdir()
        self.fails(2, "rules", "test", self.folder / "none", "-r", self.rules)


if __name__ == "__main__":
    main()
