"""What the tests do to EVTX files from outside: finding records in the bytes, deleting, breaking, making holes; and
writing files whose records have no template, so that each may have other fields.

Offsets are of the file header and the chunk header as Windows writes them (docs/formats/evtx-reading.md)."""
import functools
import struct
import zlib

FILE_HEADER = 4096
CHUNK = 65536
CHUNK_HEADER = 512


def file_header(chunks):
    """A sound header of a file that says it uses `chunks` chunks."""
    header = bytearray(FILE_HEADER)
    struct.pack_into("<8sQQQIHHHH", header, 0, b"ElfFile\0", 0, max(chunks - 1, 0), 1, 128, 1, 3, FILE_HEADER, chunks)
    struct.pack_into("<I", header, 124, zlib.crc32(bytes(header[:120])))
    return bytes(header)


def records(data, chunk):
    """Offset in the file and size of each live record of a chunk."""
    at = FILE_HEADER + chunk * CHUNK
    end = at + struct.unpack_from("<I", data, at + 48)[0]
    at += CHUNK_HEADER
    found = []
    while at < end:
        size = struct.unpack_from("<I", data, at + 4)[0]
        found.append((at, size))
        at += size
    return found


def fix_checksums(data, chunk):
    """Of a chunk of a file, or of one that stands by itself (None)."""
    at = 0 if chunk is None else FILE_HEADER + chunk * CHUNK
    free = struct.unpack_from("<I", data, at + 48)[0]
    struct.pack_into("<I", data, at + 52, zlib.crc32(bytes(data[at + CHUNK_HEADER:at + free])))
    header = zlib.crc32(bytes(data[at + 128:at + CHUNK_HEADER]), zlib.crc32(bytes(data[at:at + 120])))
    struct.pack_into("<I", data, at + 124, header)


def delete_from(data, offset):
    """The file with the record at `offset` and those behind it in its chunk deleted: their bytes stay as slack."""
    out = bytearray(data)
    chunk = (offset - FILE_HEADER) // CHUNK
    at = FILE_HEADER + chunk * CHUNK
    places = [place for place, _ in records(data, chunk)]
    last = places[places.index(offset) - 1]
    identifier = struct.unpack_from("<Q", data, last + 8)[0]
    struct.pack_into("<Q", out, at + 16, identifier)
    struct.pack_into("<Q", out, at + 32, identifier)
    struct.pack_into("<II", out, at + 44, last - at, offset - at)
    fix_checksums(out, chunk)
    return bytes(out)


def break_record(data, offset):
    """The file with the signature of the record at `offset` gone."""
    out = bytearray(data)
    out[offset:offset + 4] = b"gone"
    fix_checksums(out, (offset - FILE_HEADER) // CHUNK)
    return bytes(out)


# -- writing records without templates

SLACK_MIN = 64  # left at the end of a chunk
FILETIME = 134_170_000_000_000_000  # of every record: in March 2026


@functools.lru_cache(maxsize=4096)
def name_bytes(name):
    """A name as it stands in a record: hash, length, characters, zero."""
    code = 0
    for character in name.encode("utf-16-le")[::2]:
        code = (code * 65599 + character) & 0xffffffff
    return struct.pack("<IHH", 0, code & 0xffff, len(name)) + name.encode("utf-16-le") + b"\0\0"


def text_bytes(text):
    encoded = str(text).encode("utf-16-le")
    return b"\x05\x01" + struct.pack("<H", len(encoded) // 2) + encoded


def name_at(name, at):
    """A name that follows its own offset: `at` is where this begins in the chunk."""
    return struct.pack("<I", at + 4) + name_bytes(name)


def element(at, name, content, attribute=None):
    """An element that begins at `at` in the chunk. `content`: a text, or a list of functions of a place that give
    elements. `attribute`: name and text."""
    head = name_at(name, at + 5)
    if attribute:
        one = b"\x06" + name_at(attribute[0], at + 5 + len(head) + 5) + text_bytes(attribute[1])
        head += struct.pack("<I", len(one)) + one
    inside = head + b"\x02"
    if isinstance(content, list):
        for make in content:
            inside += make(at + 5 + len(inside))
    else:
        inside += text_bytes(content)
    inside += b"\x04"
    return (b"\x41" if attribute else b"\x01") + struct.pack("<I", len(inside)) + inside


def record(at, number, channel, event_id, provider, data):
    """A record at `at` in its chunk. `data` maps names to texts."""
    def leaf(name, content, attribute=None):
        return lambda place: element(place, name, content, attribute)

    system = [leaf("Provider", [], ("Name", provider)), leaf("EventID", event_id), leaf("EventRecordID", number),
              leaf("Channel", channel), leaf("Computer", "ws1.corp.example")]
    root = element(at + 28, "Event", [leaf("System", system), leaf("EventData", [
        leaf("Data", text, ("Name", name)) for name, text in data.items()])])
    size = 24 + 4 + len(root) + 1 + 4
    return struct.pack("<IIQQ", 0x2a2a, size, number, FILETIME) + b"\x0f\1\1\0" + root + b"\0" + struct.pack("<I", size)


def file_of(records):
    """A file of (channel, event id, provider, data), in as many chunks as it takes."""
    chunks, chunk, first, last = [], bytearray(), 1, 0

    def close():
        whole = bytearray(CHUNK)
        body = bytes(chunk)
        offset = CHUNK_HEADER + place
        struct.pack_into("<8sQQQQIII", whole, 0, b"ElfChnk\0", first, last, first, last, 128, offset,
                         CHUNK_HEADER + len(body))
        whole[CHUNK_HEADER:CHUNK_HEADER + len(body)] = body
        fix_checksums(whole, None)
        chunks.append(bytes(whole))

    place = 0
    for number, (channel, event_id, provider, data) in enumerate(records, 1):
        one = record(CHUNK_HEADER + len(chunk), number, channel, event_id, provider, data)
        if chunk and CHUNK_HEADER + len(chunk) + len(one) > CHUNK - SLACK_MIN:
            close()
            chunk, first = bytearray(), number
            one = record(CHUNK_HEADER, number, channel, event_id, provider, data)
        place = len(chunk)
        chunk += one
        last = number
    close()
    return file_header(len(chunks)) + b"".join(chunks)
