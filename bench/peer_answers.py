"""Compares what two programs found, and reads which differences bench/differences.md explains."""
import collections
import pathlib
import re

from peer_programs import TITLE_ONLY

EXPLAINED = re.compile(r"^- `(?P<rival>[a-z_]+)` `(?P<kind>json|evtx|any)` `only-(?P<side>exhibit|rival)` "
                       r"`(?P<rule>[0-9a-f-]{36}|\*)`")
RECORDS_SHOWN = 3


def explained(path):
    """{(rival, kind, side, rule)} of the lines that name a difference."""
    out = set()
    for line in pathlib.Path(path).read_text().splitlines():
        if found := EXPLAINED.match(line):
            out.add((found["rival"], found["kind"], found["side"], found["rule"]))
    return out


def explanation(known, rival, kind, side, rule):
    """The rule, or "*", that a line explains; None where none does."""
    return next((r for r in (rule, "*") for k in (kind, "any") if (rival, k, side, r) in known), None)


def counted(answers, by_title):
    """{(rule, record): times} and titles; by title where one side knows no ids."""
    counts, titles = collections.Counter(), {}
    for rule, title, record in answers:
        if by_title and not rule.startswith(TITLE_ONLY):
            rule = TITLE_ONLY + title
        counts[rule, record] += 1
        titles[rule] = title
    return counts, titles


def compare(ours, theirs, rival, kind, known):
    """Differences grouped by side and rule, and whether each is explained; those that one line explains for all rules are
    one."""
    ours, theirs = list(ours), list(theirs)
    by_title = any(rule.startswith(TITLE_ONLY) for rule, _, _ in theirs)
    our_counts, titles = counted(ours, by_title)
    their_counts, their_titles = counted(theirs, by_title)
    titles.update(their_titles)
    differences = []
    for side, only in (("exhibit", our_counts - their_counts), ("rival", their_counts - our_counts)):
        by_rule = collections.defaultdict(list)
        for (rule, record), times in sorted(only.items()):
            line = explanation(known, rival, kind, side, rule)
            by_rule["*" if line == "*" else rule, line is not None] += [(rule, record)] * times
        for (rule, is_explained), found in sorted(by_rule.items()):
            differences.append({"only": side, "rule": rule, "title": titles.get(rule, ""), "rules": len({r for r, _ in found}),
                                "count": len(found), "records": [record for _, record in found[:RECORDS_SHOWN]],
                                "explained": is_explained})
    return {"findings": len(ours), "findings_of_rival": len(theirs),
            "same": sum((our_counts & their_counts).values()), "differences": differences}
