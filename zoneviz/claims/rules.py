"""The rules by which figures count as reproduced, and their words."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from statistics import mean, pstdev

from zoneviz.claims.model import Figures, Rule, number


def near(targets: Mapping[str, float], share: float, ordered: bool = False) -> Rule:
    """Each mean is within `share` of its target; `ordered`: and they stand in the targets' order."""

    def judge(figures: Figures) -> tuple[bool, str]:
        means = {label: mean(figures[label]) for label in targets}
        off = {label: means[label] / target - 1 for label, target in targets.items()}
        falling = [means[label] for label in sorted(targets, key=lambda x: -targets[x])]
        in_order = not ordered or falling == sorted(falling, reverse=True)
        words = ", ".join(f"{label} {value:+.0%}" for label, value in off.items())
        return all(abs(value) <= share for value in off.values()) and in_order, words + ("" if in_order else ", out of order")

    return Rule(tuple(targets.values()), judge)


def between(low: float, high: float, *labels: str) -> Rule:
    """Every figure of these labels (none named: of all) is from `low` to `high`."""

    def judge(figures: Figures) -> tuple[bool, str]:
        values = [v for label in labels or figures for v in figures[label]]
        return all(low <= v <= high for v in values), ""

    return Rule((low, high), judge)


def ratio(over: str, under: str, low: float, high: float) -> Rule:
    """Mean of one run over the mean of another."""

    def judge(figures: Figures) -> tuple[bool, str]:
        below = mean(figures[under])
        value = mean(figures[over]) / below if below else 0.0
        return low <= value <= high, f"{over} / {under} = {value:.2f}"

    return Rule((low, high), judge)


def difference(a: str, b: str, low: float, high: float) -> Rule:
    """Mean of `a` less mean of `b`."""

    def judge(figures: Figures) -> tuple[bool, str]:
        value = mean(figures[a]) - mean(figures[b])
        return low <= value <= high, f"{a} - {b} = {value:+,.0f}"

    return Rule((abs(low), abs(high)), judge)


def ascending(*labels: str) -> Rule:
    """The means rise in this order."""

    def judge(figures: Figures) -> tuple[bool, str]:
        means = [mean(figures[label]) for label in labels]
        return all(a < b for a, b in pairwise(means)), ""

    return Rule((), judge)


def steady(label: str, most: float) -> Rule:
    """The figures over the seeds lie within a range of `most`."""

    def judge(figures: Figures) -> tuple[bool, str]:
        values = figures[label]
        wide = max(values) - min(values)
        return wide <= most, f"range {number(wide)} over {len(values)} seeds"

    return Rule((most,), judge)


def looser(wild: str, calm: str, lower: float, wider: float) -> Rule:
    """`wild` has a mean lower by at least the share `lower` and a deviation at least `wider` times that of `calm`."""

    def judge(figures: Figures) -> tuple[bool, str]:
        less = 1 - mean(figures[wild]) / mean(figures[calm])
        a, b = pstdev(figures[wild]), pstdev(figures[calm])
        return less >= lower and a >= wider * b, f"mean {-less:+.1%}, deviation {a:.1f} against {b:.1f}"

    return Rule((), judge)


def words(check: Callable[[str], bool], *labels: str) -> Rule:
    """Each figure of these labels (none named: of all) is a word that passes."""

    def judge(figures: Figures) -> tuple[bool, str]:
        return all(check(str(v)) for label in labels or figures for v in figures[label]), ""

    return Rule((), judge)


def both(*rules: Rule) -> Rule:
    """All of them hold."""

    def judge(figures: Figures) -> tuple[bool, str]:
        found = [rule.judge(figures) for rule in rules]
        return all(met for met, _ in found), "; ".join(more for _, more in found if more)

    return Rule(tuple(n for rule in rules for n in rule.numbers), judge)


def threshold(ladder: Sequence[str], never: Sequence[str]) -> Rule:
    """Some step of the ladder (words of `figures.ended`) panics, and what is in `never` does not."""

    def judge(figures: Figures) -> tuple[bool, str]:
        shares = {label: sum(v.startswith("panic") for v in figures[label]) / len(figures[label]) for label in (*ladder, *never)}
        first = next((label for label in ladder if shares[label]), None)
        calm = not any(shares[label] for label in never)
        return first is not None and calm, f"panics from {first} on, in {shares[first]:.0%} of the seeds" if first else "never panics"

    return Rule((), judge)


def same(label: str) -> Rule:
    """Every seed gives the same."""

    def judge(figures: Figures) -> tuple[bool, str]:
        return len(set(figures[label])) == 1, f"{len(figures[label])} seeds"

    return Rule((), judge)


def some(check: Callable[[str], bool], *labels: str) -> Rule:
    """At least one of these labels has only words that pass."""

    def judge(figures: Figures) -> tuple[bool, str]:
        return any(all(check(str(v)) for v in figures[label]) for label in labels), ""

    return Rule((), judge)
