"""Rules that judge whether figures reproduce an observation, and the remark each adds."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from statistics import mean, pstdev

from zoneviz.claims.model import Figures, Rule, number


def near(targets: Mapping[str, float], share: float, ordered: bool = False) -> Rule:
    """Each mean is within `share` of its target. `ordered`: the means are also in the order of the targets."""

    def judge(figures: Figures) -> tuple[bool, str]:
        means = {label: mean(figures[label]) for label in targets}
        off = {label: means[label] / target - 1 for label, target in targets.items()}
        falling = [means[label] for label in sorted(targets, key=lambda x: -targets[x])]
        in_order = not ordered or falling == sorted(falling, reverse=True)
        words = ", ".join(f"{label} {round(100 * value):+} %" for label, value in off.items())
        return all(abs(value) <= share for value in off.values()) and in_order, words + ("" if in_order else ", out of order")

    return Rule(tuple(targets.values()), judge, targets)


def between(low: float, high: float, *labels: str) -> Rule:
    """Every figure of these labels (of all labels if empty) is from `low` to `high`."""

    def judge(figures: Figures) -> tuple[bool, str]:
        values = [v for label in labels or figures for v in figures[label]]
        return all(low <= v <= high for v in values), ""

    return Rule((low, high), judge)


def ratio(over: str, under: str, low: float, high: float) -> Rule:
    """The mean of `over` divided by the mean of `under` is from `low` to `high`."""

    def judge(figures: Figures) -> tuple[bool, str]:
        below = mean(figures[under])
        value = mean(figures[over]) / below if below else 0.0
        return low <= value <= high, f"{over} / {under} = {value:.2f}"

    return Rule((low, high), judge)


def difference(a: str, b: str, low: float, high: float) -> Rule:
    """The mean of `a` minus the mean of `b` is from `low` to `high`."""

    def judge(figures: Figures) -> tuple[bool, str]:
        value = mean(figures[a]) - mean(figures[b])
        return low <= value <= high, f"{a} - {b} = {round(value):+,}"

    return Rule((abs(low), abs(high)), judge)


def ascending(*labels: str) -> Rule:
    """The means of the labels rise in this order."""

    def judge(figures: Figures) -> tuple[bool, str]:
        means = [mean(figures[label]) for label in labels]
        return all(a < b for a, b in pairwise(means)), ""

    return Rule((), judge)


def steady(label: str, most: float) -> Rule:
    """The figures of the seeds differ by at most `most`."""

    def judge(figures: Figures) -> tuple[bool, str]:
        values = figures[label]
        wide = max(values) - min(values)
        return wide <= most, f"range {number(wide)} over {len(values)} seeds"

    return Rule((most,), judge)


def looser(wild: str, calm: str, lower: float, wider: float) -> Rule:
    """The mean of `wild` is lower than that of `calm` by at least the share `lower`, its deviation at least `wider` times as large."""

    def judge(figures: Figures) -> tuple[bool, str]:
        less = 1 - mean(figures[wild]) / mean(figures[calm])
        a, b = pstdev(figures[wild]), pstdev(figures[calm])
        return less >= lower and a >= wider * b, f"mean {0 - 100 * less:+.1f} %, deviation {a:.1f} against {b:.1f}"

    return Rule((), judge)


def words(check: Callable[[str], bool], *labels: str) -> Rule:
    """Each figure of these labels (of all labels if empty) passes `check`, as text."""

    def judge(figures: Figures) -> tuple[bool, str]:
        return all(check(str(v)) for label in labels or figures for v in figures[label]), ""

    return Rule((), judge)


def both(*rules: Rule) -> Rule:
    """All rules hold."""

    def judge(figures: Figures) -> tuple[bool, str]:
        found = [rule.judge(figures) for rule in rules]
        return all(met for met, _ in found), "; ".join(more for _, more in found if more)

    return Rule(tuple(n for rule in rules for n in rule.numbers), judge)


def threshold(ladder: Sequence[str], never: Sequence[str]) -> Rule:
    """Some step of the ladder panics (as `figures.ended` says it), and no label in `never` does."""

    def judge(figures: Figures) -> tuple[bool, str]:
        shares = {label: sum(v.startswith("panic") for v in figures[label]) / len(figures[label]) for label in (*ladder, *never)}
        first = next((label for label in ladder if shares[label]), None)
        calm = not any(shares[label] for label in never)
        remark = f"panics from {first} on, in {round(100 * shares[first])} % of the seeds" if first else "never panics"
        return first is not None and calm, remark

    return Rule((), judge)


def same(label: str) -> Rule:
    """Every seed gives the same figure."""

    def judge(figures: Figures) -> tuple[bool, str]:
        return len(set(figures[label])) == 1, f"{len(figures[label])} seeds"

    return Rule((), judge)


def some(check: Callable[[str], bool], *labels: str) -> Rule:
    """All figures of at least one of these labels pass `check`, as text."""

    def judge(figures: Figures) -> tuple[bool, str]:
        return any(all(check(str(v)) for v in figures[label]) for label in labels), ""

    return Rule((), judge)
