"""Runs what the claims need, each different run once, in processes; and judges the results."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from zoneviz import claims
from zoneviz.app.pool import KILLED, asked_to_stop, run_all
from zoneviz.app.simulation import Simulation
from zoneviz.app.watching import Watcher
from zoneviz.claims.model import Claim, Row, Trial, spread
from zoneviz.errors import ZonevizError
from zoneviz.events import Catalog
from zoneviz.recording import Header, Recording
from zoneviz.settings import text
from zoneviz.spec import RunSpec

ELSEWHERE = "needs other settings"
"""How `Row.observed` begins where a claim asks only for runs with other settings."""
_SLICE = 0.1
"""Seconds between two looks at the stop event in a worker."""
_BATCH = 1 << 16
_MALFORMED = (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError)
"""Errors of reading a result that somebody else's program may have written."""


def run_of(trial: Trial, seed: int) -> RunSpec:
    """The run of a trial with a seed, without the settings that have their default: equal runs are equal specs."""
    spec = replace(trial.spec, seed=seed, record=False)
    try:
        return spec.reduced()
    except ZonevizError:
        return spec  # `observe` reports it


def seeds_of(claim: Claim, trial: Trial, seeds: int) -> range:
    """The seeds of a trial if `seeds` were asked for."""
    return range(1, (max(seeds, claim.seeds) if trial.seeds is None else trial.seeds) + 1)


def distinct(chosen: Sequence[Claim], seeds: int) -> dict[RunSpec, int]:
    """The different runs of some claims, in their order, and the maximum number of events of each."""
    found: dict[RunSpec, int] = {}
    for claim in chosen:
        for trial in claim.trials:
            for seed in seeds_of(claim, trial, seeds):
                spec = run_of(trial, seed)
                found[spec] = max(found.get(spec, 0), trial.max_events)
    return found


def observe(spec: RunSpec, max_events: int, should_stop: Callable[[], bool] = lambda: False) -> dict[str, Any]:
    """What is seen of one run, as `Watcher.seen`.

    After `max_events` the run is stopped with the outcome `interrupted`. If it fails, the outcome is `failed` and `why`
    has the reason.
    """
    try:
        catalog = Catalog()
        watcher = Watcher(catalog)
        simulation = Simulation(spec, catalog=catalog, take=watcher.take)
        while simulation.advance(_SLICE):
            if should_stop() or simulation.events >= max_events:
                simulation.flush()
                simulation.stop()
        return watcher.seen(simulation.result())
    except ZonevizError as error:
        return _failed(spec, str(error))
    except Exception as error:  # a bug in one run must not lose the others
        return _failed(spec, f"{type(error).__name__}: {error}")


def _failed(spec: RunSpec, why: str) -> dict[str, Any]:
    return {"outcome": "failed", "why": why, "panic": None, "parameters": dict(spec.settings)}


def run_jobs(
    runs: Mapping[RunSpec, int],
    workers: int,
    on_done: Callable[[RunSpec, dict[str, Any]], object],
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Run all, at most `workers` at once, and call `on_done` with each when it has ended.

    `runs`: the maximum number of events of each. Once `should_stop` is true the rest is cancelled and not reported.
    """
    run_all(_observe, runs.items(), workers, lambda job, seen: on_done(job[0], seen), lambda job: _failed(job[0], KILLED), should_stop)


def _observe(job: tuple[RunSpec, int]) -> dict[str, Any]:
    return observe(*job, asked_to_stop)


def report(chosen: Sequence[Claim], seeds: int, done: Mapping[RunSpec, dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per claim, from the runs that are done: what `claims --json` prints."""
    out = []
    for claim in chosen:
        figures: dict[str, list[Any]] = {trial.label: [] for trial in claim.trials}
        runs = []
        for trial in claim.trials:
            for seed in seeds_of(claim, trial, seeds):
                seen = done.get(run_of(trial, seed))
                if seen is None:
                    continue
                figure = claim.figure_of(trial, seen)
                if figure is not None:
                    figures[trial.label].append(figure)
                runs.append(_run(trial, seed, seen, figure))
        found = claims.row(claim, figures)
        out.append(
            found._asdict() | {"mechanism": claim.mechanism, "falsified": claim.falsified, "seeds": max(seeds, claim.seeds), "runs": runs}
        )
    return out


def _run(trial: Trial, seed: int, seen: Mapping[str, Any], figure: Any) -> dict[str, Any]:
    panic = seen["panic"]
    return {
        "label": trial.label,
        "scenario": trial.spec.scenario,
        "profile": trial.spec.profile,
        "settings": dict(trial.spec.settings),
        "seed": seed,
        "parameters": seen["parameters"],
        "outcome": seen["outcome"],
        "figure": figure,
        "memory": panic["memory"] if panic else None,
        **({"why": seen["why"]} if seen.get("why") else {}),
    }


def claims_for(recording: Recording) -> list[Row]:
    """The observations about the scenario of a recording, compared with this run.

    One row per claim that runs this scenario; those with exactly these settings first. `observed` is the figure of this
    run, or the settings the claim needs; `verdict` is empty unless this run alone decides it. May read all events:
    about a second per million.
    Errors: InputError if the recording is damaged.
    """
    header, seen = recording.header, _Lazy(recording)
    here, elsewhere = [], []
    for claim in claims.CLAIMS.values():
        same_scenario = [trial for trial in claim.trials if trial.spec.scenario == header.scenario]
        same_run = [trial for trial in same_scenario if _is_run(trial.spec, header)]
        figures = {trial.label: [figure] for trial in same_run if (figure := _figure(claim, trial, seen)) is not None}
        found = _row(claim, figures)
        if same_run:
            decides = len(figures) == len(claim.trials) and claim.seeds == 1
            observed = ", ".join(f"{label}: {spread(values)}" for label, values in figures.items()) or "this run has no result"
            here.append(found if decides else found._replace(observed=observed, verdict=""))
        elif same_scenario:
            observed = f"{ELSEWHERE}: " + "; ".join(dict.fromkeys(_settings(trial.spec) for trial in same_scenario))
            elsewhere.append(found._replace(observed=observed, verdict=""))
    return here + elsewhere


def concerned(header: Header) -> bool:
    """Whether an observation is about the scenario of this recording, whatever its settings."""
    trials = (trial for claim in claims.CLAIMS.values() for trial in claim.trials)
    return header.can_run_again and any(trial.spec.scenario == header.scenario for trial in trials)


def runs_of(claim: str, header: Header) -> dict[str, RunSpec]:
    """The runs that an observation is about, by label, without those like the recorded one. Equal runs have one label."""
    found = {run_of(trial, 1): trial for trial in reversed(claims.CLAIMS[claim].trials) if not _is_run(trial.spec, header)}
    return {trial.label: replace(spec, record=True) for spec, trial in reversed(found.items())}


def _figure(claim: Claim, trial: Trial, seen: "_Lazy") -> Any:
    """The figure of a recorded run; None also if its result is malformed."""
    try:
        found = claim.figure_of(trial, seen)
    except _MALFORMED:
        return None
    return found if isinstance(found, int | float | str) else None


def _row(claim: Claim, figures: Mapping[str, Sequence[Any]]) -> Row:
    try:
        return claims.row(claim, figures)
    except _MALFORMED:
        return claims.row(claim, {})


def _settings(spec: RunSpec) -> str:
    return ", ".join([spec.profile, *(f"{name}={text(value)}" for name, value in spec.settings.items())])


def _is_run(spec: RunSpec, header: Header) -> bool:
    """Whether the recorded run has exactly the values of `spec`, whatever its seed."""
    try:
        plan = spec.resolve()
    except ZonevizError:
        return False
    recorded = {name: header.parameters.get(name) for name in plan.params}
    return header.profile == spec.profile and recorded == plan.params and dict(header.profile_values) == plan.profile.settings()


class _Lazy(dict[str, Any]):
    """What is seen of a recorded run: its result, and the rest from its events as soon as something else is looked up."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording.header.result)
        self._recording = recording

    def __missing__(self, name: str) -> Any:
        recording = self._recording
        if recording.first_event != 1:
            raise KeyError(name)  # an excerpt lacks the events before it
        watcher = Watcher(recording.catalog)
        for first in range(recording.first_event, recording.event_count + 1, _BATCH):
            watcher.watch(recording.events(first, min(first + _BATCH - 1, recording.event_count)))
        self.update(watcher.seen(dict(recording.header.result)))
        if name not in self:
            raise KeyError(name)
        return self[name]
