"""Go's note and tlog packages and torchwood judge what this project writes, and refuse the bad ones that it refuses.

Skipped, with a reason, where there is no Go or its modules cannot be had. EXHIBIT_PROOF_TEST is the test program that
writes the vectors (src/verify/tlog_proof_test.cpp)."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))

from support import CliTest, event, main, rule  # noqa: E402

GO_MOD = """module judge

go 1.24

require (
	filippo.io/torchwood v0.9.0
	golang.org/x/mod v0.31.0
)
"""

# What this project refuses, and torchwood may take: each with the specification's word on it.
STRICTER = {
    "cosignature-of-the-future",  # tlog-cosignature: verifiers MAY reject
    "cosignature-without-a-time",  # tlog-witness: MUST NOT be zero; torchwood does not look
    "index-with-a-zero-before-it",  # tlog-proof: no leading zeroes
    "index-with-a-sign",  # tlog-proof: an ASCII decimal
    "empty-extra",  # tlog-proof: omitted when there is none
}


def build_judge(folder):
    """The judge's path, or why there is none."""
    go = shutil.which("go") or "/usr/local/go/bin/go"
    if not os.path.exists(go):
        return None, "there is no Go"
    shutil.copy(HERE / "judge.go", folder / "main.go")
    (folder / "go.mod").write_text(GO_MOD)
    environment = {**os.environ, "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local",
                   "GOCACHE": os.environ.get("GOCACHE", str(folder / "cache")),
                   "GOPATH": os.environ.get("GOPATH", str(folder / "path"))}
    try:
        done = subprocess.run([go, "build", "-p", "1", "-o", folder / "judge", "."], cwd=folder, env=environment,
                              capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        return None, "Go's modules do not come"
    if done.returncode:
        return None, "Go's modules cannot be had: " + done.stderr.strip().split("\n")[-1]
    return folder / "judge", None


class Go(CliTest):
    @classmethod
    def setUpClass(cls):
        cls.built = tempfile.mkdtemp(prefix="exhibit-judge-")
        cls.judge, why = build_judge(pathlib.Path(cls.built))
        if not cls.judge:
            cls.tearDownClass()
            raise unittest.SkipTest(why)

    @classmethod
    def tearDownClass(cls):
        # Go's module cache is read-only.
        subprocess.run(["chmod", "-R", "u+w", cls.built], check=False)
        shutil.rmtree(cls.built, ignore_errors=True)

    def accepts(self, *arguments):
        done = subprocess.run([self.judge, *map(str, arguments)], capture_output=True, text=True, check=False)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done.returncode == 0, done.stdout

    def test_proofs(self):
        program = os.environ.get("EXHIBIT_PROOF_TEST")
        if not program:
            self.skipTest("EXHIBIT_PROOF_TEST is not set")
        folder = self.folder / "vectors"
        folder.mkdir()
        subprocess.run([program], env={**os.environ, "EXHIBIT_PROOF_VECTORS": str(folder)}, check=True,
                       stdout=subprocess.DEVNULL)
        refused = 0
        for proof in sorted(folder.glob("*.tlog-proof")):
            accepted, said = self.accepts("proof", folder / "policy", proof, proof.with_suffix(".entry"))
            if proof.stem.startswith("good-"):
                self.assertTrue(accepted, f"{proof.stem}: {said}")
            elif proof.stem not in STRICTER:
                self.assertFalse(accepted, proof.stem)
                refused += 1
        self.assertGreaterEqual(refused, 40)

    def test_a_case_and_its_cosigned_checkpoint(self):
        case = self.path("case")
        self.run_ok("hunt", self.path("a.jsonl", event()), "-r", self.path("one.yml", rule()), "--case", case)
        known = self.path("known", self.run_ok("party", "list"))
        checkpoint = pathlib.Path(case, "ledger/collector/checkpoint")
        origin = checkpoint.read_text().split("\n")[0]
        vkey = next(line for line in pathlib.Path(known).read_text().split("\n") if line.startswith(origin + "+"))
        self.assertTrue(self.accepts("note", vkey, checkpoint)[0])
        witness = self.start("witness", "serve", "--listen", "127.0.0.1:0", "--logs", known, "--as", "neutral")
        said = b""
        while b"listening" not in said:
            said += witness.stdout.readline()
        key = re.search(rb"witness +(\S+)", said)[1].decode()
        url = re.search(rb"http://\S+", said)[0].decode()
        policy = self.path("policy", f"log {vkey}\nwitness W {key}\nquorum W\n")
        self.assertFalse(self.accepts("checkpoint", policy, checkpoint)[0])
        self.run_ok("witness", "ask", case, url, "--policy", policy)
        cosigned = next(pathlib.Path(case, "ledger/collector/cosigned").iterdir())
        accepted, said = self.accepts("checkpoint", policy, cosigned)
        self.assertTrue(accepted, said)
        changed = self.path("changed", cosigned.read_bytes().replace(b"AAAA", b"AAAB", 1))
        self.assertFalse(self.accepts("checkpoint", policy, changed)[0])


if __name__ == "__main__":
    main()
