"""A comparison in a sentence or two."""

from typing import TYPE_CHECKING

from zoneviz.units import format_size

if TYPE_CHECKING:
    from zoneviz.playback.compare import Comparison


def verdict(c: "Comparison") -> str:
    """What came out, for people."""
    return " ".join(parts(c))


def parts(c: "Comparison") -> list[str]:
    """The same by what it is about: what happened, sizes and addresses, what both hold, how they end."""
    return [words for words in (_sequence(c), _places(c), _held(c), _ends(c)) if words]


def summary(c: "Comparison") -> str:
    """The most of it: where the two part, and how both end."""
    return f"{_sequence(c)} {_ends(c)}"


def _sequence(c: "Comparison") -> str:
    a, b = c.lengths
    if not max(a, b):
        return "Neither recording holds an event of the kinds compared."
    if not min(a, b) and c.divergence is not None:
        return _apart(c, c.divergence.seqs)
    if c.divergence is None:
        return f"The same: all {a:,} compared events are equal, in kind and in what they are about."
    share = 100 * c.equal / max(a, b)
    first = f"The first {c.prefix:,} of {max(a, b):,} compared events are equal"
    ahead = [side.after[0].what if side.after else "has ended" for side in (c.divergence.a, c.divergence.b)]
    parts = f"then A {ahead[0]}, where B {ahead[1]}" if c.prefix else f"at once A {ahead[0]}, where B {ahead[1]}"
    again = f"; {share:.3g} % are equal in all, in {len(c.hunks) + 1:,} pieces" if c.equal > c.prefix else ""
    if c.more:
        again = f"; after {len(c.hunks):,} differences the rest was not looked at"
    return f"{first}; {parts}{again}."


def _apart(c: "Comparison", seqs: tuple[int, int]) -> str:
    """One of them holds nothing that is compared."""
    empty, other = ("A", "B") if not c.lengths[0] else ("B", "A")
    ends, begins = sorted(seqs)
    if (empty == "A") == (seqs[0] < seqs[1]):
        before = f"{empty} ends with event {ends - 1:,}, and {other} begins with event {begins:,}"
        return f"There is nothing to compare event by event: {before}. Align by fill instead."
    return f"There is nothing to compare event by event: {empty} holds no event of the kinds compared, {other} {max(c.lengths):,}."


def _places(c: "Comparison") -> str:
    told = []
    for what, found in (("Sizes", c.size), ("Addresses", c.place)):
        if found is not None:
            sides = f"A {found.a.after[0].what}, B {found.b.after[0].what}"
            told.append(f"{what} differ first at compared event {found.index + 1:,}: {sides}.")
    if c.prefix and c.place is None:
        constant = f" up to a constant of {c.constant:#x}" if c.constant else ""
        told.append(f"{'Up to there a' if c.divergence else 'A'}ddresses are equal{constant}, counted from the maps they lie in.")
    return " ".join(told)


def _held(c: "Comparison") -> str:
    if not c.tables or c.divergence is None:
        return ""
    last = c.tables[-1]
    a, b = last.zone_map
    more = [f"{figure.name} ({'+' if figure.more > 0 else '-'}{format_size(abs(figure.more))})" for figure in last.zones if figure.more][:3]
    zones = f"; most differ {', '.join(more)} (B - A)" if more else ""
    return f"The last moment looked at ({last.what}): {format_size(a)} of zone_map in A, {format_size(b)} in B{zones}."


def _ends(c: "Comparison") -> str:
    if c.outcomes[0] == c.outcomes[1] and c.panics[0] == c.panics[1]:
        done = "" if c.operations[0] == c.operations[1] else f", A after {c.operations[0]:,} operations, B after {c.operations[1]:,}"
        return f"Both end with {_end(c, 0)}{done}."
    return f"A ends with {_end(c, 0)}, B with {_end(c, 1)}."


def _end(c: "Comparison", side: int) -> str:
    return f"the panic {c.panics[side]!r}" if c.panics[side] else f"the outcome {c.outcomes[side] or 'unknown'!r}"
