// The page: reads the file, gives its bytes to the program, shows what the program says. Text from the file becomes
// text nodes and nothing else.
const RECORDS_AT_ONCE = 100;
const PIECE = 4 << 20;
const MARKS = { valid: "✓", invalid: "✗", undecidable: "?" };
const COMMAND_DECIDES = new Set(["finding.read_set", "finding.rule", "timestamp", "source.records", "cosignature", "replay"]);
const state = { language: "en", file: null, policy: "", policyName: "", lines: null, kind: "", first: 0, hash: "", made: null };
let core = null, programHash = "", running = 0;

const $ = (id) => document.getElementById(id);
const t = (key) => TEXT[state.language][key];
const zh = () => (state.language === "zh" ? 1 : 0);
const sentence = (why) => (zh() && WHY[why]) || why;

function make(name, options, ...children) {
  const out = document.createElement(name);
  for (const [key, value] of Object.entries(options || {})) {
    if (key === "class") out.className = value;
    else if (key === "text") out.textContent = visible(String(value));
    else out.setAttribute(key, value);
  }
  for (const child of children) if (child) out.append(child);
  return out;
}

// ---- the program

async function start() {
  const packed = Uint8Array.from(atob(PROGRAM), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const program = await new Response(stream).arrayBuffer();
  core = (await WebAssembly.instantiate(program, {})).instance.exports;
  programHash = hashOf(new Uint8Array(program));
  const script = document.querySelector("script").textContent;
  $("program-hash").textContent = programHash;
  $("script-hash").textContent = hashOf(new TextEncoder().encode(script));
}
function memory() { return new Uint8Array(core.memory.buffer); }
function hashOf(bytes) {
  const at = core.room(bytes.length + 32);
  memory().set(bytes, at);
  core.hash_begin();
  core.hash_piece(at, bytes.length);
  core.hash_end(at + bytes.length);
  return hexOf(memory().slice(at + bytes.length, at + bytes.length + 32));
}

// Room for the parts, one behind the other; each is its size, or its bytes. Null where there is not enough.
function layOut(parts) {
  const size = (part) => (typeof part === "number" ? part : part.length);
  let total = 0;
  for (const part of parts) total += (size(part) + 15) & ~15;
  if (total >= 2 ** 32 - 2 ** 20) return null;
  let at = core.room(total);
  if (at === 0) return null;
  return parts.map((part) => {
    const place = [at, size(part)];
    if (typeof part !== "number") memory().set(part, at);
    at += (place[1] + 15) & ~15;
    return place;
  });
}

async function check(file, first, turn) {
  const encoder = new TextEncoder();
  const keys = encoder.encode($("keys").value), policy = encoder.encode(state.policy), name = encoder.encode(file.name);
  const head = new Uint8Array(await file.slice(0, 512).arrayBuffer());
  const named = new TextDecoder().decode(head.slice(0, 100));
  const isTar = head.length === 512 && new TextDecoder().decode(head.slice(257, 262)) === "ustar";
  const kind = named.startsWith("bundle/") ? "bundle" : "case";
  if (!isTar) return { failed: t("notKnown") };
  const latest = Math.floor(Date.now() / 1000) + 300;
  const request = (input, k, p, n, work, report) => new Uint32Array([
    ...input, ...k, ...p, ...n, ...work, ...report, Math.floor(latest / 2 ** 32), latest >>> 0, first, RECORDS_AT_ONCE]);
  const words = 64;
  let end;
  if (kind === "bundle") {
    const work = Math.max(32 << 20, Math.min(file.size * 4, 768 << 20));
    const places = file.size < 2 ** 31 ? layOut([words, file.size, keys, policy, name, work, Math.min(work, 256 << 20)]) : null;
    if (!places) return { failed: t("tooLarge"), command: "exhibit verify " + file.name };
    core.hash_begin();
    for (let at = 0; at < file.size; at += PIECE) {
      const bytes = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
      if (turn !== running) return null;
      memory().set(bytes, places[1][0] + at);
      core.hash_piece(places[1][0] + at, bytes.length);
    }
    memory().set(new Uint8Array(request(places[1], places[2], places[3], places[4], places[5], places[6]).buffer), places[0][0]);
    end = [places[6][0], core.check_bundle(places[0][0])];
    core.hash_end(places[0][0]);
    state.hash = hexOf(memory().slice(places[0][0], places[0][0] + 32));
  } else {
    const places = layOut([words, PIECE, keys, policy, name, 192 << 20, 64 << 20]);
    if (!places) return { failed: t("tooLarge"), command: "exhibit verify " + file.name };
    const [place, piece] = places;
    const give = async (offset, size, use) => {
      const bytes = new Uint8Array(await file.slice(offset, offset + size).arrayBuffer());
      if (turn !== running) return false;
      memory().set(bytes, piece[0]);
      use(piece[0], bytes.length);
      return true;
    };
    memory().set(new Uint8Array(request([0, 0], places[2], places[3], places[4], places[5], places[6]).buffer), place[0]);
    core.case_begin(place[0], file.size);
    for (let at = core.case_index_at(); at >= 0; at = core.case_index_at())
      if (!(await give(at, 1 << 20, core.case_index))) return null;
    while (core.case_next(place[0])) {
      const [offset, size] = new Float64Array(core.memory.buffer, place[0], 2);
      for (let at = 0; at < size; at += PIECE)
        if (!(await give(offset + at, Math.min(PIECE, size - at), core.case_piece))) return null;
      core.case_end();
    }
    end = [places[6][0], core.case_finish()];
    core.hash_begin();
    for (let at = 0; at < file.size; at += PIECE) {
      if (!(await give(at, PIECE, core.hash_piece))) return null;
      if (at % (64 << 20) === 0) say(t("working") + " " + Math.floor((100 * at) / file.size) + "%");
    }
    core.hash_end(place[0]);
    state.hash = hexOf(memory().slice(place[0], place[0] + 32));
  }
  const text = new TextDecoder().decode(memory().slice(end[0], end[0] + end[1]));
  return { kind, lines: text.split("\n").filter(Boolean).map((line) => JSON.parse(line)) };
}

// ---- what it said

function tag(verdict) {
  return make("span", { class: "tag " + verdict }, make("span", { class: "mark " + verdict, "aria-hidden": "true", text: MARKS[verdict] }), " " + t(verdict));
}
function titleOf(id) {
  const named = CHECKS[id];
  return named ? named[zh()] : id;
}
function section(title, ...children) {
  return make("section", { class: "panel" }, make("h2", { text: title }), ...children);
}
function pairs(list) {
  const out = make("dl");
  for (const [name, value, mono] of list) {
    if (value === undefined || value === "") continue;
    out.append(make("dt", { text: name }), make("dd", { class: mono ? "mono" : "", text: value }));
  }
  return out;
}
function table(caption, heads, rows) {
  const out = make("table", { "aria-label": caption });
  out.append(make("thead", {}, make("tr", {}, ...heads.map((h) => make("th", { scope: "col", text: h })))));
  const body = make("tbody");
  for (const row of rows) body.append(make("tr", {}, ...row.map((cell) => (cell instanceof Node ? make("td", {}, cell) : make("td", { text: cell })))));
  out.append(body);
  return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, out);
}

function checkItem(check) {
  const out = make("li", {}, tag(check.verdict), make("span", {}, make("span", { text: titleOf(check.id) }), " ", make("code", { class: "id", text: check.id })));
  if (check.subject) out.append(make("div", { class: "subject mono", text: check.subject }));
  const why = [sentence(check.why), sentence(check.detail)].filter(Boolean).join(zh() ? "：" : ": ");
  if (why) out.append(make("div", { class: "why", text: why }));
  return out;
}
// Those that are not valid one by one; of the valid, many of a kind together.
function checkList(checks) {
  const out = make("ul", { class: "checks" });
  const rank = { invalid: 0, undecidable: 1 };
  for (const check of checks.filter((c) => c.verdict !== "valid").sort((a, b) => rank[a.verdict] - rank[b.verdict])) out.append(checkItem(check));
  const kinds = new Map();
  for (const check of checks.filter((c) => c.verdict === "valid")) kinds.set(check.id, [...(kinds.get(check.id) || []), check]);
  for (const [id, same] of kinds) {
    if (same.length < 3) { for (const check of same) out.append(checkItem(check)); continue; }
    const item = make("li", {}, tag("valid"), make("span", {}, make("span", { text: titleOf(id) + " (" + same.length + ")" }), " ", make("code", { class: "id", text: id })));
    const shown = same.slice(0, 500).map((c) => c.subject + (c.detail ? ": " + sentence(c.detail) : "")).join("\n");
    item.append(make("details", { class: "subject no-print" }, make("summary", { text: t("all") }), make("div", { class: "mono", text: "" }, make("pre", { text: shown }))));
    out.append(item);
  }
  return out;
}

function treePath(path) {
  if (!path || path.steps.length + 1 === 0) return null;
  const node = (title, hash, kind) => make("div", { class: "node mono " + kind }, make("b", { text: title }), document.createTextNode(hash));
  const out = make("ol", { class: "tree" });
  let own = path.leaf, title = t("leaf");
  for (const [side, sibling, parent] of path.steps) {
    const other = side === "left" ? "right" : "left";
    out.append(make("li", {}, node(title, own, "own " + other), node(t("sibling") + " (" + t(side) + ")", sibling, side)));
    own = parent;
    title = t("parent");
  }
  out.append(make("li", {}, node(t("rootIs"), own, "own")));
  const where = t("pathOf").replace("{index}", path.index).replace("{size}", path.size);
  return make("details", {}, make("summary", { text: t("path") + " (" + where + ")" }), out);
}

function valueCell(type, hex) {
  const bytes = bytesOf(hex), text = decoded(Number(type), bytes);
  return make("span", { class: text === null ? "mono" : "" , text: text === null ? hex : text });
}
function ownSlot(slot) { return slot === 0 ? t("rawBytes") : slot === 1 ? t("shape") : t("place"); }
function rawText(hex) {
  const bytes = bytesOf(hex);
  try { return new TextDecoder("utf-8", { fatal: true }).decode(bytes); } catch { return hex; }
}

function recordItem(record, path) {
  const rows = record.fields.map((field) => {
    const slot = Number(field.slot);
    if (slot < 3) return [ownSlot(slot), slot === 0 ? make("span", { class: "mono", text: rawText(field.value) }) : make("span", { class: "mono", text: field.value }), ""];
    return [field.path || "#" + slot, valueCell(field.type, field.value), TYPES[field.type] || field.type];
  });
  const hidden = new Map();
  for (const reason of bytesOf(record.reasons)) if (reason !== 0) hidden.set(reason, (hidden.get(reason) || 0) + 1);
  const names = Object.keys(REASONS);
  const withheld = [...hidden].map(([tag_, count]) => count + " " + t("hidden") + ": " + REASONS[names[tag_ - 2]][zh()] + " (" + names[tag_ - 2] + ")").join("; ");
  const absent = record.whole_list ? t("wholeList") : t("partList");
  return make("details", {},
    make("summary", {}, make("span", { class: "mark " + (record.valid ? "valid" : "invalid"), text: record.valid ? MARKS.valid : MARKS.undecidable, "aria-label": record.valid ? t("valid") : t("undecidable"), role: "img" }),
      " " + t("record") + " " + record.index + (record.stream === "1" ? " (slack)" : "") + " ", make("code", { class: "id", text: record.source })),
    table(t("record") + " " + record.index, [t("field"), t("value"), t("type")], rows),
    make("p", { class: "hint", text: [absent, withheld].filter(Boolean).join(" ") }),
    treePath(path));
}

function statementItem(statement, time) {
  const rows = statement.fields.map((field) => [field.path, valueCell(field.type, field.value)]);
  return make("details", {}, make("summary", {}, make("code", { text: statement.subject }), " " + statement.kind + (time ? ", " + t("said") + " " + time : "")),
    table(statement.subject, [t("field"), t("value")], rows));
}

function certificateHead(checks) {
  const trusted = $("keys").value.split("\n").map((l) => l.trim()).filter(Boolean);
  if (state.policyName) trusted.push(state.policyName);
  return make("section", { class: "panel only-print certificate" }, make("h2", { text: t("certificate") }), pairs([
    [t("file"), state.file.name], [t("size"), state.file.size + " " + t("bytes")], [t("sha256"), state.hash, true],
    [t("trusted"), trusted.join("\n") || t("nobody"), true],
    [t("printed"), state.made + " (" + t("byClock") + ")"], [t("selfProgram"), programHash, true], [t("selfScript"), $("script-hash").textContent, true]]));
}

function show() {
  const result = $("result");
  result.replaceChildren();
  if (!state.lines) return;
  const of = (name) => state.lines.filter((line) => line[name] !== undefined).map((line) => line[name]);
  const checks = of("check"), facts = of("fact"), paths = new Map(of("path").map((p) => [p.subject, p]));
  const fact = (subject, name) => (facts.find((f) => f.subject === subject && f.name === name) || {}).value;
  const verdict = of("verdict")[0] || "undecidable";
  const upper = verdict[0].toUpperCase() + verdict.slice(1);
  const missing = checks.filter((c) => c.counts && c.verdict === "undecidable");
  const banner = make("section", { class: "panel verdict " + verdict, "aria-labelledby": "verdict" },
    make("h2", { class: "word", id: "verdict", tabindex: "-1" }, make("span", { class: "mark " + verdict, "aria-hidden": "true", text: MARKS[verdict] }), t("verdict" + upper)),
    make("p", { text: t("say" + upper) }));
  if (verdict === "undecidable" && missing.every((c) => c.id === "signer")) banner.append(make("p", { text: t("onlySigner") }));
  if (checks.some((c) => c.verdict === "undecidable" && COMMAND_DECIDES.has(c.id)))
    banner.append(make("p", { text: t("commandDecides") }), make("pre", { text: "exhibit verify " + state.file.name + (state.kind === "case" ? " --replay" : "") + " --trust KEY" }));
  if (checks.some((c) => !c.counts)) banner.append(make("p", { class: "hint", text: t("nonCounting") }));
  banner.append(pairs([[t("file"), state.file.name], [t("size"), state.file.size + " " + t("bytes")], [t("sha256"), state.hash, true]]));
  const print = make("button", { type: "button", text: t("print") });
  print.addEventListener("click", () => window.print());
  banner.append(make("div", { class: "row no-print" }, print));
  result.append(certificateHead(checks), banner, section(t("checks"), checkList(checks)));

  const top = state.kind === "bundle" ? "bundle" : "archive";
  result.append(section(t("about"), pairs([[t("case"), fact(top, "case")], [t("party"), fact(top, "party")], [t("to"), fact(top, "to")], [t("tlp"), fact(top, "tlp") && "TLP:" + fact(top, "tlp")]])));
  const logs = facts.filter((f) => f.name === "origin");
  if (logs.length) result.append(section(t("logs"), ...logs.map((log) => make("div", {}, make("h3", { text: log.value }), pairs([
    [t("size"), fact(log.subject, "size") + " " + t("entries")], [t("root"), fact(log.subject, "root"), true], [t("logKey"), fact(log.subject, "log_key"), true], [t("fingerprint"), fact(log.subject, "fingerprint"), true]])))));
  const statements = of("statement");
  if (statements.length) {
    const box = section(t("statements"), ...statements.slice(0, 500).map((s) => {
      const item = statementItem(s, fact(s.subject, "time"));
      const way = treePath(paths.get(s.subject));
      if (way) item.append(way);
      return item;
    }));
    if (statements.length > 500) box.append(make("p", { text: t("cut") }));
    result.append(box);
  }
  if (state.kind === "bundle") showBundle(result, of, checks, paths);
  const unseen = facts.filter((f) => f.name === "not looked at").map((f) => f.value);
  if (unseen.length) result.append(section(t("notLooked") + " (" + unseen.length + ")", make("details", {}, make("summary", { text: t("all") }), make("pre", { text: unseen.slice(0, 2000).join("\n") }))));
  if (of("cut").length) result.append(make("p", { text: t("cut") }));
  result.append(make("div", { class: "only-print signature", text: t("signature") }));
}

function showBundle(result, of, checks, paths) {
  const records = of("record"), total = checks.filter((c) => c.id === "record").length;
  const box = section(t("records") + " (" + total + ")");
  if (total === 0) box.append(make("p", { text: t("noRecords") }));
  for (const r of records) box.append(recordItem(r, paths.get(r.source + "/" + r.stream + "/" + r.index)));
  const row = make("div", { class: "row no-print" });
  for (const [label, first] of [[t("previous"), state.first - RECORDS_AT_ONCE], [t("next"), state.first + RECORDS_AT_ONCE]]) {
    if (first < 0 || first >= total) continue;
    const button = make("button", { type: "button", text: label });
    button.addEventListener("click", () => run(first));
    row.append(button);
  }
  if (row.childNodes.length) box.append(row);
  result.append(box);
  const withheld = of("withheld");
  result.append(section(t("account"), withheld.length === 0 ? make("p", { text: t("nothingWithheld") }) :
    table(t("account"), [t("source"), t("from"), t("until"), t("count"), t("reason")], withheld.slice(0, 2000).map((w) => [
      make("code", { text: w.source + (w.stream === "1" ? " (slack)" : "") }), w.from, String(BigInt(w.to) - 1n), String(BigInt(w.to) - BigInt(w.from)),
      REASONS[w.reason][zh()] + " (" + w.reason + ")"]))));
  const findings = of("finding");
  if (findings.length) result.append(section(t("findings"), table(t("findings"), [t("rule"), t("source"), t("record")], findings.slice(0, 2000).map((f) => [
    make("code", { text: f.rule }), make("code", { text: f.source }), f.record]))));
}

// ---- what the user does

function say(text) { $("status").textContent = text; }
async function run(first = 0) {
  if (!state.file || !core) return;
  const turn = ++running;
  say(t("working"));
  await new Promise((done) => setTimeout(done, 0));
  try {
    const got = await check(state.file, first, turn);
    if (got === null || turn !== running) return;
    if (got.failed) {
      state.lines = null;
      show();
      say(got.failed);
      if (got.command) $("result").append(make("pre", { text: got.command }));
      return;
    }
    Object.assign(state, { kind: got.kind, lines: got.lines, first, made: new Date().toISOString().slice(0, 19) + "Z" });
    show();
    $("again").hidden = false;
    say("");
    if (first === 0) $("verdict").focus();
  } catch (error) {
    state.lines = null;
    show();
    say(t("failed") + error.message);
  }
}
function setLanguage(language) {
  state.language = language;
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  document.title = t("title");
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  $("limit-list").replaceChildren(...t("limit").map((text) => make("li", { text })));
  show();
}
function take(file) {
  if (!file) return;
  state.file = file;
  run();
}
async function takePolicy(file) {
  state.policy = file ? await file.text() : "";
  state.policyName = file ? file.name : "";
  $("remove-policy").hidden = !file;
  run();
}

$("language").addEventListener("click", () => setLanguage(state.language === "en" ? "zh" : "en"));
$("file").addEventListener("change", (event) => take(event.target.files[0]));
$("policy").addEventListener("change", (event) => takePolicy(event.target.files[0]));
$("remove-policy").addEventListener("click", () => { $("policy").value = ""; takePolicy(null); });
$("keys").addEventListener("change", () => run());
$("again").addEventListener("click", () => run());
document.addEventListener("dragover", (event) => { event.preventDefault(); document.body.classList.add("over"); });
document.addEventListener("dragleave", () => document.body.classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
  take(event.dataTransfer.files[0]);
});

setLanguage((navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en");
start().then(() => run(), (error) => say(typeof WebAssembly === "object" ? t("failed") + error.message : t("noWasm")));
