#include "cli/show_parts.h"

#include "base/text.h"
#include "cli/help.h"
#include "cli/json_text.h"
#include "cli/safe_text.h"

namespace exhibit::cli {

namespace {

void append_heading(std::string& out, const Console& console, std::string_view text) {
  if (!out.empty()) out += "\n";
  out += console.paint(Style::bold, text) + "\n";
}

void append_text_lines(std::string& out, std::string_view text, std::size_t indent) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out.append(indent, ' ');
    append_safe(out, line);
    out += "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void append_row(std::string& out, std::string_view name, std::string_view value) {
  out += "  ";
  out += name;
  out.append(name.size() < 10 ? 10 - name.size() : 1, ' ');
  append_safe(out, value);
  out += "\n";
}

void append_reasons(std::string& out, const Console& console, const casefile::Shown& shown) {
  append_heading(out, console, "Why it matched");
  if (shown.builtin_mapping)
    out += "  (a Sysmon rule, put to a built-in Windows event by the field mapping)\n";
  for (const auto& because : shown.because) {
    out += because.reason.holds ? "  true   " : "  false  ";
    append_safe(out, because.predicate);
    out += "\n";
    for (const auto& value : because.reason.values) {
      out += "           ";
      append_safe(out, because.reason.field.empty() ? "(any field)" : because.reason.field);
      out += " = ";
      append_safe(out, value);
      out += "\n";
    }
  }
}

void append_path(std::string& out, const casefile::TreePath& path) {
  out += "    leaf " + std::to_string(path.index) + " of " + std::to_string(path.tree_size) +
         "\n    = " + base::to_hex(path.leaf) + "\n";
  for (const auto& step : path.steps) {
    const std::string sibling = base::to_hex(step.sibling);
    out += std::string("    with ") + (step.sibling_left ? "left  " : "right ") + sibling +
           "\n    = " + base::to_hex(step.node) + "\n";
  }
  out += "    is the root\n";
}

void append_way(std::string& out, const Console& console, const casefile::Shown& shown) {
  append_heading(out, console, "From the record to the signed checkpoint");
  out += "  1. The record in its source's record tree\n";
  append_path(out, shown.record_path);
  out += "  2. That root is what the acquisition states (field " + safe_text(shown.acquire_field) +
         ", ledger entry " + std::to_string(shown.acquire_entry) + ")\n";
  append_path(out, shown.acquire_path);
  append_heading(out, console, "From the finding to the signed checkpoint");
  out += "  1. The finding's line in the tree of run " + std::to_string(shown.run) + "\n";
  append_path(out, shown.finding_path);
  out += "  2. That root is what the run states (ledger entry " + std::to_string(shown.run_entry) +
         ")\n";
  append_path(out, shown.run_path);
  append_heading(out, console, "The signed checkpoint, whose root is the ledger's root above");
  append_text_lines(out, shown.checkpoint, 2);
  append_row(out, "signer", shown.signer);
}

}  // namespace

void append_finding(std::string& out, const Console& console, const casefile::Shown& shown) {
  append_heading(out, console, safe_text(shown.rule.title));
  append_row(out, "level", sigma::to_string(shown.rule.level));
  append_row(out, "finding", shown.finding_id);
  append_row(out, "rule", shown.rule.id + "  by " + shown.rule.author);
  append_row(out, "source", shown.source.info.display());
  append_row(out, "sha256", shown.source.sha256);
  append_row(out, "record",
             grouped(shown.record_index) + (shown.slack ? " of the recovered ones" : "") +
                 ", byte " + grouped(shown.offset) + ", " + counted(shown.raw.size(), "byte"));
  append_reasons(out, console, shown);
  append_heading(out, console, "Event");
  append_pretty_json(out, shown.event_json, 2);
}

void append_why(std::string& out, const Console& console, const casefile::Shown& shown) {
  append_finding(out, console, shown);
  append_heading(out, console, "The rule as it was applied, sha256 " + shown.rule.sha256);
  append_text_lines(out, shown.rule.text, 2);
  append_way(out, console, shown);
}

void append_proof(std::string& out, const Console& console, const casefile::Shown& shown) {
  append_way(out, console, shown);
  append_heading(out, console, "Proof of the acquisition (C2SP tlog-proof)");
  append_text_lines(out, shown.record_proof, 0);
  append_heading(out, console, "Proof of the run (C2SP tlog-proof)");
  append_text_lines(out, shown.finding_proof, 0);
}

void append_hex_dump(std::string& out, std::string_view bytes, std::uint64_t offset) {
  constexpr std::size_t kRow = 16;
  for (std::size_t at = 0; at < bytes.size(); at += kRow) {
    const std::string_view row = bytes.substr(at, kRow);
    std::string digits;
    for (std::uint64_t rest = offset + at, i = 0; i < 10; ++i, rest >>= 4U)
      digits.insert(digits.begin(), "0123456789abcdef"[rest & 15U]);
    out += digits + " ";
    for (std::size_t i = 0; i < kRow; ++i) {
      if (i % 8 == 0) out += ' ';
      if (i < row.size()) {
        base::append_hex(out, as_bytes(row.substr(i, 1)));
        out += ' ';
      } else {
        out += "   ";
      }
    }
    out += " |";
    for (const char c : row) out += c >= 0x20 && c < 0x7f ? c : '.';
    out += "|\n";
  }
}

}  // namespace exhibit::cli
