"""What the programs that measure share: inputs, one measured run of a process, the processor's description, results and
tables in documents."""
import datetime
import hashlib
import os
import pathlib
import re
import statistics
import struct
import subprocess
import sys
import threading
import time
import zlib

CHUNK, HEADER = 65536, 4096
RESULTS = pathlib.Path(__file__).resolve().parent / "results"


class Data:
    def __init__(self, name, path):
        self.name, self.path = name, path
        files = sorted(path.rglob("*.evtx")) if path.is_dir() else [path]
        self.files = files
        with open(files[0], "rb") as file:
            self.kind = "evtx" if file.read(8) == b"ElfFile\0" else "json"
        self.bytes = sum(file.stat().st_size for file in files)

    def one_record(self, folder):
        """The same kind of input with one record, for start-up."""
        path = folder / f"{self.name}.one.{'evtx' if self.kind == 'evtx' else 'jsonl'}"
        with open(self.files[0], "rb") as file:
            path.write_bytes(first_evtx_record(file.read(HEADER + CHUNK)) if self.kind == "evtx" else file.readline())
        return Data(self.name, path)


def file_header(chunks, next_record):
    head = bytearray(HEADER)
    head[:8] = b"ElfFile\0"
    # The count of chunks has 16 bits and wraps.
    struct.pack_into("<QQQIHHHH", head, 8, 0, max(chunks - 1, 0), next_record, 128, 1, 3, HEADER, chunks & 0xffff)
    struct.pack_into("<I", head, 124, zlib.crc32(head[:120]))
    return bytes(head)


def first_evtx_record(start):
    chunk = bytearray(start[HEADER:HEADER + CHUNK])
    size = struct.unpack_from("<I", chunk, 516)[0]
    end = 512 + size
    first = struct.unpack_from("<Q", chunk, 520)[0]
    chunk[end:] = bytes(CHUNK - end)
    struct.pack_into("<QQQQ", chunk, 8, first, first, first, first)
    struct.pack_into("<II", chunk, 44, 512, end)
    # Names and templates that came with later records are gone.
    for at in range(128, 512, 4):
        if struct.unpack_from("<I", chunk, at)[0] >= end:
            struct.pack_into("<I", chunk, at, 0)
    struct.pack_into("<I", chunk, 52, zlib.crc32(chunk[512:end]))
    struct.pack_into("<I", chunk, 124, zlib.crc32(chunk[128:512], zlib.crc32(chunk[:120])))
    return file_header(1, first + 1) + bytes(chunk)


def repeated_chunks(folder, size, path):
    """One EVTX file of the chunks that hold records, as often as it takes."""
    chunks = []
    for file in sorted(pathlib.Path(folder).rglob("*.evtx")):
        data = file.read_bytes()
        for at in range(HEADER, len(data) - CHUNK + 1, CHUNK):
            chunk = data[at:at + CHUNK]
            if chunk[:8] == b"ElfChnk\0" and chunk[512:516] == b"**\0\0":
                chunks.append(chunk)
    count = size // CHUNK
    with open(path, "wb") as out:
        out.write(file_header(count, 1))
        for i in range(count):
            out.write(chunks[i % len(chunks)])
    return path


def data_of(argument, folder):
    name, _, where = argument.partition("=")
    if where.startswith("chunks:"):
        source, size = where.removeprefix("chunks:").rsplit(":", 1)
        return Data(name, repeated_chunks(source, int(size), folder / f"{name}.evtx"))
    return Data(name, pathlib.Path(where).resolve())


class Memory(threading.Thread):
    """The most that a process held: resident, and private. Asked of /proc, because what wait4() says begins with what
    this program holds before the other is started."""

    def __init__(self, pid, every_s):
        super().__init__()
        self.every_s = every_s
        self.status = pathlib.Path(f"/proc/{pid}/status")
        self.most = {"VmHWM": 0, "RssAnon": 0}
        self.done = threading.Event()

    def run(self):
        while not self.done.wait(self.every_s):
            try:
                lines = self.status.read_text().splitlines()
            except OSError:
                return
            for line in lines:
                key, _, value = line.partition(":")
                if key in self.most:
                    self.most[key] = max(self.most[key], int(value.split()[0]))

    def mib(self, key):
        return self.most[key] / 1024


def run(command, out, environment, digested=False, every_s=0.02):
    """One run; what it prints goes to the file `out`. Its memory is looked at every `every_s` seconds."""
    with open(out, "wb") as printed:
        begun = time.monotonic()
        child = subprocess.Popen(command, stdout=printed, stderr=subprocess.DEVNULL, env=environment)
        memory = Memory(child.pid, every_s)
        memory.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - begun
        memory.done.set()
        memory.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    digest = None
    if digested:
        with open(out, "rb") as printed:
            digest = hashlib.file_digest(printed, "sha256").hexdigest()
    return {"output_sha256": digest, "cpu_s": usage.ru_utime + usage.ru_stime, "wall_s": wall,
            "peak_mib": memory.mib("VmHWM"), "private_mib": memory.mib("RssAnon"), "exit": child.returncode}


def processor():
    found = {}
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        found.setdefault(key.strip(), value.strip())
    flags = set(found.get("flags", "").split())
    wanted = ("sse4_2", "avx2", "avx512f", "avx512vbmi", "sha_ni", "vaes")
    return {"model": found.get("model name", "unknown"), "family": found.get("cpu family"),
            "number": found.get("model"), "features": [flag for flag in wanted if flag in flags],
            "cores": os.cpu_count()}


def described(cpu):
    model = f"family {cpu['family']}, model {cpu['number']}; {', '.join(cpu['features'])}"
    return f"{cpu['model']} ({model}), {cpu['cores']} cores"


def result_path(cpu, suffix=""):
    """bench/results/DATE-CPU.json, with the suffix before the ending."""
    slug = re.sub(r"[^a-z0-9]+", "-", f"{cpu['model']}-{cpu['family']}-{cpu['number']}".lower()).strip("-")
    return RESULTS / f"{datetime.date.today().isoformat()}-{slug}{suffix}.json"


def median(rows, key):
    return round(statistics.median(row[key] for row in rows), 4)


def put_into(path, name, text):
    """Puts the text between the lines <!-- name --> and <!-- /name --> of a document."""
    document = path.read_text()
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, _, rest = document.partition(begin)
    if end not in rest:
        sys.exit(f"{path} has no place between {begin.strip()} and {end}")
    path.write_text(before + begin + text + end + rest.partition(end)[2])
