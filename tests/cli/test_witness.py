"""A witness over HTTP: serve and ask, what strangers send, kills, rollback and forks."""
import base64
import hashlib
import http.server
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time

from support import main
from witness import WitnessTest, leaf, root_of


class Witness(WitnessTest):
    def test_ask_cosigns_and_keeps(self):
        witness = self.serve()
        size = self.size()
        self.assertIn("cosigned at", self.ask(witness))
        note = self.cosigned(size)
        self.assertTrue(note.encode().startswith(self.checkpoint()))
        self.assertIn("\n\u2014 neutral ", note)
        self.assertIn("had been cosigned", self.ask(witness))
        self.assertEqual(self.cosigned(size), note)
        # The case grows, by its own proof; the witness is asked from where it is.
        self.grow()
        self.assertIn("cosigned at", self.ask(witness))
        self.assertIn("\u2014 neutral ", self.cosigned(self.size()))
        # What the case no longer knows the witness says itself.
        shutil.rmtree(pathlib.Path(self.case, "ledger/blue/cosigned"))
        self.grow()
        self.assertIn("cosigned at", self.ask(witness))
        # The case is as valid as before.
        self.run_ok("verify", self.case, "--trust", self.known())

    def test_what_python_makes_of_it(self):
        """The cosigned root is that of the entries, computed here and not by the program."""
        witness = self.serve()
        self.grow()
        self.ask(witness)
        bundle = next(pathlib.Path(self.case, "ledger/blue/tile/entries").glob("*/*")).read_bytes()
        leaves = []
        while bundle:
            length = int.from_bytes(bundle[:2], "big")
            leaves.append(leaf(bundle[2:2 + length]))
            bundle = bundle[2 + length:]
        lines = self.cosigned(self.size()).split("\n")
        self.assertEqual(lines[1], str(len(leaves)))
        self.assertEqual(base64.b64decode(lines[2]), root_of(leaves))
        blob = base64.b64decode(lines[-2].split(" ")[2])
        self.assertLess(abs(int.from_bytes(blob[4:12], "big") - time.time()), 300)

    def test_every_status(self):
        witness = self.serve()
        note = self.checkpoint()
        size = self.size()
        old = lambda n, body=note: f"old {n}\n\n".encode() + body
        self.assertEqual(self.send(witness, b"hello")[0], 400)
        self.assertEqual(self.send(witness, old(size + 1))[0], 400)
        self.assertEqual(self.send(witness, b"old 0\n" + (b"A" * 43 + b"=\n") * 2 + b"\n" + note)[0], 422)
        self.assertEqual(self.send(witness, old(0, note.replace(b"/blue", b"/red")))[0], 404)
        wrong = note.replace(b"\n" + str(size).encode() + b"\n", b"\n" + str(size + 1).encode() + b"\n", 1)
        self.assertEqual(self.send(witness, old(0, wrong))[0], 403)
        self.assertEqual(self.send(witness, old(size))[:2], (409, b"0\n"))
        status, line, _ = self.send(witness, old(0))
        self.assertEqual((status, line[:4]), (200, "\u2014 ".encode()))
        self.assertEqual(self.send(witness, old(0)), (409, f"{size}\n".encode(), "text/x.tlog.size"))
        self.assertEqual(self.send(witness, old(size))[0], 200)
        # The newest of it, for anybody.
        origin = hashlib.sha256(note.split(b"\n")[0]).hexdigest()
        status, latest, _ = self.send(witness, None, "GET", f"/{origin}/checkpoint")
        self.assertEqual(status, 200)
        self.assertTrue(latest.startswith(note))
        self.assertEqual(self.send(witness, None, "GET", f"/{'0' * 64}/checkpoint")[0], 404)
        for method, path, expected in (("GET", "/add-checkpoint", 405), ("POST", f"/{origin}/checkpoint", 405),
                                       ("GET", "/", 404), ("POST", "/sign-subtree", 404), ("POST", "//", 404),
                                       ("GET", "/../checkpoint", 404), ("GET", "/checkpoint", 404)):
            self.assertEqual(self.send(witness, b"", method, path)[0], expected, path)
        self.assertEqual(self.send(witness, b"x" * (300 << 10))[0], 413)
        # Strangers who say half a thing, or nothing, keep nobody waiting.
        with socket.create_connection(("127.0.0.1", witness.port)) as half:
            half.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 100\r\n\r\nold")
            self.assertEqual(self.send(witness, old(size))[0], 200)

    def test_keys_that_the_user_did_not_bring(self):
        witness = self.serve()
        other = self.serve(state="other", logs=None)
        self.assertEqual(witness.key, other.key)
        wrong = witness.key.replace("neutral", "other")
        self.assertIn("key hash", self.fails(2, "witness", "ask", self.case, witness.url, "--witness-key", wrong))
        log_key = self.log_key()
        self.assertIn("log", self.fails(2, "witness", "ask", self.case, witness.url, "--witness-key", log_key))
        self.assertIn("--policy", self.fails(2, "witness", "ask", self.case, witness.url))
        policy = self.path("policy", f"log {log_key}\nwitness N {witness.key}\nquorum N\n")
        self.run_ok("witness", "ask", self.case, witness.url, "--policy", policy)
        bad = self.path("bad", f"log {log_key}\nquorum N\n")
        self.assertIn(":2: ", self.fails(2, "witness", "ask", self.case, witness.url, "--policy", bad))
        # A witness that answers under another key than the one brought.
        self.grow()
        environment, self.theirs = self.theirs, {**self.theirs, "EXHIBIT_HOME": self.path("third-home")}
        stranger = self.serve(state="third")
        self.theirs = environment
        self.assertIn("no key that was brought", self.ask(stranger, key=witness.key, status=6))
        self.assertIsNone(self.cosigned(self.size()))

    def test_peers_that_are_not_there(self):
        witness = self.serve()
        witness.kill()
        witness.wait()
        self.assertIn("connect", self.fails(6, "witness", "ask", self.case, witness.url, "--witness-key", witness.key))
        self.fails(2, "witness", "ask", self.case, "gopher://x", "--witness-key", witness.key)
        self.fails(2, "witness", "ask", self.path("nothing"), witness.url, "--witness-key", witness.key)

    def test_https_believes_whom_the_system_believes(self):
        witness = self.serve()
        certificate, key = self.path("certificate.pem"), self.path("key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test", "-addext",
                        "subjectAltName=DNS:localhost", "-out", certificate, "-keyout", key], check=True, capture_output=True)
        send = self.send

        class Proxy(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, text, kind = send(witness, body, path=self.path)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        port = server.server_address[1]
        known = {"environment": {"SSL_CERT_FILE": certificate}}
        ask = ["witness", "ask", self.case, f"https://localhost:{port}/", "--witness-key", witness.key]
        self.assertIn("certificate", self.fails(6, *ask))
        self.assertIn(b"cosigned at", self.run_ok(*ask, **known))
        self.grow()
        ask[3] = f"https://127.0.0.1:{port}"  # not a name of the certificate
        self.assertIn("certificate", self.fails(6, *ask, **known))
        self.assertIsNone(self.cosigned(self.size()))

    def test_an_unknown_log(self):
        self.run_ok("party", "new", "somebody", environment={"EXHIBIT_HOME": self.path("fourth-home")})
        witness = self.serve(logs=self.path("others", self.run_ok(
            "party", "list", environment={"EXHIBIT_HOME": self.path("fourth-home")})))
        self.assertIn("does not know this log", self.ask(witness, status=1))

    def test_a_verifier_with_a_policy(self):
        witness = self.serve()
        vkey = self.log_key()
        policy = self.path("policy", f"log {vkey}\nwitness N {witness.key}\nquorum N\n")
        sceptic = {"environment": {"EXHIBIT_HOME": self.path("sceptics-home")}}

        bundle = pathlib.Path(self.path("bundle"))

        def hand_over():
            shutil.rmtree(bundle, ignore_errors=True)
            self.run_ok("handover", self.case, "-o", bundle)

        def verify(status, *arguments):
            return self.run_ok("verify", bundle, *(arguments or ("--policy", policy)), status=status, **sceptic).decode()

        hand_over()
        self.assertIn("cosignatures are missing", verify(4))
        self.ask(witness)
        hand_over()
        first = self.size()
        out = verify(0)
        self.assertRegex(out, r"valid +policy\.quorum ledger/blue/checkpoint: its \d+ entries had been seen")
        self.assertRegex(out, r"fixed since .*: the policy's quorum saw")
        self.assertNotIn("unknown key", out)
        self.assertIn("unknown key: neutral", verify(0, "--trust", vkey))
        self.grow()
        hand_over()
        self.assertIn(f"the first {first} of its {first + 1} entries", verify(4))
        # What was cosigned is not to be touched.
        path = bundle / "ledger/blue/cosigned" / str(first)
        lines = path.read_text().split("\n")
        blob = bytearray(base64.b64decode(lines[-2].split(" ")[2]))
        blob[11] ^= 1  # the time
        lines[-2] = lines[-2].rsplit(" ", 1)[0] + " " + base64.b64encode(blob).decode()
        path.write_text("\n".join(lines))
        self.assertIn("its cosignature is wrong", verify(1))
        self.assertIn(":1: ", self.fails(2, "verify", self.case, "--policy", self.path("bad", "quorum N\n")))

    def test_a_case_that_was_rolled_back(self):
        shutil.copytree(self.case, self.path("earlier"))
        self.grow()
        witness = self.serve()
        self.ask(witness)
        self.assertIn("OLDER THAN WHAT IT SAW", self.ask(witness, case=self.path("earlier"), status=1))

    def test_a_case_that_was_forked(self):
        other_home = {"EXHIBIT_HOME": self.path("copied-home")}
        shutil.copytree(self.case, self.path("fork"))
        shutil.copytree(self.path("home"), self.path("copied-home"))
        self.grow()
        self.run_ok("statement", self.path("fork"), "another story", "--as", "blue", environment=other_home)
        witness = self.serve()
        self.ask(witness)
        told = self.run_ok("witness", "ask", self.path("fork"), witness.url, "--witness-key", witness.key, status=1,
                           environment=other_home).decode()
        self.assertIn("NOT WHAT IT SAW", told)
        # The witness keeps both, and says so.
        kept = list(pathlib.Path(self.path("state")).glob("logs/*/forks/*/*"))
        self.assertEqual(sorted(path.name for path in kept), ["seen", "submitted"])
        witness.send_signal(signal.SIGTERM)
        self.assertIn(b"FORK", witness.stderr.read())
        # A longer fork proves nothing by itself, and is kept apart.
        witness = self.serve()
        self.run_ok("statement", self.path("fork"), "and on", "--as", "blue", environment=other_home)
        self.run_ok("witness", "ask", self.path("fork"), witness.url, "--witness-key", witness.key, status=1,
                    environment=other_home)
        self.assertEqual(len(list(pathlib.Path(self.path("state")).glob("logs/*/unproven/*"))), 1)

    def test_killed_in_the_middle(self):
        """Whatever was handed out is remembered by the next one on the same folder."""
        handed_out = 0
        for turn in range(8):
            witness = self.serve()
            done = threading.Event()

            def keep_asking():
                nonlocal handed_out
                while not done.is_set():
                    self.run_program("statement", self.case, "more", "--as", "blue")
                    size = self.size()
                    answer = self.run_program("witness", "ask", self.case, witness.url, "--witness-key", witness.key)
                    if answer.returncode == 0:
                        handed_out = size

            thread = threading.Thread(target=keep_asking)
            thread.start()
            time.sleep(0.2 + 0.13 * turn)
            witness.send_signal(signal.SIGKILL)
            witness.wait()
            done.set()
            thread.join()
            again = self.serve()
            status, body, _ = self.send(again, b"old 0\n\n" + self.checkpoint())
            if handed_out:
                self.assertEqual(status, 409)
                self.assertGreaterEqual(int(body), handed_out)
            again.kill()
            again.wait()
        self.assertGreater(handed_out, 0)

    def test_two_on_one_folder(self):
        witnesses = [self.serve(), self.serve()]
        note = self.checkpoint()
        answers = []

        def ask_many(witness):
            for _ in range(20):
                status, body, _ = self.send(witness, b"old 0\n\n" + note)
                answers.append((status, body))

        threads = [threading.Thread(target=ask_many, args=(w,)) for w in witnesses for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # One was first; all others were told its size.
        self.assertEqual([status for status, _ in answers].count(200), 1)
        self.assertEqual({answer for answer in answers if answer[0] != 200}, {(409, f"{self.size()}\n".encode())})

    def test_stops_when_asked(self):
        for name in (signal.SIGINT, signal.SIGTERM):
            witness = self.serve()
            idle = socket.create_connection(("127.0.0.1", witness.port))
            witness.send_signal(name)
            self.assertEqual(witness.wait(timeout=30), 0)
            idle.close()

    def test_what_does_not_start(self):
        known = self.known()
        for message, *arguments in (
                ("--logs", "--listen", "127.0.0.1:0"), ("--listen", "--logs", known),
                ("ADDR:PORT", "--listen", "8080", "--logs", known), ("cannot be read", "--listen", "127.0.0.1:0", "--logs", "no"),
                (":1: ", "--listen", "127.0.0.1:0", "--logs", self.path("bad", "nonsense\n"))):
            self.assertIn(message, self.fails(2, "witness", "serve", *arguments))
        # A party that writes cases has another memory than a witness: its key must not serve both.
        self.assertIn("keys of its own", self.fails(5, "witness", "serve", "--listen", "127.0.0.1:0", "--logs", known,
                                                    "--as", "blue"))
        witness = self.serve()
        theirs = {"environment": {"EXHIBIT_HOME": self.theirs["EXHIBIT_HOME"]}}
        self.assertIn("a witness's", self.fails(5, "open", self.path("another"), "--as", "neutral", **theirs))
        self.assertIn("a witness's", self.fails(5, "party", "add", self.case, "--as", "neutral", **theirs))
        self.fails(2, "witness", "serve", "--listen", f"127.0.0.1:{witness.port}", "--logs", known, "--as", "neutral")


if __name__ == "__main__":
    main()
