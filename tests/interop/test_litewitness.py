"""filippo.io/torchwood's litewitness as a real witness of our cases: EXHIBIT_LITEWITNESS is its path, or it is on the PATH.
Skipped, with a reason, where it is absent."""
import base64
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

from support import main  # noqa: E402
from witness import WitnessTest, root_of  # noqa: E402


class Litewitness(WitnessTest):
    def setUp(self):
        self.litewitness = os.environ.get("EXHIBIT_LITEWITNESS") or shutil.which("litewitness")
        if not self.litewitness or not shutil.which("ssh-agent"):
            self.skipTest("litewitness or ssh-agent is absent: go install filippo.io/torchwood/cmd/litewitness, and set "
                          "EXHIBIT_LITEWITNESS to its path")
        super().setUp()

    def run_tool(self, *arguments, **more):
        return subprocess.run(arguments, check=True, capture_output=True, text=True, **more).stdout

    def start_litewitness(self):
        """Its key in an agent of its own, and our log in its database."""
        key, agent = self.path("witness_key"), self.path("agent")
        self.run_tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
        process = subprocess.Popen(["ssh-agent", "-D", "-a", agent], stdout=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        while not os.path.exists(agent):
            time.sleep(0.01)
        self.run_tool("ssh-add", "-q", key, env={**os.environ, "SSH_AUTH_SOCK": agent})
        fingerprint = self.run_tool("ssh-keygen", "-l", "-f", key).split()[1]
        origin = self.checkpoint().split(b"\n")[0].decode()
        database = sqlite3.connect(self.path("litewitness.db"))
        database.executescript("""
            CREATE TABLE log (origin TEXT PRIMARY KEY, tree_size INTEGER NOT NULL, tree_hash TEXT NOT NULL);
            CREATE TABLE key (origin TEXT NOT NULL, key TEXT NOT NULL, FOREIGN KEY(origin) REFERENCES log(origin));""")
        database.execute("INSERT INTO log VALUES (?, 0, ?)", (origin, base64.b64encode(root_of([])).decode()))
        database.execute("INSERT INTO key VALUES (?, ?)", (origin, self.log_key()))
        database.commit()
        database.close()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        witness = subprocess.Popen(
            [self.litewitness, "-db", self.path("litewitness.db"), "-name", "witness.example/lite", "-ssh-agent", agent,
             "-key", fingerprint, "-listen", f"127.0.0.1:{port}"], stderr=subprocess.PIPE, text=True)
        self.addCleanup(witness.stderr.close)
        self.addCleanup(witness.wait)
        self.addCleanup(witness.kill)
        said = ""
        while "vkey=" not in said:
            line = witness.stderr.readline()
            self.assertTrue(line, said)
            said += line
        witness.key = re.search(r'vkey="?([^"\s]+)', said)[1]
        witness.url = f"http://127.0.0.1:{port}"
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return witness
            except ConnectionRefusedError:
                time.sleep(0.02)
        raise AssertionError("litewitness does not listen")

    def test_it_cosigns_and_we_believe_it(self):
        shutil.copytree(self.case, self.path("earlier"))
        witness = self.start_litewitness()
        self.assertIn("cosigned at", self.ask(witness))
        self.assertIn("\u2014 witness.example/lite ", self.cosigned(self.size()))
        for _ in range(3):
            self.grow()
        self.assertIn("cosigned at", self.ask(witness))
        # What we no longer know it says with its 409.
        shutil.rmtree(pathlib.Path(self.case, "ledger/blue/cosigned"))
        self.grow()
        self.assertIn("cosigned at", self.ask(witness))
        self.assertIn("OLDER THAN WHAT IT SAW", self.ask(witness, case=self.path("earlier"), status=1))

    def test_it_sees_a_fork_as_well(self):
        other_home = {"EXHIBIT_HOME": self.path("copied-home")}
        shutil.copytree(self.case, self.path("fork"))
        shutil.copytree(self.path("home"), self.path("copied-home"))
        witness = self.start_litewitness()
        self.grow()
        self.ask(witness)
        self.run_ok("statement", self.path("fork"), "another story", "--as", "blue", environment=other_home)
        self.run_ok("statement", self.path("fork"), "and on", "--as", "blue", environment=other_home)
        told = self.run_ok("witness", "ask", self.path("fork"), witness.url, "--witness-key", witness.key, status=1,
                           environment=other_home).decode()
        self.assertIn("NOT WHAT IT SAW", told)


if __name__ == "__main__":
    main()
