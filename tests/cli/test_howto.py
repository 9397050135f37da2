"""What README.md and docs/howto/ show works as it stands there: every command is run, every line that is shown must come."""
import os
import re
import subprocess

from support import PROGRAM, ROOT, CliTest, main


class Howto(CliTest):
    def follow(self, name):
        os.symlink(ROOT / "samples", self.folder / "samples")
        (self.folder / "bin").mkdir()
        os.symlink(PROGRAM, self.folder / "bin/exhibit")
        environment = {**self.environment, "PATH": f"{self.folder}/bin:{os.environ['PATH']}", "USER": "nobody"}
        text = (ROOT / name).read_text()
        commands = 0
        for block in re.findall(r"```console\n(.*?)```", text, re.S):
            for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
                command, _, shown = part.partition("\n")
                status = int((re.search(r"# exit status (\d+)", command) or [0, 0])[1])
                done = subprocess.run(["bash", "-c", command], capture_output=True, cwd=self.folder, env=environment,
                                      timeout=600)
                out = done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")
                self.assertEqual(done.returncode, status, f"{name}: {command}\n{out}")
                at = 0
                for line in filter(None, shown.split("\n")):
                    pattern = ".*".join(re.escape(piece) for piece in line.strip().split("…"))
                    found = re.compile(r"^\s*" + pattern, re.M).search(out, at)
                    self.assertIsNotNone(found, f"{name}: {command}\nlacks: {line}\n{out}")
                    at = found.end()
                commands += 1
        self.assertGreater(commands, 4)

    def test_every_howto_is_tested(self):
        self.assertEqual({p.name for p in (ROOT / "docs/howto").glob("*.md")},
                         {f"{m.removeprefix('test_').replace('_', '-')}.md" for m in dir(self)
                          if m.startswith("test_") and m not in ("test_every_howto_is_tested", "test_readme")})

    def test_readme(self):
        self.follow("README.md")

    def test_responder(self):
        self.follow("docs/howto/responder.md")

    def test_accused(self):
        self.follow("docs/howto/accused.md")

    def test_examiner(self):
        self.follow("docs/howto/examiner.md")

    def test_court_expert(self):
        self.follow("docs/howto/court-expert.md")


if __name__ == "__main__":
    main()
