"""Disks that are full or read-only under a case: an error that says so, and a case that verifies and goes on."""
import errno
import os
import pathlib
import resource
import shutil
import subprocess

from support import CliTest, event, main, rule

DISK_BYTES = 4 << 20


class Disk(CliTest):
    def setUp(self):
        super().setUp()
        self.rules = self.path("one.yml", rule())
        self.small = self.path("small.jsonl", event() * 10)
        self.large = self.path("large.jsonl", "".join(event(CommandLine=f"a needle {i} " + "x" * 300) for i in range(20_000)))
        self.assertGreater(os.path.getsize(self.large), DISK_BYTES)

    def hunt(self, case, log, status=0, **more):
        done = self.run_program("hunt", log, "-r", self.rules, "--case", case, **more)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def expect_valid(self, case, runs):
        """The case verifies, holds so many runs, and nothing is left in it that nothing seals."""
        out = self.run_ok("verify", case, "--trust", self.path("trust", self.run_ok("party", "list")), "--replay").decode()
        self.assertIn("\nVALID: ", out)
        self.assertNotIn("unsealed", out)
        self.assertEqual(sorted(os.listdir(pathlib.Path(case, "runs"))), [str(n + 1) for n in range(runs)])

    def mount(self):
        """A small disk of its own; the test is skipped where that cannot be had."""
        place = self.path("disk")
        os.mkdir(place)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", place],
                                 capture_output=True) if os.geteuid() == 0 and shutil.which("mount") else None
        if mounted is None or mounted.returncode != 0:
            self.skipTest("only who may mount can have a small disk; a limit on file sizes is tried in its place")
        self.addCleanup(subprocess.run, ["umount", "-l", place], check=True)
        return place

    def remount(self, place, options):
        subprocess.run(["mount", "-o", f"remount,{options}", place], check=True)

    def test_a_full_disk(self):
        disk = self.mount()
        case = os.path.join(disk, "case")
        # Full while the case is made: there is no case, and its place is free.
        done = self.hunt(case, self.large, status=2)
        self.assertIn(b"No space left on device", done.stderr)
        self.hunt(case, self.small)
        used = self.used(disk)
        done = self.hunt(case, self.large, status=2)
        self.assertIn(b"No space left on device", done.stderr)
        self.assertIn(b"cannot write", done.stderr)
        self.assertEqual(self.used(disk), used)  # what the failed run wrote is gone
        self.expect_valid(case, 1)
        self.fill(disk)
        for name in ("bundle", "bundle.tar"):
            self.assertIn("No space left on device", self.fails(2, "handover", case, "-o", os.path.join(disk, name)))
            self.assertEqual(sorted(os.listdir(disk)), ["case", "filler"])
        self.expect_valid(case, 1)
        self.remount(disk, f"size={16 * DISK_BYTES}")
        self.hunt(case, self.large)
        self.expect_valid(case, 2)

    def used(self, disk):
        status = os.statvfs(disk)
        return status.f_blocks - status.f_bfree

    def fill(self, disk):
        """Leaves no room at all."""
        filler = os.open(os.path.join(disk, "filler"), os.O_WRONLY | os.O_CREAT)
        try:
            while os.write(filler, bytes(4096)):
                pass
        except OSError as error:
            self.assertEqual(error.errno, errno.ENOSPC)
        finally:
            os.close(filler)

    def test_a_full_disk_with_the_keys_on_it(self):
        disk = self.mount()
        case = self.path("case")
        keys = {"EXHIBIT_HOME": os.path.join(disk, "home")}
        self.hunt(case, self.small, environment=keys)
        trust = self.path("trust", self.run_ok("party", "list", environment=keys))
        self.fill(disk)
        # The newest checkpoint is remembered there, so the case cannot be opened for writing.
        done = self.run_program("hunt", self.large, "-r", self.rules, "--case", case, environment=keys)
        self.assertIn(done.returncode, (0, 2), done.stderr)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(b"the key folder", done.stderr)
        self.assertIn(b"No space left on device", done.stderr)
        os.remove(os.path.join(disk, "filler"))
        self.run_ok("verify", case, "--trust", trust, "--replay", environment=keys)
        self.hunt(case, self.small, environment=keys)
        self.run_ok("verify", case, "--trust", trust, "--replay", environment=keys)

    def test_a_read_only_disk(self):
        disk = self.mount()
        case = os.path.join(disk, "case")
        self.hunt(case, self.small)
        self.remount(disk, "ro")
        for arguments in (("hunt", self.large, "-r", self.rules, "--case", case), ("add", case, self.large),
                          ("hunt", "--case", case, "-r", self.rules), ("open", os.path.join(disk, "new")),
                          ("handover", case, "-o", os.path.join(disk, "bundle"))):
            self.assertIn("Read-only file system", self.fails(2, *arguments))
        self.expect_valid(case, 1)
        identity = self.run_ok("hunt", self.small, "-r", self.rules, "-f", "csv").decode().splitlines()[1].split(",")[0]
        self.run_ok("show", identity.strip('"'), "--case", case)
        self.run_ok("handover", case, "-o", self.path("bundle.tar"))
        self.remount(disk, f"rw,size={16 * DISK_BYTES}")
        self.hunt(case, self.large)
        self.expect_valid(case, 2)

    def test_files_that_may_not_grow_further(self):
        """The same error for who cannot mount: a limit on the size of files, met in the middle of a source."""
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (DISK_BYTES, DISK_BYTES))

        case = self.path("case")
        self.hunt(case, self.large, status=2, preexec_fn=limit)
        self.hunt(case, self.small, preexec_fn=limit)
        done = self.hunt(case, self.large, status=2, preexec_fn=limit)
        self.assertIn(b"File too large", done.stderr)
        self.expect_valid(case, 1)
        self.hunt(case, self.large)
        self.expect_valid(case, 2)

    def test_a_folder_that_may_not_be_written(self):
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere; a read-only disk is tried in its place")
        case = self.path("case")
        self.hunt(case, self.small)
        folders = [case, *(os.path.join(folder, name) for folder, names, _ in os.walk(case) for name in names)]
        for folder in folders:
            os.chmod(folder, 0o500)
        self.addCleanup(lambda: [os.chmod(folder, 0o700) for folder in folders])
        self.assertIn("Permission denied", self.fails(2, "add", case, self.large))
        self.expect_valid(case, 1)
        for folder in folders:
            os.chmod(folder, 0o700)
        self.hunt(case, self.large)
        self.expect_valid(case, 2)


if __name__ == "__main__":
    main()
