"""What a responder, the accused party and a newcomer meet on the first day: from a folder to one finding and back."""
import os
import re
import shutil
import subprocess
import unittest

from support import PROGRAM, ROOT, SAMPLE, CliTest, event, main, rule
from test_usage import width


class Responder(CliTest):
    def setUp(self):
        super().setUp()
        self.log = self.path("logs/a.jsonl", event() + event(Hostname="WS2.corp.example", CommandLine="needle 2",
                                                             EventTime="2026-03-05T01:02:03Z"))
        self.rules = self.path("one.yml", rule())

    def table(self, *arguments, status=0):
        return self.run_ok("hunt", self.log, "-r", self.rules, "-q", *arguments, status=status).decode()

    def test_the_time_line_names_what_show_takes(self):
        self.assertNotIn("Time line", self.table())
        text = self.table("-v", "--case", self.path("case"), "--tz", "Asia/Shanghai")
        lines = text[text.index("Time line (Asia/Shanghai)"):].splitlines()
        self.assertEqual(lines[1].strip(), "2026-03-04")
        clock, identity, level, host, title = lines[2].split(None, 4)
        self.assertEqual((clock, level, host, title), ("16:12:33", "high", "WS1", "Found it"))
        self.assertEqual(lines[3].strip(), "2026-03-05")
        self.assertTrue(lines[4].strip().startswith("09:02:03"), lines[4])
        self.assertIn(b"a needle in it", self.run_ok("show", identity, "--case", self.path("case")))

    def test_a_case_lists_its_findings_without_a_new_run(self):
        case = self.path("case")
        text = self.table("--case", case, "--host", "ws1")
        self.assertIn(f"exhibit show --case {case} -v", text)
        shown = self.run_ok("show", "--case", case).decode()
        self.assertIn("1 finding: 1 high", shown)
        self.assertIn("only --host ws1", shown)
        self.assertIn(self.log, shown)  # a path is evidence, and is not cut
        self.assertNotIn("08:12:33", shown)
        self.assertRegex(self.run_ok("show", "--case", case, "-v").decode(), r"08:12:33  [0-9a-f]{8}  high +WS1 +Found it")
        self.assertIn("1 run\n", shown)

    def test_what_to_do_next_can_be_pasted(self):
        for name in ("my case", "it's $HOME", "案件"):
            text = self.table("--case", self.path(name))
            command = re.search(r"\n  (exhibit show --case .*)\n", text)[1]
            shell = subprocess.run(["bash", "-c", 'exhibit() { "$EXHIBIT" "$@"; }\n' + command], capture_output=True,
                                   env={**self.environment, "EXHIBIT": PROGRAM}, cwd=self.folder)
            self.assertEqual(shell.returncode, 0, shell.stderr)
            self.assertIn(b"Found it", shell.stdout)

    def test_hosts_are_listed_where_there_are_several_worst_first(self):
        worse = self.path("two.yml", rule(title="Worse", level="critical", text="needle 2",
                                          id="5f3a2c1e-0000-4000-8000-000000000002"))
        text = self.table("-r", worse)
        block = text[text.index("By host"):text.index("By day")].splitlines()
        self.assertEqual(block[1].split(None, 2), ["WS2.corp.example", "2", "1 critical, 1 high"])
        self.assertEqual(block[2].split(None, 2), ["WS1.corp.example", "1", "1 high"])
        self.assertNotIn("By host", self.table("--host", "WS1"))

    def test_left_out_records_are_not_said_to_be_looked_at(self):
        text = self.table("--host", "nobody")
        self.assertTrue(text.startswith("No finding in 0 of 2 records from 1 source\n"), text)
        self.assertIn("0 records put to rules; the others were left out", text)
        self.assertTrue(self.table("--host", "ws2").startswith("1 finding of 1 rule in 1 of 2 records"))
        self.assertNotIn("left out", self.table())

    def test_rules_are_chosen_as_people_write_it(self):
        for choice in (["--tag", "T1059"], ["--tag", "attack.T1059.001"], ["--tag", "execution"],
                       ["--rule", "5F3A2C1E"], ["--rule", "5f3a2c1e-0000-4000-8000-000000000001"]):
            self.assertIn("2 findings", self.table(*choice))
        self.assertIn("fits --rule 5f3a;", self.fails(2, "hunt", self.log, "-r", self.rules, "--rule", "5f3a"))
        message = self.fails(2, "hunt", self.log, "-r", self.rules, "--tag", "T9999", "--min-level", "low")
        self.assertIn("none of the 1 rule", message)
        self.assertIn("--min-level low --tag T9999", message)

    def test_no_rules_at_all_is_not_a_matter_of_choice(self):
        self.path("norules/readme.txt", "x")
        self.assertIn("there is no Sigma rule", self.fails(2, "hunt", self.log, "-r", self.path("norules")))
        bad = self.path("bad.yml", "title: x\n")
        self.assertIn("was rejected", self.fails(2, "hunt", self.log, "-r", bad))

    def test_the_starter_pack_is_counted_whole(self):
        self.assertRegex(self.run_program("hunt", self.log, "--min-level", "critical").stderr.decode(),
                         r"using 7 rules of the built-in starter pack of \d\d rules")

    def test_every_technique_and_host_has_its_share_of_the_line(self):
        tags = "".join(f"    - attack.{technique}\n" for technique in ("t1047", "t1053", "t1059.003", "t1059.001"))
        many = self.path("many.yml", rule().replace("    - attack.t1059.001\n", tags))
        log = self.path("b.jsonl", event(Hostname="WORKSTATION1") + event(Hostname="WORKSTATION2",
                                                                          EventTime="2026-03-05T01:02:03Z"))
        second = self.run_ok("hunt", log, "-r", many, "-q").decode().splitlines()[4]
        self.assertTrue(second.endswith("  WORKSTATION1 +1  T1047, T1053 +2"), second)
        self.assertLessEqual(width(second), 80)

    def test_spans_of_days_are_called_so(self):
        events = "".join(event(EventTime=f"20{year}-0{month}-01T00:00:00Z") for year in range(10, 26)
                         for month in range(1, 9))
        text = self.run_ok("hunt", self.path("years.jsonl", events), "-r", self.rules, "-q").decode()
        self.assertRegex(text, r"\nBy spans of \d+ days \(UTC\)\n")
        self.assertIn("\nBy day (UTC)\n", self.table())

    def test_files_that_are_no_logs_are_listed_once_and_whole(self):
        deep = "a-rather-long-name-of-a-folder/" * 4 + "readme.txt"
        self.path("logs/" + deep, "no log")
        self.path("logs/b.txt", "no log either")
        text = self.table("-v", self.path("logs"), status=3)
        self.assertIn("2 files not read, no log of a kind that is known here:\n", text)
        self.assertEqual(text.count(deep), 1)
        self.assertLess(text.index("logs/a-rather"), text.index("logs/b.txt"))


class Accused(CliTest):
    def setUp(self):
        super().setUp()
        self.case, self.tar = self.path("case"), self.path("case.tar")
        self.run_ok("hunt", SAMPLE, "--case", self.case)

    def hand_over(self):
        return re.search(r"fingerprint +([0-9a-f]{64})", self.run_ok("handover", self.case, "-o", self.tar).decode())[1]

    def there(self):
        return {"environment": {"EXHIBIT_HOME": self.path("other-home")}}

    def test_one_line_for_each_check_where_it_is_no_terminal(self):
        self.hand_over()
        for line in self.run_ok("verify", self.tar, status=4, **self.there()).decode().splitlines():
            self.assertRegex(line, r"^(valid|undecidable|UNDECIDABLE:|  \S| {15}no witness|$)")

    def test_what_is_not_valid_stands_below_the_verdict_again(self):
        fingerprint = self.hand_over()
        out = self.run_ok("verify", self.tar, status=4, **self.there()).decode()
        self.assertRegex(out, r"\nUNDECIDABLE: .*\nundecidable +signer ")
        self.assertIn("\nVALID: ", self.run_ok("verify", self.tar, "--trust", fingerprint, **self.there()).decode())
        quiet = self.run_ok("verify", self.tar, "-q", status=4, **self.there()).decode()
        self.assertEqual(len(re.findall(r"^undecidable", quiet, re.M)), 1)

    def test_ones_own_key_is_called_that(self):
        self.assertIn("your own key\n", self.run_ok("verify", self.case).decode())
        self.assertIn("your own key, and none that you named as trusted\n",
                      self.run_ok("verify", self.case, "--trust", "0" * 64).decode())

    def test_a_handover_is_shown_packed_and_unpacked(self):
        self.hand_over()
        subprocess.run(["tar", "xf", self.tar, "-C", self.folder], check=True)
        unpacked = next(p for p in self.folder.iterdir() if p.name.startswith("case-"))
        temporary = self.folder / "temporary"
        temporary.mkdir()
        there = {"environment": {**self.there()["environment"], "TMPDIR": str(temporary)}}
        shown = self.run_ok("show", "--case", unpacked, "-v", **there).decode()
        identity = re.search(r"00:35:00  ([0-9a-f]{8})  critical  DC01 +Copy of the domain's database", shown)[1]
        why = self.run_ok("show", identity, "--case", unpacked, "--why", **there)
        self.assertIn(b"ntdsutil", why)
        self.assertEqual(self.run_ok("show", "--case", self.tar, "-v", **there).decode(), shown)
        self.assertEqual(self.run_ok("show", identity, "--case", self.tar, "--why", **there), why)
        self.assertEqual(list(temporary.iterdir()), [])
        self.assertIn("packed handover", self.fails(2, "show", "--case", self.path("no.tar", b"x" * 5000), **there))

    def test_where_a_handover_is_not_written(self):
        self.hand_over()
        self.assertIn("--force overwrites it", self.fails(2, "handover", self.case, "-o", self.tar))
        self.assertIn("not an empty folder", self.fails(2, "handover", self.case, "-o", self.case))
        self.assertIn("ends in .tar", self.fails(2, "handover", self.case, "-o", self.path("x.tar.gz")))
        self.run_ok("handover", self.case, "-o", self.tar, "--force")

    def test_what_is_not_there_is_said_to_be_so(self):
        self.assertIn("cannot be found", self.fails(2, "verify", self.path("none.tar")))


class Newcomer(CliTest):
    def test_help_of_a_word_with_verbs_below(self):
        for word, verb in (("rules", "rules explain ID"), ("party", "party new NAME")):
            text = self.run_ok(word, "--help")
            self.assertIn(verb.encode(), text)
            self.assertEqual(text, self.run_ok(word, "-h"))
            self.assertEqual(text, self.run_ok("help", word))

    def test_a_flag_is_explained_as_the_verb_means_it(self):
        self.assertIn("made where there is none", self.run_ok("hunt", "--help").decode())
        self.assertNotIn("made where there is none", self.run_ok("show", "--help").decode())
        self.assertNotIn("standard output", self.run_ok("handover", "--help").decode())
        self.assertIn("fingerprint", self.run_ok("verify", "--help").decode())
        self.assertIn("here: ", self.run_ok("--man", "2026-01-01").decode())

    def test_nothing_that_is_a_log(self):
        text = self.run_ok("hunt", self.path("x.txt", "no log"), "-q", status=3).decode()
        self.assertTrue(text.startswith("No finding in 0 records from 1 source\n"), text)
        self.assertNotIn("against", text)
        text = self.run_ok("hunt", self.path("empty.evtx", ""), "-q").decode()
        self.assertIn(f"1 file without a byte:\n    {self.path('empty.evtx')}\n", text)

    def test_a_log_that_was_cut_at_its_front(self):
        log = self.path("rotated.jsonl", event()[40:] + event())
        text = self.run_ok("hunt", log, "-r", self.path("one.yml", rule()), "-q", status=3).decode()
        self.assertTrue(text.startswith("1 finding of 1 rule in 1 record from 1 source\n"), text)
        self.assertIn("1 damaged place in 1 source", text)

    def test_a_key_folder_that_cannot_be_made_is_named_as_such(self):
        message = self.fails(2, "hunt", SAMPLE, "--case", self.path("case"),
                             environment={"EXHIBIT_HOME": "/proc/no-folder-can-be-made-here"})
        self.assertIn("key folder", message)
        self.assertIn("EXHIBIT_HOME", message)
        self.assertFalse(os.path.exists(self.path("case")))

    def test_tests_without_their_rules_are_one_line(self):
        self.path("tests/x.test.yml", "rule: nobody\npositive: [{EventID: 1}]\nnegative: []\n")
        self.assertEqual(self.fails(2, "rules", "test", self.path("tests")),
                         "exhibit: no rule is loaded for 1 test; -r names the rules\n")

    def test_names_of_time_zones(self):
        self.assertIn("Asia/Shanghai", self.fails(2, "hunt", SAMPLE, "--tz", "+08:00"))

    def test_the_picture_in_the_readme_is_what_the_program_prints(self):
        readme = (ROOT / "README.md").read_text()
        command, picture = re.search(r"```\n\$ exhibit (hunt samples/case .*)\n((?:.*\n)*?)```", readme).groups()
        done = subprocess.run([PROGRAM, *command.split()], cwd=ROOT, env=self.environment, capture_output=True, text=True)
        self.assertEqual(done.stdout, picture)

    @unittest.skipUnless(shutil.which("man"), "man is absent")
    def test_the_manual_page_has_no_faults(self):
        page = self.path("exhibit.1", self.run_ok("--man", "2026-01-01"))
        done = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, check=True,
                              env={**self.environment, "LC_ALL": "C.UTF-8", "MANWIDTH": "80", "PAGER": "cat"})
        self.assertEqual(done.stderr, b"")
        self.assertIn(b"--trust", done.stdout)


if __name__ == "__main__":
    main()
