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


if __name__ == "__main__":
    main()
