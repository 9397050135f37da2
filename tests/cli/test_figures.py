"""bench/figures.py measures what it says, and says of what is missed that it is."""
import json
import os
import subprocess
import sys

from support import PROGRAM, ROOT, CliTest, event, main, rule

FIGURES = ROOT / "bench/figures.py"
IDS = [f"5f3a2c1e-0000-4000-8000-00000000000{n}" for n in range(4)]


class Figures(CliTest):
    def measure(self, *arguments, status=0):
        for number, name in enumerate(("all/one", "all/two", "more/three", "more/twice")):
            self.path(f"{name}.yml", rule(id=IDS[min(number, 2)]))
        data = self.path("data.jsonl", "".join(event(n=n) for n in range(3000)))
        done = subprocess.run(
            [sys.executable, "-B", FIGURES, "--exhibit", PROGRAM, "--rules", self.folder / "all", "--more-rules",
             self.folder / "more", "--rounds", "1", "--result", self.folder / "result.json", *arguments,
             f"some={data}"],
            capture_output=True, text=True, env=self.environment, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def figures(self, *arguments):
        self.measure(*arguments)
        result = json.loads(self.read("result.json"))
        return {(row["figure"], row["what"]): row for row in result["figures"]}

    def test_growth_disk_and_start(self):
        found = self.figures("--only", "growth", "--only", "disk", "--only", "start", "--rule-count", "3")
        self.assertEqual(list(found), [("growth", "hunt"), ("growth", "hunt and seal"), ("disk", "sealed in place"),
                                       ("start", "no built-in mapping"), ("start", "built-in mapping")])
        small, large = found["growth", "hunt"]["bytes"]
        self.assertTrue(0.1 <= small / large < 0.11, (small, large))
        disk = found["disk", "sealed in place"]
        added = sum(size for top, size in disk["bytes"].items() if top not in ("ledger", "runs"))
        self.assertAlmostEqual(disk["share"], added / large)
        # A leaf of 32 bytes for each record, and little more.
        self.assertTrue(3000 * 32 < disk["bytes"]["sources"] < 3000 * 35, disk)
        page = self.path("page.md", "before\n<!-- figures -->\nold\n<!-- /figures -->\nafter\n")
        subprocess.run([sys.executable, "-B", FIGURES, "--table", self.folder / "result.json", "--into", page],
                       check=True)
        text = self.read(page).decode()
        self.assertTrue(text.startswith("before\n") and text.endswith("after\n"))
        self.assertEqual(disk["met"], "**missed**" not in text.split("| disk |")[1].splitlines()[0])

    def test_rules_of_one_id_are_one(self):
        done = self.measure("--only", "start", "--rule-count", "4", status=1)
        self.assertIn("3 rules of different ids, 4 are wanted", done.stderr)

    def test_a_run_that_fails_ends_it(self):
        broken = self.path("broken", f'#!/bin/sh\n[ "$1" = version ] && exec {PROGRAM} version\nexit 7\n')
        os.chmod(broken, 0o755)
        done = self.measure("--only", "rules", "--exhibit", broken, status=1)
        self.assertIn("exit status 7: ", done.stderr)


if __name__ == "__main__":
    main()
