"""What the tests of witnesses share: a case, what its log shows, and a running `exhibit witness serve`."""
import hashlib
import http.client
import pathlib
import re
import subprocess

from support import PROGRAM, CliTest, event, rule


def leaf(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def root_of(leaves):
    """RFC 6962 2.1, written down once more."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


class WitnessTest(CliTest):
    def setUp(self):
        super().setUp()
        self.log = self.path("logs/a.jsonl", event())
        self.rules = self.path("one.yml", rule())
        self.case = self.path("case")
        self.run_ok("hunt", self.log, "-r", self.rules, "--case", self.case, "--as", "blue")
        # Somebody else's home.
        self.theirs = {**self.environment, "EXHIBIT_HOME": self.path("their-home")}

    # ---- a case and what it shows

    def checkpoint(self, case=None, party="blue"):
        return pathlib.Path(case or self.case, "ledger", party, "checkpoint").read_bytes()

    def size(self, case=None):
        return int(self.checkpoint(case).split(b"\n")[1])

    def grow(self, case=None, text="more"):
        self.run_ok("statement", case or self.case, text, "--as", "blue")

    def known(self):
        return self.path("known", self.run_ok("party", "list"))

    def log_key(self):
        origin = self.checkpoint().split(b"\n")[0].decode()
        return next(line for line in self.run_ok("party", "list").decode().split("\n") if line.startswith(origin + "+"))

    def cosigned(self, size):
        path = pathlib.Path(self.case, "ledger/blue/cosigned", str(size))
        return path.read_text() if path.exists() else None

    # ---- a witness

    def serve(self, *more, state="state", logs=None):
        process = subprocess.Popen(
            [PROGRAM, "witness", "serve", "--listen", "127.0.0.1:0", "--logs", logs or self.known(), "--as", "neutral",
             "--state", self.path(state), *more],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.theirs, cwd=self.folder)

        def put_away():
            process.kill()
            process.wait()
            process.stdout.close()
            process.stderr.close()

        self.addCleanup(put_away)
        said = b""
        while b"listening" not in said:
            line = process.stdout.readline()
            self.assertTrue(line, process.stderr.read() if process.poll() is not None else said)
            said += line
        process.key = re.search(rb"witness +(\S+)", said)[1].decode()
        process.port = int(re.search(rb"http://127\.0\.0\.1:(\d+)", said)[1])
        process.url = f"http://127.0.0.1:{process.port}"
        return process

    def ask(self, process, *more, status=0, case=None, key=None):
        return self.run_ok("witness", "ask", case or self.case, process.url, "--witness-key", key or process.key, *more,
                           status=status).decode()

    def send(self, process, body, method="POST", path="/add-checkpoint"):
        connection = http.client.HTTPConnection("127.0.0.1", process.port, timeout=30)
        connection.request(method, path, body)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text, answer.getheader("Content-Type")
