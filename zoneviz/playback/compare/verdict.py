"""A comparison in a few sentences."""

from zoneviz import words
from zoneviz.playback.compare.results import Comparison
from zoneviz.recording.outcome import outcome


def verdict(c: Comparison) -> str:
    """The whole result for people."""
    return " ".join(c.readings.sentences if c.readings is not None else parts(c))


def parts(c: Comparison) -> list[str]:
    """The same by topic: what happened, sizes and addresses, memory in use, how both end."""
    return [words for words in (_sequence(c), _places(c), _memory(c), _ends(c)) if words]


def summary(c: Comparison) -> str:
    """The essentials: where the two diverge, and how both end."""
    return verdict(c) if c.readings is not None else f"{_sequence(c)} {_ends(c)}"


def _sequence(c: Comparison) -> str:
    a, b = c.lengths
    if not max(a, b):
        return "Neither recording has an event of the kinds compared."
    if not min(a, b) and c.divergence is not None:
        return _nothing_shared(c, c.divergence.seqs)
    if c.divergence is None:
        return f"The same: all {words.number(a)} compared events are equal."
    first = f"The first {words.number(c.prefix)} of {words.number(max(a, b))} compared events are equal"
    then_a, then_b = (side.after[0].what if side.after else "has ended" for side in (c.divergence.a, c.divergence.b))
    parts = f"{'then' if c.prefix else 'at once'} A {then_a}, where B {then_b}"
    if c.more:
        return f"{first}; {parts}; the comparison stopped after {words.number(len(c.hunks))} differences."
    share = 100 * c.equal / max(a, b)
    again = f"; in total {share:.3g} % are equal, in {words.number(len(c.hunks) + 1)} pieces" if c.equal > c.prefix else ""
    return f"{first}; {parts}{again}."


def _nothing_shared(c: Comparison, seqs: tuple[int, int]) -> str:
    """One of them has no event that is compared."""
    empty, other = ("A", "B") if not c.lengths[0] else ("B", "A")
    ends, begins = sorted(seqs)
    if (empty == "A") == (seqs[0] < seqs[1]):
        ranges = f"{empty} ends with event {words.number(ends - 1)}, and {other} begins with event {words.number(begins)}"
        return f"The recordings share no range of events: {ranges}. Align by fill instead."
    return f"{empty} has no event of the kinds compared, {other} has {words.number(max(c.lengths))}."


def _places(c: Comparison) -> str:
    out = []
    for what, found in (("Sizes", c.size), ("Addresses", c.place)):
        if found is not None:
            sides = f"A {found.a.after[0].what}, B {found.b.after[0].what}"
            out.append(f"{what} first differ at compared event {words.number(found.index + 1)}: {sides}.")
    if c.prefix and c.place is None:
        constant = f", apart from a constant of {c.constant:#x}" if c.constant else ""
        out.append(f"{'Up to there a' if c.divergence else 'A'}ddresses within their maps are equal{constant}.")
    return " ".join(out)


def _memory(c: Comparison) -> str:
    if not c.tables or c.divergence is None:
        return ""
    last = c.tables[-1]
    a, b = last.zone_map
    more = [f"{figure.name} ({words.signed_size(figure.more)})" for figure in last.zones if figure.more][:3]
    zones = f"; largest differences B - A: {', '.join(more)}" if more else ""
    return f"At the last moment compared ({last.what}) A has {words.size(a)} of zone_map in use, B {words.size(b)}{zones}."


def _ends(c: Comparison) -> str:
    if c.outcomes[0] == c.outcomes[1] and c.panics[0] == c.panics[1]:
        a, b = (words.number(count) for count in c.operations)
        done = "" if a == b else f", A after {a} operations, B after {b}"
        return f"Both end with {_end(c, 0)}{done}."
    return f"A ends with {_end(c, 0)}, B with {_end(c, 1)}."


def _end(c: Comparison, side: int) -> str:
    return f"the panic {c.panics[side]!r}" if c.panics[side] else f"the outcome {outcome(c.outcomes[side]).word.lower()!r}"
