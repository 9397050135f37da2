"""Custody: what is put on record when evidence is acquired, and what other tools wrote down of it."""
import hashlib
import json
import os

from support import CliTest, event, main, rule


class Acquiring(CliTest):
    def setUp(self):
        super().setUp()
        self.log = self.path("logs/a.jsonl", event())
        self.other = self.path("logs/b.jsonl", event(CommandLine="other"))
        self.case = self.path("case")
        self.run_ok("open", self.case)

    def statement(self, index, party="collector"):
        opened = json.loads(self.read(f"case/statements/{party}/{index}.json"))
        fields = {}
        for field in opened["fields"][1:]:
            fields.setdefault(field["name"], []).append(field["value"])
        return opened["kind"], fields

    def test_the_circumstances_are_on_record(self):
        self.run_ok("add", self.case, self.log, "--operator", "A. Collector", "--role", "responder", "--authority",
                    "warrant 7", "--place", "server room", "--medium", "disk S/N 1", "--write-blocker", "T35u",
                    "--exhibit-number", "KH/1", "--source-clock", "3 s fast", "--digest", "sm3", "--digest", "md5")
        kind, fields = self.statement(1)
        self.assertEqual(kind, "acquire")
        said = {name: fields[name][0] for name in ("operator", "role", "authority", "place", "medium", "write_blocker",
                                                    "exhibit_number", "source_clock")}
        self.assertEqual(said, {
            "operator": "A. Collector", "role": "responder", "authority": "warrant 7", "place": "server room",
            "medium": "disk S/N 1", "write_blocker": "T35u", "exhibit_number": "KH/1", "source_clock": "3 s fast"})
        self.assertEqual(fields["digest.md5"], [hashlib.md5(self.read("logs/a.jsonl")).hexdigest()])
        self.assertIn(fields["clock.ntp"][0], ("synchronised", "unsynchronised"))
        status = os.stat(self.log)
        self.assertEqual(int(fields["file.inode"][0]), status.st_ino)
        self.assertEqual(int(fields["modified_unix_ns"][0]), status.st_mtime_ns)
        self.assertEqual(len(fields["tool.sha256"][0]), 64)
        self.assertIn("source.digests", self.run_ok("verify", self.case).decode())

    def test_manifests_that_agree_and_one_that_does_not(self):
        md5 = hashlib.md5(self.read("logs/a.jsonl")).hexdigest()
        sha256 = hashlib.sha256(self.read("logs/b.jsonl")).hexdigest()
        good = self.path("good", f"{md5}  a.jsonl\n")
        tagged = self.path("tagged", f"SHA256 (logs/b.jsonl) = {sha256}\nSHA256 (gone) = {'0' * 64}\n")
        bad = self.path("bad", f"{'1' * 40} *a.jsonl\n")
        out = self.run_ok("add", self.case, self.log, self.other, "--manifest", good, "--manifest", tagged).decode()
        self.assertIn("1 source matched, 0 differ, 1 not listed; 0 listed files not found", out)
        self.assertIn("not found: gone", out)
        kind, fields = self.statement(3)
        self.assertEqual(kind, "manifest")
        self.assertEqual(fields["sha256"], [hashlib.sha256(self.read("good")).hexdigest()])
        # Everything is acquired all the same.
        again = self.path("logs/c.jsonl", event(CommandLine="third"))
        out = self.run_ok("add", self.case, self.log, again, "--manifest", bad, status=1).decode()
        self.assertIn("1 DIFFER", out)
        self.assertIn("1 new source", out)
        self.run_ok("verify", self.case)
        self.assertIn("manifest bad: 0 matched, 1 differ, 0 not found",
                      " ".join(self.run_ok("ledger", self.case).decode().split()))

    def test_a_hunt_takes_them_too(self):
        rules = self.path("one.yml", rule())
        bad = self.path("bad", f"{'1' * 64}  a.jsonl\n")
        out = self.run_ok("hunt", self.log, "-r", rules, "--case", self.case, "--manifest", bad, "--hash-after",
                          "--authority", "warrant 7", status=1).decode()
        self.assertIn("DIFFER", out)
        kind, fields = self.statement(1)
        self.assertEqual((kind, fields["hash_after.same"], fields["authority"]), ("acquire", ["true"], ["warrant 7"]))
        self.assertEqual(self.statement(3)[0], "run")

    def test_what_makes_no_sense(self):
        rules = self.path("one.yml", rule())
        self.fails(2, "hunt", self.log, "-r", rules, "--authority", "warrant 7")
        self.run_ok("add", self.case, self.log)
        self.fails(2, "hunt", "-r", rules, "--case", self.case, "--manifest", self.log)
        self.fails(2, "add", self.case, self.log, "--manifest", self.path("no-manifest", "hello\n"))
        self.fails(2, "add", self.case, self.log, "--manifest", self.path("none"))
        self.fails(2, "add", self.case, self.log, "--digest", "crc32")
        self.fails(2, "add", self.case, self.other, "--place", "x" * 5000)


class HandingOver(CliTest):
    def setUp(self):
        super().setUp()
        self.log = self.path("logs/a.jsonl", event())
        self.case, self.theirs = self.path("case"), self.path("theirs")
        self.run_ok("open", self.case, "--case-id", "incident-42")
        self.run_ok("add", self.case, self.log, "--operator", "A. Collector", "--authority", "warrant 7", "--digest", "md5")
        self.examiner = {"environment": {"EXHIBIT_HOME": self.path("examiner-home")}}
        self.key = self.path("collector.key", self.run_ok("party", "list"))

    def gaps(self, case, *arguments, **more):
        report = json.loads(self.run_ok("custody", case, "--format", "json", *arguments, **more))
        return report, [gap["id"] for gap in report["gaps"] if not gap["id"].startswith(("clock.", "time.own"))]

    def test_it_is_given_received_and_shown(self):
        self.run_ok("transfer", self.case, "--to", "examiner", "--medium", "disk S/N 8", "--note", "by hand")
        report, gaps = self.gaps(self.case)
        self.assertEqual(gaps, ["transfer.unreceived"])
        self.run_ok("custody", self.case, "--fail-on-gaps", status=1)
        self.run_ok("handover", self.case, "-o", self.theirs)
        out = self.run_ok("receive", self.theirs, "--from", "collector", "--as", "examiner", "--trust", self.key,
                          "--place", "laboratory", "--operator", "E. Examiner", **self.examiner).decode()
        self.assertIn("it verified as valid, and is complete", out)
        self.run_ok("merge", self.case, self.theirs)
        report, gaps = self.gaps(self.case)
        self.assertEqual(gaps, [])
        given = report["hand_overs"][0]
        self.assertEqual((given["given"]["entry"], given["to"], given["whole"], given["text"]),
                         ("collector/2", "examiner", True, "by hand"))
        receipt = given["received"][0]
        self.assertEqual((receipt["receipt"]["operator"], receipt["receipt"]["place"], receipt["verdict"]),
                         ("E. Examiner", "laboratory", "valid"))
        self.assertTrue(given["given"]["signed"] and receipt["receipt"]["signed"])
        self.assertEqual(report["sources"][0]["digests"]["md5"], hashlib.md5(self.read("logs/a.jsonl")).hexdigest())
        out = " ".join(self.run_ok("custody", self.case, "-v").decode().split())
        self.assertIn("the case to examiner, by", out)
        self.assertIn("by E. Examiner for examiner, examiner/1, signed; it verified as valid, complete", out)
        self.assertIn("authority warrant 7", out)
        out = self.run_ok("verify", self.case, status=4).decode()
        self.assertRegex(out, "valid +custody statements/examiner: 1 of 1 hand-overs are of what they name")

    def test_what_was_changed_on_the_way_is_received_as_such(self):
        self.run_ok("transfer", self.case, "--to", "examiner")
        self.run_ok("handover", self.case, "-o", self.theirs)
        sha256 = hashlib.sha256(self.read("logs/a.jsonl")).hexdigest()
        data = self.folder / "theirs" / "sources" / sha256 / "data"
        data.chmod(0o644)
        data.write_text(event(CommandLine="other"))
        out = self.run_ok("receive", self.theirs, "--from", "collector", "--as", "examiner", "--trust", self.key,
                          status=1, **self.examiner).decode()
        self.assertIn("verified as invalid", out)
        self.assertIn("IS NOT COMPLETE", out)
        self.assertEqual(self.gaps(self.theirs)[1], ["receive.incomplete", "receive.invalid"])

    def test_who_acts_without_having_received_it_is_a_gap(self):
        self.run_ok("handover", self.case, "-o", self.theirs)
        self.run_ok("party", "add", self.theirs, "--as", "stranger", **self.examiner)
        self.run_ok("statement", self.theirs, "I had it.", **self.examiner)
        self.assertEqual(self.gaps(self.theirs)[1], ["party.never-received"])

    def test_the_end(self):
        self.run_ok("handover", self.case, "-o", self.path("before.tar"))
        self.assertIn("nothing was destroyed", self.fails(5, "destroy", self.case, "--yes", "incident-43"))
        self.assertIn("--yes", self.fails(5, "destroy", self.case, stdin=-3))  # DEVNULL: nobody to ask
        out = self.run_ok("destroy", self.case, "--yes", "incident-42", "--note", "retention ended").decode()
        self.assertIn("closed by collector/2", out)
        self.assertIn("Not reached: copies and backups", out)
        left = [path.name for path in (self.folder / "home").rglob("*.pem")]
        self.assertEqual(left, [])
        out = self.run_ok("verify", self.case, "--trust", self.key, status=4).decode()
        self.assertIn("collector destroyed the keys that give it", out)
        self.assertNotIn("INVALID", out)
        self.fails(5, "statement", self.case, "More.", "--as", "collector")
        self.fails(5, "add", self.case, self.log)
        # Who has a handover from before can check it as before.
        self.run_ok("verify", self.path("before.tar"), "--trust", self.key,
                    environment={"EXHIBIT_HOME": self.path("third-home")})

    def test_what_cannot_be(self):
        self.fails(2, "transfer", self.case)
        self.fails(2, "transfer", self.case, "--to", "../x")
        self.fails(2, "transfer", self.case, "--to", "collector")
        self.fails(2, "transfer", self.case, "--to", "x", "--what", "0" * 64)
        self.fails(2, "transfer", self.case, "--to", "x", "--to-key", "abc")
        self.fails(2, "receive", self.case)
        self.fails(2, "receive", self.case, "--from", "nobody")
        self.fails(2, "receive", self.case, "--from", "collector", "--about", "x")
        self.fails(2, "custody", self.case, "--format", "csv")
        self.fails(2, "custody", self.path("none"))
        self.fails(2, "destroy", self.path("none"), "--yes", "x")


class Keys(CliTest):
    def test_keys_are_rotated_and_revoked(self):
        case = self.path("case")
        self.run_ok("open", case, "--case-id", "incident-42")
        self.run_ok("statement", case, "First.")
        old = json.loads(self.read("case/statements/collector/0.json"))
        old = next(f["value"] for f in old["fields"] if f["name"] == "entry_key")
        self.assertIn("rotate", self.fails(2, "party", "revoke", case, old))
        out = self.run_ok("party", "rotate", case, "--note", "every year").decode()
        self.assertIn("Entry 2 names the new keys", out)
        self.run_ok("statement", case, "Second.")
        self.run_ok("verify", case)
        self.fails(2, "party", "revoke", case, old, "--from", "x")
        self.fails(2, "party", "revoke", case, "00000000")
        key_id = old.split("+")[1]
        self.run_ok("party", "revoke", case, key_id, "--from", "1", "--note", "laptop stolen")
        out = self.run_ok("verify", case, status=4).decode()
        self.assertEqual(out.count("which the party trusts no longer from entry 1 on"), 2)
        self.assertIn("no longer " + old, " ".join(self.run_ok("ledger", case).decode().split()))


if __name__ == "__main__":
    main()
