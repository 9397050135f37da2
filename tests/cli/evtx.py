"""What the tests do to EVTX files from outside: finding records in the bytes, deleting, breaking, making holes.

Offsets are of the file header and the chunk header as Windows writes them (docs/formats/evtx-reading.md)."""
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
    at = FILE_HEADER + chunk * CHUNK
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
