// How a value's bytes are shown, by its type: as event::append_text of the program does (src/event), which the test
// vectors hold it to.
const UNIX_EPOCH_TICKS = 116444736000000000n; // 100 ns from 1601 to 1970

function bytesOf(hex) {
  const out = new Uint8Array(hex.length / 2);
  for (let i = 0; i < out.length; ++i) out[i] = parseInt(hex.substr(2 * i, 2), 16);
  return out;
}
function hexOf(bytes) {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}
function unsigned(bytes) {
  let out = 0n;
  for (let i = bytes.length; i-- > 0; ) out = (out << 8n) | BigInt(bytes[i]);
  return out;
}
function rfc3339(ticks) {
  const since = ticks - UNIX_EPOCH_TICKS;
  const seconds = since >= 0n ? since / 10000000n : -((-since + 9999999n) / 10000000n);
  const date = new Date(Number(seconds) * 1000);
  if (isNaN(date)) return null;
  return date.toISOString().slice(0, 19) + "." + String(since - seconds * 10000000n).padStart(7, "0") + "Z";
}
function guid(b) {
  const h = (from, to) => hexOf(b.slice(from, to));
  const r = (from, to) => hexOf(b.slice(from, to).reverse());
  return "{" + r(0, 4) + "-" + r(4, 6) + "-" + r(6, 8) + "-" + h(8, 10) + "-" + h(10, 16) + "}";
}
function sid(b) {
  if (b.length < 8 || b.length !== 8 + 4 * b[1]) return null;
  let authority = 0n;
  for (let i = 2; i < 8; ++i) authority = (authority << 8n) | BigInt(b[i]);
  let out = "S-" + b[0] + "-" + authority;
  for (let i = 8; i < b.length; i += 4) out += "-" + unsigned(b.slice(i, i + 4));
  return out;
}
function systemtime(b) {
  const n = (i) => b[2 * i] | (b[2 * i + 1] << 8);
  const p = (value, width) => String(value).padStart(width, "0");
  return p(n(0), 4) + "-" + p(n(1), 2) + "-" + p(n(3), 2) + "T" + p(n(4), 2) + ":" + p(n(5), 2) + ":" + p(n(6), 2) +
    "." + p(n(7), 3) + "0000Z";
}

const SIZES = { 3: 1, 4: 1, 5: 2, 6: 2, 7: 4, 8: 4, 9: 8, 10: 8, 11: 4, 12: 8, 15: 16, 17: 8, 18: 16, 20: 4, 21: 8 };
const TYPES = {
  0: "null", 1: "utf16", 2: "ansi", 3: "int8", 4: "uint8", 5: "int16", 6: "uint16", 7: "int32", 8: "uint32",
  9: "int64", 10: "uint64", 11: "real32", 12: "real64", 13: "boolean", 14: "binary", 15: "guid", 16: "size",
  17: "filetime", 18: "systemtime", 19: "sid", 20: "hex32", 21: "hex64", 32: "handle", 35: "evt_xml", 64: "text",
  65: "number", 66: "boolean", 67: "null",
};

// The text of a value, or null where it is shown as bytes.
function decoded(type, bytes) {
  if (SIZES[type] !== undefined && SIZES[type] !== bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (type) {
    case 0: case 67: return "";
    case 1: return new TextDecoder("utf-16le").decode(bytes);
    case 2: return new TextDecoder("windows-1252").decode(bytes);
    case 3: return String(view.getInt8(0));
    case 5: return String(view.getInt16(0, true));
    case 7: return String(view.getInt32(0, true));
    case 9: return String(view.getBigInt64(0, true));
    case 4: case 6: case 8: case 10: return String(unsigned(bytes));
    case 11: return String(view.getFloat32(0, true));
    case 12: return String(view.getFloat64(0, true));
    case 13: return bytes.some((b) => b !== 0) ? "true" : "false";
    case 15: return guid(bytes);
    case 16: case 20: case 21: case 32: return bytes.length === 4 || bytes.length === 8 ? "0x" + unsigned(bytes).toString(16) : null;
    case 17: return rfc3339(unsigned(bytes));
    case 18: return systemtime(bytes);
    case 19: return sid(bytes);
    case 64: case 65: case 66: return new TextDecoder("utf-8").decode(bytes);
    default: return null;
  }
}

// Text from evidence is written by attackers: what turns the direction of writing or cannot be seen is shown by name.
function visible(text) {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (c) => "\u27e8U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "\u27e9");
}
