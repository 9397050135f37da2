// Runs the page's program outside of the page: node core.mjs WASM bundle|case FILE KEYS POLICY LATEST [BITS]
// KEYS and POLICY are files, or - for none. Without BITS it writes the report; with it (a file of bit numbers, one a
// line) for each bit the SHA-256 of the report on FILE with this bit changed, a line each, and last that of FILE as it is.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const [wasm, kind, path, keysPath, policyPath, latest, bitsPath] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(wasm));
if (WebAssembly.Module.imports(module).length !== 0) throw new Error("the program imports something");
const core = new WebAssembly.Instance(module, {}).exports;
const given = (name) => (name === "-" ? Buffer.alloc(0) : readFileSync(name));
const file = Buffer.from(readFileSync(path)), keys = given(keysPath), policy = given(policyPath), name = Buffer.from("file");
const piece = 65536;
const parts = [64, kind === "bundle" ? file.length : 128 << 10, keys, policy, name, 32 << 20, 32 << 20];
const size = (part) => (typeof part === "number" ? part : part.length);
let at = core.room(parts.reduce((sum, part) => sum + ((size(part) + 15) & ~15), 0));
if (at === 0) throw new Error("no room");
const places = parts.map((part) => {
  const place = [at, size(part)];
  if (typeof part !== "number") new Uint8Array(core.memory.buffer).set(part, at);
  at += (place[1] + 15) & ~15;
  return place;
});
function report() {
  const memory = new Uint8Array(core.memory.buffer);
  const time = Number(latest);
  memory.set(new Uint8Array(new Uint32Array([
    ...(kind === "bundle" ? places[1] : [0, 0]), ...places[2], ...places[3], ...places[4], ...places[5], ...places[6],
    Math.floor(time / 2 ** 32), time >>> 0, 0, 1000]).buffer), places[0][0]);
  let length;
  if (kind === "bundle") {
    memory.set(file, places[1][0]);
    length = core.check_bundle(places[0][0]);
  } else {
    const give = (offset, size, use) => {
      const bytes = file.subarray(offset, offset + size);
      memory.set(bytes, places[1][0]);
      use(places[1][0], bytes.length);
    };
    core.case_begin(places[0][0], file.length);
    for (let next = core.case_index_at(); next >= 0; next = core.case_index_at()) give(next, 128 << 10, core.case_index);
    while (core.case_next(places[0][0])) {
      const [offset, size] = new Float64Array(core.memory.buffer, places[0][0], 2);
      for (let done = 0; done < size; done += piece) give(offset + done, Math.min(piece, size - done), core.case_piece);
      core.case_end();
    }
    length = core.case_finish();
  }
  return Buffer.from(memory.slice(places[6][0], places[6][0] + length));
}
if (!bitsPath) {
  process.stdout.write(report());
} else {
  const digest = () => createHash("sha256").update(report()).digest("hex") + "\n";
  let out = "";
  for (const bit of readFileSync(bitsPath, "utf8").split("\n").filter(Boolean).map(Number)) {
    file[Math.floor(bit / 8)] ^= 1 << bit % 8;
    out += digest();
    file[Math.floor(bit / 8)] ^= 1 << bit % 8;
  }
  process.stdout.write(out + digest());
}
