"""A bundle, read and checked by docs/formats/disclosure.md alone, with nothing of the program: what a stranger would write."""
import base64
import hashlib
import io
import json
import tarfile


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def u32(n):
    return n.to_bytes(4, "big")


def lp(x):
    return u32(len(x)) + x


def bucket(s):
    s = max(s, 1)
    p = 1
    while p * 2 <= s - 1:
        p *= 2
    step = max(8, p // 4)
    return (s + step - 1) // step * step


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        out = self.data[self.at:self.at + n]
        if len(out) != n:
            raise ValueError("ends early")
        self.at += n
        return out

    def number(self, n):
        return int.from_bytes(self.take(n), "big")

    def text(self):
        return self.take(self.number(4))

    def more(self):
        return self.at < len(self.data)


def root_of(leaf, index, size, path):
    """RFC 9162 2.1.3.2."""
    fn, sn, r = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            raise ValueError("a proof that is too long")
        if fn % 2 or fn == sn:
            r = sha256(b"\x01", sibling, r)
            while fn % 2 == 0 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha256(b"\x01", r, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise ValueError("a proof that is too short")
    return r


def statement(line):
    """The opened fields of a statement by name, once they are what its entry committed to."""
    payload = json.loads(base64.b64decode(json.loads(line["entry"])["payload"]))
    slots, opened = [], []
    for slot in line["slots"]:
        if isinstance(slot, str):
            slots.append(bytes.fromhex(slot))
            opened.append(None)
            continue
        value = slot["value"]
        value = value.encode() if isinstance(value, str) else base64.b64decode(value["base64"])
        slots.append(sha256(b"f", bytes.fromhex(slot["salt"]), bytes([slot["type"]]), value))
        opened.append(value)
    commitment = sha256(b"s", bytes.fromhex(line["nonce"]), len(slots).to_bytes(2, "big"), *slots)
    assert commitment.hex() == payload["commitment"]
    names, reader = [], Reader(opened[0])
    while reader.more():
        names.append(reader.text().decode())
    return payload, {name: value for name, value in zip(names, opened[1:]) if value is not None}


class Bundle:
    def __init__(self, data):
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            self.files = {m.name.removeprefix("bundle/"): tar.extractfile(m).read() for m in tar.getmembers()}
        self.terms = json.loads(self.files["bundle.json"])

    def check(self):
        """Everything but signatures; gives the records: source, stream, index -> opened fields by path."""
        below = [n for n in self.files if n.startswith(("sources/", "criteria/"))]
        assert [m["name"] for m in self.terms["members"]] == below
        for member in self.terms["members"]:
            assert hashlib.sha256(self.files[member["name"]]).hexdigest() == member["sha256"]
            assert len(self.files[member["name"]]) == member["size"]
        trees, disclosed = {}, False
        for name, data in self.files.items():
            if not name.endswith("/entries.jsonl"):
                continue
            head = self.files[name.replace("entries.jsonl", "checkpoint")].decode().split("\n")
            for text in data.decode().splitlines():
                line = json.loads(text)
                leaf = sha256(b"\x00", line["entry"].encode())
                path = [bytes.fromhex(h) for h in line["path"]]
                assert root_of(leaf, line["index"], int(head[1]), path) == base64.b64decode(head[2])
                payload, fields = statement(line)
                assert payload["log"] == head[0]
                if payload["kind"] == "disclose":
                    assert fields["bundle_sha256"].decode() == hashlib.sha256(self.files["bundle.json"]).hexdigest()
                    disclosed = True
                for stream, tree in enumerate(("record_tree", "slack_tree")):
                    if f"{tree}.root" in fields:
                        trees[fields["pseudonym"].decode(), stream] = (
                            bytes.fromhex(fields[f"{tree}.root"].decode()), int(fields[f"{tree}.size"]))
        assert disclosed
        records = {}
        for name in self.files:
            if name.endswith("/records"):
                records |= self.check_source(name.split("/")[1], trees)
        for r in self.terms["ranges"]:
            seen = [i for i in range(r["from"], r["to"]) if (r["source"], r["stream"], i) in records]
            seen += [i for run in r["withheld"] for i in range(run["from"], run["to"])]
            assert sorted(seen) == list(range(r["from"], r["to"]))
        return records

    def shapes(self, source):
        out, reader = [], Reader(self.files[f"sources/{source}/shapes"])
        while reader.more():
            if reader.number(1) == 1:
                key = reader.take(32)
                paths = [reader.text() for _ in range(reader.number(4))]
                places = [sha256(b"p", salt(key, i), path) for i, path in enumerate(paths)]
                places += [padding(key, i) for i in range(len(paths), bucket(len(paths) + 3))]
                out.append((sha256(b"h", *places), paths, True))
            else:
                places, paths = [], []
                for _ in range(reader.number(4)):
                    if reader.number(1):
                        salted = reader.take(16)
                        paths.append(reader.text())
                        places.append(sha256(b"p", salted, paths[-1]))
                    else:
                        paths.append(None)
                        places.append(reader.take(32))
                out.append((sha256(b"h", *places), paths, False))
        return out

    def check_source(self, source, trees):
        shapes, out = self.shapes(source), {}
        reader = Reader(self.files[f"sources/{source}/records"])
        while reader.more():
            stream, index, shape, b = reader.number(1), reader.number(8), reader.number(4), reader.number(2)
            slots, opened = [], {}
            for f in range(b):
                tag = reader.number(1)
                if tag == 1:
                    salted, kind, value = reader.take(16), reader.number(1), reader.text()
                    slots.append(sha256(b"f", salted, bytes([kind]), value))
                    opened[f] = (kind, value, salted)
                else:
                    assert 2 <= tag <= 7
                    slots.append(reader.take(32))
            path = [reader.take(32) for _ in range(reader.number(1))]
            commitment, paths, whole = shapes[shape]
            assert opened[1][:2] == (0xFE, commitment)
            entry = b"\x01" + bytes.fromhex(source) + b.to_bytes(2, "big") + sha256(b"r", *slots)
            root, size = trees[source, stream]
            assert root_of(sha256(b"\x00", entry), index, size, path) == root
            fields = {paths[f - 3].decode(): value for f, value in opened.items() if f >= 3}
            out[source, stream, index] = {"fields": fields, "opened": opened, "whole_list": whole,
                                          "paths": [p.decode() for p in paths if p is not None]}
        return out


# AES-256 of one block, FIPS 197: a stranger without a library for it writes thirty lines.
def _tables():
    p = q = 1
    box = [0] * 256
    while True:
        p = p ^ (p << 1 & 255) ^ (0x1B if p & 128 else 0)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 255
        if q & 128:
            q ^= 9
        x = q
        for i in range(1, 5):
            x ^= (q << i | q >> (8 - i)) & 255
        box[p] = x ^ 99
        if p == 1:
            break
    box[0] = 99
    return box


BOX = _tables()


def aes256(key, block):
    words = [list(key[i:i + 4]) for i in range(0, 32, 4)]
    constant = 1
    for i in range(8, 60):
        word = list(words[-1])
        if i % 8 == 0:
            word = [BOX[b] for b in word[1:] + word[:1]]
            word[0] ^= constant
            constant = constant << 1
        elif i % 8 == 4:
            word = [BOX[b] for b in word]
        words.append([a ^ b for a, b in zip(words[i - 8], word)])
    keys = [sum(words[i:i + 4], []) for i in range(0, 60, 4)]
    double = lambda x: x << 1 & 255 ^ (0x1B if x & 128 else 0)
    state = [a ^ b for a, b in zip(block, keys[0])]
    for n in range(1, 15):
        state = [BOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if n != 14:
            mixed = []
            for c in range(0, 16, 4):
                a = state[c:c + 4]
                mixed += [double(a[i]) ^ double(a[(i + 1) % 4]) ^ a[(i + 1) % 4] ^ a[(i + 2) % 4] ^ a[(i + 3) % 4]
                          for i in range(4)]
            state = mixed
        state = [a ^ b for a, b in zip(state, keys[n])]
    return bytes(state)


def salt(key, i):
    return aes256(key, b"\x02" + bytes(11) + u32(i))


def padding(key, i):
    return aes256(key, b"\x03\x00" + bytes(10) + u32(i)) + aes256(key, b"\x03\x01" + bytes(10) + u32(i))


# FIPS 197 C.3
assert aes256(bytes(range(32)), bytes.fromhex("00112233445566778899aabbccddeeff")).hex() == "8ea2b7ca516745bfeafc49904b496089"
