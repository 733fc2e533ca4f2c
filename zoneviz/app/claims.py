"""Running what the claims ask for, each distinct run once, in processes of their own; and what came out."""

import multiprocessing
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, NamedTuple

from zoneviz import claims
from zoneviz.app.simulation import Simulation
from zoneviz.app.watching import Watcher
from zoneviz.claims import Claim, Row, Variant, spread
from zoneviz.errors import ZonevizError
from zoneviz.events import Catalog
from zoneviz.recording import Header, Recording
from zoneviz.spec import RunSpec

ELSEWHERE = "needs other settings"
"""How `Row.observed` begins where a claim asks only for runs with other settings."""
_SLICE = 0.1
_LOOK = 0.2
_BATCH = 1 << 16
_STRANGE = (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError)
"""What looking into a result may raise that a stranger wrote."""
_stop: Any = None
"""In a worker: the event that says it is to stop."""


class Job(NamedTuple):
    """A distinct run. Hashable, so that claims share it."""

    scenario: str
    profile: str
    settings: tuple[tuple[str, str], ...]
    seed: int


def job(variant: Variant, seed: int) -> Job:
    """The run that a claim's variant asks for with a seed. What it sets to the default is left out, so that equal runs are one."""
    settings = dict(variant.settings)
    try:
        asked, plain = (RunSpec(variant.scenario, variant.profile, s).resolve() for s in (settings, {}))
        defaults = plain.profile.settings() | dict(plain.params)
        settings = {name: text for name, text in settings.items() if asked.parameters()[name] != defaults[name]}
    except ZonevizError:
        pass  # running it will tell
    return Job(variant.scenario, variant.profile, tuple(sorted(settings.items())), seed)


def seeds_of(claim: Claim, variant: Variant, seeds: int) -> range:
    """The seeds that a run of a claim has when so many are asked for."""
    return range(1, (variant.seeds or max(seeds, claim.seeds)) + 1)


def distinct(wanted: Sequence[Claim], seeds: int) -> dict[Job, int]:
    """The distinct runs in the order of the claims, and the number of events each may have."""
    found: dict[Job, int] = {}
    for claim in wanted:
        for variant in claim.variants:
            for seed in seeds_of(claim, variant, seeds):
                key = job(variant, seed)
                found[key] = max(found.get(key, 0), variant.max_events)
    return found


def observe(key: Job, max_events: int, should_stop: Callable[[], bool] = lambda: False) -> dict[str, Any]:
    """What is seen of one run (app.watching).

    A run that goes on after `max_events` is stopped and has the outcome `interrupted`; one that cannot be run has
    `failed`, and `why`.
    """
    try:
        spec = RunSpec(key.scenario, key.profile, dict(key.settings), key.seed, record=False)
        catalog = Catalog()
        watcher = Watcher(catalog)
        simulation = Simulation(spec, catalog=catalog, take=watcher.take)
        while simulation.advance(_SLICE):
            if should_stop() or simulation.events >= max_events:
                simulation.flush()
                simulation.stop()
        return watcher.seen(simulation.result())
    except ZonevizError as error:
        return {"outcome": "failed", "why": str(error), "panic": None, "parameters": dict(key.settings)}
    except Exception as error:  # a bug in one run must not take the other rows with it
        return {"outcome": "failed", "why": f"{type(error).__name__}: {error}", "panic": None, "parameters": dict(key.settings)}


def run_jobs(
    wanted: Mapping[Job, int],
    workers: int,
    on_done: Callable[[Job, dict[str, Any]], object],
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Run them all, at most `workers` at once, and tell of each when it is done; when asked to stop, of none any more."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with ProcessPoolExecutor(workers, context, _begin, (stop,)) as pool:
        open_: dict[Future[dict[str, Any]], Job] = {pool.submit(_observe, key, limit): key for key, limit in wanted.items()}
        while open_:
            done, _ = wait(open_, _LOOK, FIRST_COMPLETED)
            for future in done:
                key = open_.pop(future)
                try:
                    seen = future.result()
                except BrokenProcessPool:
                    seen = {"outcome": "failed", "why": "Its process was ended.", "panic": None, "parameters": dict(key.settings)}
                on_done(key, seen)
            if should_stop():
                stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                return


def _begin(stop: Any) -> None:
    """In each worker: Ctrl-C is the parent's business."""
    global _stop
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _observe(key: Job, limit: int) -> dict[str, Any]:
    return observe(key, limit, _stop.is_set)


def report(wanted: Sequence[Claim], seeds: int, done: Mapping[Job, dict[str, Any]]) -> list[dict[str, Any]]:
    """What `claims --json` prints: a row for each claim, from the runs that are done."""
    out = []
    for claim in wanted:
        figures: dict[str, list[Any]] = {v.label: [] for v in claim.variants}
        runs = []
        for variant in claim.variants:
            for seed in seeds_of(claim, variant, seeds):
                seen = done.get(job(variant, seed))
                if seen is None:
                    continue
                figure = claim.figure_of(variant, seen)
                if figure is not None:
                    figures[variant.label].append(figure)
                runs.append(_run(variant, seed, seen, figure))
        found = claims.row(claim, figures)
        out.append(
            found._asdict() | {"mechanism": claim.mechanism, "falsified": claim.falsified, "seeds": max(seeds, claim.seeds), "runs": runs}
        )
    return out


def _run(variant: Variant, seed: int, seen: Mapping[str, Any], figure: Any) -> dict[str, Any]:
    panic = seen["panic"]
    return {
        "label": variant.label,
        "scenario": variant.scenario,
        "profile": variant.profile,
        "settings": dict(variant.settings),
        "seed": seed,
        "parameters": seen["parameters"],
        "outcome": seen["outcome"],
        "figure": figure,
        "memory": panic["memory"] if panic else None,
        **({"why": seen["why"]} if seen.get("why") else {}),
    }


def claims_for(recording: Recording) -> list[Row]:
    """What the page says about the experiment of a recording, and what this run answers.

    A row for each claim that asks for runs of this scenario, those first that ask for this very run. `observed` has this
    run's figure, or says which settings the claim asks for; `verdict` is empty unless this run alone decides it. May read
    all events: about a second for a million.
    Errors: InputError if the recording is damaged.
    """
    header, seen = recording.header, _Lazy(recording)
    here, elsewhere = [], []
    for claim in claims.CLAIMS.values():
        asked = [variant for variant in claim.variants if variant.scenario == header.scenario]
        mine = [variant for variant in asked if _is_run(variant, header)]
        figures = {v.label: [figure] for v in mine if (figure := _figure(claim, v, seen)) is not None}
        found = _row(claim, figures)
        if mine:
            alone = len(figures) == len(claim.variants) and claim.seeds == 1
            observed = ", ".join(f"{label}: {spread(values)}" for label, values in figures.items()) or "this run has no result"
            here.append(found if alone else found._replace(observed=observed, verdict=""))
        elif asked:
            observed = f"{ELSEWHERE}: " + "; ".join(_settings(variant) for variant in asked)
            elsewhere.append(found._replace(observed=observed, verdict=""))
    return here + elsewhere


def _figure(claim: Claim, variant: Variant, seen: "_Lazy") -> Any:
    """The figure of a recorded run, None too where the recording's result is not what ours would be."""
    try:
        found = claim.figure_of(variant, seen)
    except _STRANGE:
        return None
    return found if isinstance(found, int | float | str) else None


def _row(claim: Claim, figures: Mapping[str, Sequence[Any]]) -> Row:
    try:
        return claims.row(claim, figures)
    except _STRANGE:
        return claims.row(claim, {})


def _settings(variant: Variant) -> str:
    return ", ".join([variant.profile, *(f"{name}={text}" for name, text in variant.settings.items())])


def _is_run(variant: Variant, header: Header) -> bool:
    try:
        plan = RunSpec(variant.scenario, variant.profile, dict(variant.settings)).resolve()
    except ZonevizError:
        return False
    given = {name: header.parameters.get(name) for name in plan.params}
    return header.profile == variant.profile and given == dict(plan.params) and dict(header.profile_values) == plan.profile.settings()


class _Lazy(dict[str, Any]):
    """What was seen of a recorded run. Its result stands there; for the rest the events are read when someone asks."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording.header.result)
        self._recording = recording

    def __missing__(self, name: str) -> Any:
        recording = self._recording
        if recording.first_event != 1:
            raise KeyError(name)  # a part does not know what came before
        watcher = Watcher(recording.catalog)
        for first in range(recording.first_event, recording.event_count + 1, _BATCH):
            watcher.watch(recording.events(first, min(first + _BATCH - 1, recording.event_count)))
        self.update(watcher.seen(dict(recording.header.result)))
        if name not in self:
            raise KeyError(name)
        return self[name]
