"""Cases over EVTX: copied and in place, damaged, with deleted records; and what the other side makes of them."""
import json
import os
import pathlib
import shutil

import evtx
from support import SAMPLE, CliTest, main

STARTER = SAMPLE.parents[1] / "packs/starter"
LOG = SAMPLE / "JUMP01-Sysmon.evtx"


class EvtxCase(CliTest):
    def setUp(self):
        super().setUp()
        self.case = self.path("case")

    def hunt(self, *arguments, status=0, **more):
        return self.run_ok("hunt", *arguments, "-r", STARTER, "-f", "jsonl", status=status, **more)

    def findings(self, *arguments, status=0):
        return [json.loads(line) for line in self.hunt(*arguments, status=status).splitlines()]

    def trust(self):
        return self.path("trust", self.run_ok("party", "list"))

    def other_side(self):
        """Another user: nothing of ours but what is handed over."""
        return {"EXHIBIT_HOME": self.path("other-home")}

    def verify(self, case, *more, status=0, environment=None):
        return self.run_ok("verify", case, "--trust", self.trust(), *more, status=status,
                           environment=environment).decode()

    def expect_valid(self, case, *more, environment=None):
        out = self.verify(case, *more, environment=environment)
        self.assertIn("\nVALID: ", out)
        self.assertNotIn("INVALID", out.replace("0 invalid", ""))
        return out

    def statements(self):
        """Every statement of the case as (kind, {name: value})."""
        found = []
        for path in sorted(pathlib.Path(self.case, "statements").rglob("*.json")):
            statement = json.loads(path.read_bytes())
            found.append((statement["kind"], {f["name"]: f["value"] for f in statement["fields"] if "name" in f}))
        return found

    def flip(self, path, offset):
        path = pathlib.Path(path)
        os.chmod(path, 0o600)
        data = bytearray(path.read_bytes())
        data[offset] ^= 1
        path.write_bytes(data)

    # -- copied and in place

    def test_the_whole_sample_copied_and_in_place(self):
        without = self.hunt(SAMPLE)
        self.assertGreater(len(without.splitlines()), 100)
        copied, in_place = self.path("copied"), self.path("in-place")
        self.assertEqual(self.hunt(SAMPLE, "--case", copied), without)
        self.assertEqual(self.hunt(SAMPLE, "--case", in_place, "--by-reference"), without)
        logs = sorted(log.read_bytes() for log in SAMPLE.iterdir())
        self.assertEqual(sorted(p.read_bytes() for p in pathlib.Path(copied, "sources").glob("*/data")), logs)
        self.assertEqual(list(pathlib.Path(in_place, "sources").glob("*/data")), [])
        for case in (copied, in_place):
            self.expect_valid(case, "--replay")
        # The same findings are sealed, line by line.
        self.assertEqual(pathlib.Path(copied, "runs/1/findings.jsonl").read_bytes(),
                         pathlib.Path(in_place, "runs/1/findings.jsonl").read_bytes())

    def test_a_source_in_place_that_changes_or_goes(self):
        log = self.path("logs/a.evtx", LOG.read_bytes())
        self.hunt(log, "--case", self.case, "--by-reference")
        self.flip(log, len(LOG.read_bytes()) // 2)
        self.assertIn("INVALID", self.verify(self.case, status=1))
        self.fails(1, "handover", self.case, "-o", self.path("bundle"))
        os.remove(log)
        self.assertIn("UNDECIDABLE", self.verify(self.case, status=4))
        self.fails(2, "handover", self.case, "-o", self.path("bundle"))
        self.path("logs/a.evtx", LOG.read_bytes())
        self.expect_valid(self.case, "--replay")
        self.run_ok("handover", self.case, "-o", self.path("bundle"))
        self.expect_valid(self.path("bundle"), "--replay", environment=self.other_side())

    def test_the_other_side_replays_evtx_from_a_folder_and_a_tar(self):
        self.hunt(SAMPLE, "--case", self.case, "--by-reference")
        findings = pathlib.Path(self.case, "runs/1/findings.jsonl").read_bytes()
        for name in ("bundle", "bundle.tar"):
            self.run_ok("handover", self.case, "-o", self.path(name))
            self.expect_valid(self.path(name), "--replay", environment=self.other_side())
        self.assertEqual(pathlib.Path(self.path("bundle"), "runs/1/findings.jsonl").read_bytes(), findings)
        # The original logs are not what the other side reads.
        self.assertEqual(len(list(pathlib.Path(self.path("bundle"), "sources").glob("*/data"))), len(list(SAMPLE.iterdir())))

    def test_the_case_alone_does_not_open_its_records_to_another_user(self):
        self.hunt(LOG, "--case", self.case)
        out = self.verify(self.case, status=4, environment=self.other_side())
        self.assertIn("UNDECIDABLE", out)
        self.assertNotIn("INVALID", out.replace("0 invalid", ""))

    # -- damage

    def test_damage_is_sealed_with_the_records_around_it(self):
        data = LOG.read_bytes()
        whole = self.findings(LOG)
        broken_at = evtx.records(data, 0)[5][0]
        log = self.path("logs/broken.evtx", evtx.break_record(data, broken_at))
        done = self.run_program("hunt", log, "-r", STARTER, "--case", self.case)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b"1 damaged place", done.stdout)
        acquire = next(fields for kind, fields in self.statements() if kind == "acquire")
        self.assertEqual(acquire["damage.count"], "1")
        folder = pathlib.Path(self.case, "sources", acquire["sha256"])
        damage = [json.loads(line) for line in (folder / "damage.jsonl").read_bytes().splitlines()]
        self.assertEqual([d["offset"] for d in damage], [broken_at])
        sealed = pathlib.Path(self.case, "runs/1/findings.jsonl").read_bytes().splitlines()
        lost = [f for f in whole if f["record"]["offset"] == broken_at]
        self.assertEqual(len(sealed), len(whole) - len(lost))
        self.run_ok("handover", self.case, "-o", self.path("bundle"))
        self.expect_valid(self.path("bundle"), "--replay", environment=self.other_side())
        # Who takes the damage back is found out.
        (folder / "damage.jsonl").chmod(0o600)
        (folder / "damage.jsonl").write_bytes(b"")
        self.assertIn("damage", self.verify(self.case, status=1))

    # -- deleted records

    def with_slack(self):
        """A log whose deleted records would be found, those findings, and where they begin."""
        data = LOG.read_bytes()
        whole = self.findings(LOG)
        last = max(f["record"]["offset"] for f in whole)
        chunk = (last - evtx.FILE_HEADER) // evtx.CHUNK
        places = [place for place, _ in evtx.records(data, chunk)]
        offset = places[max(places.index(last) - 3, 1)]
        end = evtx.FILE_HEADER + (chunk + 1) * evtx.CHUNK
        deleted = [f for f in whole if offset <= f["record"]["offset"] < end]
        self.assertTrue(deleted)
        self.assertLess(len(deleted), len(whole))
        return self.path("logs/slack.evtx", evtx.delete_from(data, offset)), whole, deleted

    def expect_slack(self, case, deleted):
        """The run's findings from slack are those that were there before the deletion."""
        runs = sorted(pathlib.Path(case, "runs").iterdir(), key=lambda p: int(p.name))
        lines = [json.loads(line) for line in (runs[-1] / "findings.jsonl").read_bytes().splitlines()]
        found = [f for f in lines if f["record"].get("slack")]
        key = lambda f: (f["record"]["offset"], f["rule"]["id"], json.dumps(f["fields"]), f["record"]["id"])
        self.assertEqual(sorted(map(key, found)), sorted(map(key, deleted)))
        return found

    def test_slack_is_sealed_verified_shown_and_handed_over(self):
        log, whole, deleted = self.with_slack()
        self.assertEqual(len(self.findings(log)), len(whole) - len(deleted))
        self.assertEqual(len(self.findings(log, "--slack")), len(whole))
        self.hunt(log, "--slack", "--case", self.case)
        found = self.expect_slack(self.case, deleted)
        acquire = next(fields for kind, fields in self.statements() if kind == "acquire")
        self.assertGreaterEqual(int(acquire["slack_tree.size"]), len({f["record"]["offset"] for f in deleted}))
        self.assertIn(b"slack", self.run_ok("show", "--case", self.case))
        self.expect_valid(self.case, "--replay")
        finding = found[0]
        shown = ("show", finding["id"], "--case", self.case)
        raw = self.run_ok(*shown, "--raw")
        at = finding["record"]["offset"]
        self.assertEqual(raw, self.read("logs/slack.evtx")[at:at + len(raw)])
        self.assertEqual(len(raw), finding["record"]["length"])
        event = json.loads(self.run_ok(*shown, "--json"))
        self.assertEqual(event["Event"]["System"]["EventRecordID"], finding["record"]["id"])
        self.assertIn(b"<EventRecordID>", self.run_ok(*shown, "--xml"))
        why = self.run_ok(*shown, "--why").decode()
        self.assertIn("slack_tree.root", why)
        self.assertIn("signed checkpoint", why)
        self.assertIn(b"tlog-proof", self.run_ok(*shown, "--proof"))
        self.run_ok("handover", self.case, "-o", self.path("bundle.tar"))
        self.expect_valid(self.path("bundle.tar"), "--replay", environment=self.other_side())

    def test_slack_of_a_source_that_was_sealed_without_it(self):
        log, _, deleted = self.with_slack()
        self.hunt(log, "--case", self.case)
        self.expect_valid(self.case, "--replay")
        self.hunt("--slack", "--case", self.case)
        self.expect_slack(self.case, deleted)
        parts = [fields for kind, fields in self.statements() if fields.get("part") == "slack"]
        self.assertEqual(len(parts), 1)
        self.expect_valid(self.case, "--replay")
        self.run_ok("handover", self.case, "-o", self.path("bundle"))
        self.expect_valid(self.path("bundle"), "--replay", environment=self.other_side())

    def test_slack_that_somebody_touches_is_invalid(self):
        log, _, deleted = self.with_slack()
        self.hunt(log, "--slack", "--case", self.case)
        self.run_ok("handover", self.case, "-o", self.path("bundle"))
        leaves = next(pathlib.Path(self.path("bundle"), "sources").glob("*/slack-leaves"))
        data = next(pathlib.Path(self.path("bundle"), "sources").glob("*/data"))
        for path, offset in ((leaves, 0), (data, deleted[0]["record"]["offset"] + 40)):
            copy = self.path("copy")
            shutil.copytree(self.path("bundle"), copy)
            self.flip(pathlib.Path(copy) / path.relative_to(self.path("bundle")), offset)
            self.assertIn("INVALID", self.verify(copy, status=1, environment=self.other_side()))
            shutil.rmtree(copy)


if __name__ == "__main__":
    main()
