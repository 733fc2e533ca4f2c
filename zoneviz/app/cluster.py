"""Runs jobs on an existing Dask cluster. Dask schedules them and repeats those of a lost worker; needs the extra `cluster`.

Scheduler and workers need the same zoneviz. A worker checks its model before each job, because workers may join at any time.
"""

import asyncio
import concurrent.futures
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from zoneviz.app.model import model_version
from zoneviz.errors import EnvironmentProblem, UsageError, ZonevizError, described

Row = dict[str, Any]
Job = TypeVar("Job")
PATIENCE = 60.0
"""Seconds without a worker after which a cluster is given up."""
KEPT = "The finished runs are kept; the same command continues."
_CONNECT = 10.0
"""Seconds within which a cluster must answer."""
_POLL = 0.2
"""Seconds between two looks at the jobs in hand."""
_COUNT = 1.0
"""Seconds between two counts of the workers."""
_one_at_a_time = threading.Lock()
"""In a worker with several threads: simulations in one process share the GIL, so two at a time would only be slower."""


class Cluster:
    """A connection to the cluster whose scheduler has this address, such as tcp://HOST:8786. Close it, or use it as a context manager.

    `workers`: processes of the cluster, as last counted.
    Errors: EnvironmentProblem if dask.distributed is not installed, or the cluster does not answer or has no workers; UsageError for
    an invalid address.
    """

    def __init__(self, address: str, patience: float = PATIENCE, answer: float = _CONNECT) -> None:
        try:
            import distributed
        except ImportError:
            raise EnvironmentProblem("--cluster needs dask.distributed: pip install 'zoneviz[cluster]'.") from None
        for name in ("distributed", "distributed.client"):  # what they log, an error of ours says in one sentence
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self.address, self._patience = address, patience
        try:
            asyncio.run(_reach(address, answer))  # a Client that fails to connect would keep trying
            self._client = distributed.Client(address, timeout=answer, set_as_default=False)
        except ValueError as error:
            raise UsageError(f"--cluster {address!r} is not an address ({error}); use the scheduler's, such as tcp://HOST:8786.") from None
        except OSError:
            raise EnvironmentProblem(
                f"The cluster {address} does not answer; start its scheduler with `dask scheduler`, or use the address that it prints."
            ) from None
        try:
            self._client.wait_for_workers(1, timeout=answer)
        except TimeoutError:
            self.close()
            raise EnvironmentProblem(
                f"The cluster {address} has no workers; start some with `dask worker {address} --nworkers auto --nthreads 1`."
            ) from None
        self.workers, self._counted, self._seen = 1, float("-inf"), time.monotonic()
        self._count()

    def run_all(
        self,
        work: Callable[[Job, Callable[[], bool]], Row],
        jobs: Iterable[Job],
        on_done: Callable[[Job, Row], object],
        killed: Callable[[Job], Row],
        should_stop: Callable[[], bool] = lambda: False,
        own: Path | None = None,
    ) -> None:
        """As `pool.run_all`, in the workers of the cluster. `work` gets the job and a function that says whether to end early.

        `killed`: the result of a job that has taken several workers down. `own`: the user's scenario file, which each worker reads at
        the same path. Errors: EnvironmentProblem if the cluster is lost, has no workers for a while, or cannot run this zoneviz.
        """
        source, model = iter(jobs), model_version(own)
        pending: dict[Any, Job] = {}
        try:
            while not should_stop():
                for job in islice(source, max(2 * self._count() - len(pending), 0)):
                    pending[self._client.submit(_at_worker, work, job, own, model, pure=False)] = job
                if not pending:
                    break
                for future in self._ended(pending):
                    job = pending.pop(future)
                    row = self._result(future)
                    on_done(job, killed(job) if row is None else row)
        finally:
            if self._client.status == "running":
                self._client.cancel(list(pending), force=True)

    def _ended(self, pending: Mapping[Any, Any]) -> list[Any]:
        """Those that end within `_POLL` seconds."""
        import distributed

        with self._connected(), self._client.as_current():
            try:
                return list(distributed.wait(list(pending), timeout=_POLL, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                return []

    def _result(self, future: Any) -> Row | None:
        """None if the job has taken several workers down. Errors: EnvironmentProblem if it could not be run."""
        import distributed

        with self._connected():
            try:
                return dict(future.result())
            except distributed.KilledWorker:
                return None
            except (ZonevizError, OSError, concurrent.futures.CancelledError):
                raise
            except Exception as error:  # it cannot be unpickled there
                raise EnvironmentProblem(
                    f"The cluster {self.address} cannot run zoneviz ({described(error)}); its scheduler and workers need the same "
                    f"zoneviz and Python as here. {KEPT}"
                ) from None

    def _count(self) -> int:
        """Number of workers, counted again each second. Errors: EnvironmentProblem if there have been none for a while."""
        now = time.monotonic()
        if now - self._counted >= _COUNT:
            with self._connected():
                self.workers, self._counted = len(self._client.nthreads()), now
        if self.workers:
            self._seen = now
        elif now - self._seen > self._patience:
            raise EnvironmentProblem(f"The cluster {self.address} has had no workers for {self._patience:,.0f} s. {KEPT}")
        return self.workers

    @contextmanager
    def _connected(self) -> Iterator[None]:
        try:
            yield
        except (OSError, concurrent.futures.CancelledError, asyncio.CancelledError):
            raise EnvironmentProblem(f"The connection to the cluster {self.address} is lost. {KEPT}") from None

    def close(self) -> None:
        """Disconnect. The cluster keeps running."""
        self._client.close(timeout=_CONNECT)

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


async def _reach(address: str, seconds: float) -> None:
    """Connect and disconnect. Errors: OSError; ValueError for an invalid address."""
    from distributed.comm import connect

    comm = await asyncio.wait_for(connect(address, timeout=seconds), seconds)
    comm.abort()


def _at_worker(work: Callable[[Any, Callable[[], bool]], Row], job: Any, own: Path | None, model: str) -> Row:
    """In a worker: the result of a job. Errors: EnvironmentProblem if the worker has another model."""
    import distributed
    from distributed.worker import thread_state

    worker, key = distributed.get_worker(), thread_state.key
    here = model_version(own)
    if here != model:
        found = f"model {here}" if here else f"no readable {own}"
        raise EnvironmentProblem(
            f"The worker {worker.address} has {found}, this zoneviz has model {model}; install the same zoneviz for all workers. {KEPT}"
        )
    stopped = False

    def unwanted() -> bool:
        """Whether the client has cancelled the job, or is gone."""
        nonlocal stopped
        task = worker.state.tasks.get(key)
        stopped = stopped or task is None or task.state != "executing"
        return stopped

    with _one_at_a_time:
        row = work(job, unwanted)
    if stopped:  # if it is wanted after all, it must be run again
        raise distributed.Reschedule
    return row
