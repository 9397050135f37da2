"""The flagship path: seal while hunting, hand over, and the other side checks it and runs it again."""
import json
import os
import pathlib
import shlex
import subprocess

from support import PROGRAM, SAMPLE, CliTest, event, main, rule


class Case(CliTest):
    def setUp(self):
        super().setUp()
        self.log = self.path("logs/a.jsonl", event() + event(CommandLine="hay") + event(CommandLine="needle 2"))
        self.rules = self.path("one.yml", rule())
        self.case = self.path("case")

    def hunt(self, *more, status=0):
        return self.run_ok("hunt", self.log, "-r", self.rules, "--case", self.case, *more, status=status)

    def trust(self):
        return self.path("trust", self.run_ok("party", "list"))

    def other_side(self):
        """Another user: nothing of ours but what is handed over."""
        return {"EXHIBIT_HOME": self.path("other-home")}

    def test_sealing_prints_what_to_hand_over(self):
        out = self.hunt().decode()
        self.assertIn("2 findings", out)
        self.assertIn("root", out)
        self.assertIn("fingerprint", out)
        self.assertNotIn("Nothing is sealed", out)

    def test_findings_are_the_same_with_and_without_a_case(self):
        without = self.run_ok("hunt", self.log, "-r", self.rules, "-f", "jsonl")
        self.assertEqual(self.hunt("-f", "jsonl"), without)
        again = json.loads(self.run_ok("hunt", "--case", self.case, "-r", self.rules, "-f", "json"))
        self.assertEqual([f["id"] for f in again["findings"]],
                         [json.loads(line)["id"] for line in without.splitlines()])
        self.assertEqual(again["seal"]["run"], 2)

    def test_verify_of_ones_own_case(self):
        self.hunt()
        out = self.run_ok("verify", self.case, "--trust", self.trust(), "--replay").decode()
        self.assertIn("\nVALID: ", out)
        self.assertNotIn("INVALID", out.replace("0 invalid", ""))

    def test_handover_to_somebody_who_does_not_trust_us(self):
        self.run_ok("hunt", SAMPLE, "--case", self.case, status=0)
        trust = self.trust()
        for name in ("bundle", "bundle.tar"):
            bundle = self.path(name)
            self.assertIn(b"verifier key", self.run_ok("handover", self.case, "-o", bundle))
            there = {"environment": self.other_side()}
            out = self.run_ok("verify", bundle, "--trust", trust, "--replay", **there).decode()
            self.assertIn("\nVALID: ", out)
            out = self.run_ok("verify", bundle, "--replay", status=4, **there).decode()
            self.assertIn("\nUNDECIDABLE: ", out)
            other = self.path("other.key", self.run_ok("party", "new", f"other-{len(name)}", **there))
            self.run_ok("verify", bundle, "--trust", other, status=4, **there)

    def test_a_changed_byte_is_invalid(self):
        self.run_ok("hunt", SAMPLE / "JUMP01-Sysmon.evtx", "--case", self.case)
        bundle = pathlib.Path(self.path("bundle"))
        self.run_ok("handover", self.case, "-o", bundle)
        data = max((p for p in bundle.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
        os.chmod(data, 0o600)
        bytes_ = bytearray(data.read_bytes())
        bytes_[len(bytes_) // 2] ^= 1
        data.write_bytes(bytes_)
        out = self.run_ok("verify", bundle, "--trust", self.trust(), status=1, environment=self.other_side()).decode()
        self.assertIn("INVALID", out)

    def test_open_add_show_hunt(self):
        out = self.run_ok("open", self.case, "--case-id", "case-42", "--operator", "A. Tester").decode()
        self.assertIn("case-42", out)
        self.fails(2, "open", self.case)
        self.assertIn(b"3 records", self.run_ok("add", self.case, self.log))
        self.assertIn(b"1 source", self.run_ok("show", "--case", self.case))
        out = self.run_ok("hunt", "--case", self.case, "-r", self.rules, "-f", "json")
        finding = json.loads(out)["findings"][0]
        identity = finding["id"]
        self.assertIn(b"Found it", self.run_ok("show", identity, "--case", self.case))
        self.assertIn(b"a needle in it", self.run_ok("show", identity[:12], "--case", self.case))
        raw = self.run_ok("show", identity, "--case", self.case, "--raw")
        self.assertEqual(json.loads(raw)["CommandLine"], "a needle in it")
        self.assertEqual(json.loads(self.run_ok("show", identity, "--case", self.case, "--json"))["EventID"], 1)
        self.assertIn(b"|", self.run_ok("show", identity, "--case", self.case, "--hex"))
        why = self.run_ok("show", identity, "--case", self.case, "--why").decode()
        for part in ("Why it matched", "CommandLine", "needle", "condition: selection", "signed checkpoint", "leaf",
                     "author: The tests"):
            self.assertIn(part, why)
        self.assertIn(b"tlog-proof", self.run_ok("show", identity, "--case", self.case, "--proof"))
        self.fails(2, "show", "ffffffffffff", "--case", self.case)
        self.fails(2, "show", identity, "--case", self.case, "--xml")

    def test_show_takes_the_case_it_stands_in(self):
        self.hunt()
        done = subprocess.run([PROGRAM, "show"], cwd=self.case, env=self.environment, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"1 run", done.stdout)

    def test_by_reference_keeps_no_copy(self):
        self.hunt("--by-reference")
        self.assertEqual([p for p in pathlib.Path(self.case).rglob("data") if p.is_file()], [])
        self.run_ok("verify", self.case, "--trust", self.trust(), "--replay")

    def test_keys(self):
        self.assertIn(b"+", self.run_ok("party", "new", "soc.example.org"))
        self.fails(2, "party", "new", "soc.example.org")
        self.fails(2, "party", "new", "../evil")
        self.assertIn(b"soc.example.org+", self.run_ok("party", "list"))
        for folder, _, files in os.walk(self.path("home")):
            self.assertEqual(os.stat(folder).st_mode & 0o077, 0, folder)
            for name in files:
                self.assertEqual(os.stat(os.path.join(folder, name)).st_mode & 0o077, 0, name)

    def test_who_and_how_are_recorded(self):
        tag = "it's $HOME; a*b"
        self.path("tagged.yml", rule().replace("attack.execution", f'"{tag}"'))
        words = ["hunt", self.log, "-r", self.path("tagged.yml"), "--tag", tag, "--case", self.case, "--operator",
                 "A. Tester", "--as", "soc.example.org"]
        self.run_ok(*words)
        fields = json.loads((pathlib.Path(self.case) / "runs/1/run.json").read_bytes())["fields"]
        self.assertEqual(fields["operator"], "A. Tester")
        self.assertEqual(shlex.split(fields["command_line"]), ["exhibit", *words])  # as a shell would read it
        self.assertTrue((pathlib.Path(self.case) / "ledger/soc.example.org/checkpoint").exists())

    def test_the_run_says_which_engine_and_whether_slack(self):
        self.hunt()
        self.hunt("--engine", "reference", "--slack")
        for run, engine, slack in ((1, "fast", "false"), (2, "reference", "true")):
            fields = json.loads((pathlib.Path(self.case) / f"runs/{run}/run.json").read_bytes())["fields"]
            self.assertEqual((fields["engine"], fields["slack"]), (engine, slack))

    def test_a_key_folder_that_others_can_read_is_refused(self):
        self.run_ok("party", "new", "soc.example.org")
        os.chmod(self.path("home"), 0o755)
        self.assertIn("open to others", self.fails(5, "hunt", self.log, "-r", self.rules, "--case", self.case))

    def test_what_is_no_case(self):
        self.fails(2, "verify", self.path("logs"))
        self.fails(2, "verify", "no-such-case")
        self.fails(2, "show", "--case", self.path("logs"))
        self.fails(2, "add", self.path("none"), self.log)
        self.fails(2, "handover", self.path("none"), "-o", self.path("out"))
        self.fails(2, "hunt", "--case", self.path("none"), "-r", self.rules)
        self.hunt()
        self.fails(2, "handover", self.case)


if __name__ == "__main__":
    main()
