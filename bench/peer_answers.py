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


def is_explained(known, rival, kind, side, rule):
    return any((rival, k, side, r) in known for k in (kind, "any") for r in (rule, "*"))


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
    """Differences grouped by side and rule, and whether each is explained."""
    ours, theirs = list(ours), list(theirs)
    by_title = any(rule.startswith(TITLE_ONLY) for rule, _, _ in theirs)
    our_counts, titles = counted(ours, by_title)
    their_counts, their_titles = counted(theirs, by_title)
    titles.update(their_titles)
    differences = []
    for side, only in (("exhibit", our_counts - their_counts), ("rival", their_counts - our_counts)):
        by_rule = collections.defaultdict(list)
        for (rule, record), times in sorted(only.items()):
            by_rule[rule] += [record] * times
        for rule, records in sorted(by_rule.items()):
            differences.append({"only": side, "rule": rule, "title": titles[rule], "count": len(records),
                                "records": records[:RECORDS_SHOWN],
                                "explained": is_explained(known, rival, kind, side, rule)})
    return {"findings": len(ours), "findings_of_rival": len(theirs),
            "same": sum((our_counts & their_counts).values()), "differences": differences}
