"""Background work: threads that compute beside the window, and results that come back on the GUI thread.

Whoever has work for a thread owns a `Jobs` and closes it. A piece of work is a function of one argument, its `Job`:

    jobs = Jobs("histogram", self)          # the name of the threads
    jobs.reported.connect(self._show)       # every result, in order
    jobs.failed.connect(self._show_error)   # one sentence, details
    jobs.start(lambda job: count(mask, job.superseded))

`start` is for work of which only the latest counts: it takes the place of what waits. `add` is for work that is all to
be done: it waits for its turn. What a function returns is reported, unless that is None; `Job.report` tells of parts
and of progress before that.
"""

import gc
import os
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QMetaMethod, QObject, Qt, QTimer, Signal, Slot

from osisnr_gui.io.errors import Cancelled, FileError
from osisnr_gui.io.memory import use_one_pool
from osisnr_gui.text.files import error_words

# Halves the time the window waits for a processor while two threads compute on two cores; ten would let a thread that
# holds the interpreter wait too long itself when other programs are busy.
NICENESS = 5


def step_back() -> None:
    """Let this thread, and those it will start, yield to the window; for the `initializer` of a thread pool.

    Only Linux has a priority for each thread that needs no rights; elsewhere nothing happens.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(os.getpriority(os.PRIO_PROCESS, thread), NICENESS))


def favour_window() -> None:
    """Set up the interpreter for a thread that must not wait; once, when the window is built.

    A thread that wants the interpreter gets it after half a millisecond instead of five, and what start-up made is
    left out of the collector's rounds: a full one took 60 ms of the GUI thread in the middle of an hour's pass.
    """
    use_one_pool()
    sys.setswitchinterval(0.0005)
    gc.freeze()
    gc.enable()  # see `app`


class Foreground(QObject):
    """Says when the window has much to do at once, so that workers can stand aside between two pieces of theirs.

    Whoever runs Python beside the GUI thread slows it down threefold, however low its priority: the two hand each
    other the interpreter's lock, which Qt gives back at every call.
    """

    LONGEST_SECONDS = 0.05  # a window that never rests holds nobody up for longer
    REST_SHARE = 3.0  # of the time a part took to show: so long the window is left alone before the next one
    LONGEST_REST, NEVER_AT_REST = 3.0, 1.0  # seconds

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._resting = threading.Event()
        self._resting.set()
        self._since = self._next = 0.0
        # Runs when nothing else is left to do, pictures included.
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._take_rest)

    def claim(self, *_what: object) -> None:
        """From now on until everything is painted; for the GUI thread."""
        if self._resting.is_set():
            self._since = time.monotonic()
            self._resting.clear()
        self._rest.start()

    def has_time(self) -> bool:
        """Whether one more part of a result can be shown; for other threads. Each part is to be asked for."""
        now = time.monotonic()
        if not (now >= self._next if self._resting.is_set() else now > self._since + self.NEVER_AT_REST):
            return False
        self._next = now + self.LONGEST_SECONDS  # until this one has arrived
        return True

    def _take_rest(self) -> None:
        now = time.monotonic()
        self._next = now + min(self.REST_SHARE * (now - self._since), self.LONGEST_REST)
        self._resting.set()

    def give_way(self) -> None:
        """Wait while the window is at work; for other threads."""
        if not self._resting.is_set():
            self._resting.wait(max(0.0, self._since + self.LONGEST_SECONDS - time.monotonic()))


class Job:
    """One piece of work: what its function is given to tell of results and to ask whether they are still wanted.

    is_superseded : something newer waits; cancelled : not even what it has found is wanted.
    """

    __slots__ = ("_tell", "cancelled", "is_superseded", "key", "work")

    def __init__(self, work: "Work", key: Hashable, tell: Callable[["Job", object], None]) -> None:
        self.work, self.key, self._tell = work, key, tell
        self.is_superseded = self.cancelled = False

    def report(self, result: object) -> None:
        """Have `Jobs.reported` emitted with a result."""
        self._tell(self, result)

    def superseded(self) -> bool:
        """Whether it is cancelled, or something newer waits; to be asked between steps that take long."""
        return self.is_superseded


Work = Callable[[Job], object]


class Jobs(QObject):
    """Runs work on threads of its own, in turn for every `key`, and reports on the GUI thread.

    A job is never broken off: one that follows a slider would then never be done. It ends by itself when it is
    `superseded`, by returning or with `Cancelled`, and what it reports until then is delivered: whether that is still
    of use is for the receiver to say. Nothing of a job that was cancelled is delivered.

    An exception of a job that is not superseded arrives as `failed`: its words, and details unless it is a `FileError`.
    One that nobody listens for goes the way of all exceptions in threads. Call all methods on the GUI thread.
    """

    reported = Signal(object)
    failed = Signal(str, str)  # what is wrong, traceback ("" where that is no fault of the program)
    idle = Signal()
    _arrived = Signal(object, object)  # Job, result
    _ended = Signal(object, object, object)  # Job, result, arguments of `failed` or None

    def __init__(self, name: str, parent: QObject | None = None, *, n_threads: int = 1) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(n_threads, thread_name_prefix=name, initializer=step_back)
        self._lock = threading.Lock()
        self._waiting: dict[Hashable, deque[Job]] = {}  # the key whose turn it is first
        self._begun: list[Job] = []  # from the start of the work until its end has arrived
        self.is_closed = False  # whether nothing is wanted any more, ever
        # Emitted on the threads: queued, so that everything below runs on the GUI thread.
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether something waits, is under way or has not arrived yet."""
        with self._lock:
            return bool(self._waiting or self._begun)

    def start(self, *works: Work, key: Hashable = None) -> None:
        """Run this next, instead of what waits under the same key; what is under way is superseded.

        Work that equals one under way is the same: that goes on, and is not begun again.
        """
        with self._lock:
            running = [job for job in self._begun if job.key == key and not job.cancelled]
            for job in running:
                job.is_superseded |= job.work not in works
            under_way = [job.work for job in running]
            self._waiting.pop(key, None)
            self._queue([work for work in works if work not in under_way], key)

    def add(self, work: Work, key: Hashable = None) -> None:
        """Run this after what waits."""
        with self._lock:
            self._queue([work], key)

    def cancel(self) -> None:
        """Nothing is wanted any more; jobs under way end at their next question."""
        with self._lock:
            self._waiting.clear()
            for job in self._begun:
                job.is_superseded = job.cancelled = True

    def close(self) -> None:
        """Cancel and wait; afterwards nothing arrives and nothing begins."""
        with self._lock:
            self.is_closed = True
        self.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._begun.clear()

    def _queue(self, works: list[Work], key: Hashable) -> None:
        """Under the lock."""
        if self.is_closed or not works:
            return
        self._waiting.setdefault(key, deque()).extend(Job(work, key, self._arrived.emit) for work in works)
        for _work in works:
            self._pool.submit(self._run)

    def _run(self) -> None:
        """On a thread: the next job, of each key in turn; nothing where what was queued does not wait any more."""
        with self._lock:
            if not self._waiting:
                return
            key = next(iter(self._waiting))
            jobs = self._waiting.pop(key)
            job = jobs.popleft()
            if jobs:
                self._waiting[key] = jobs
            self._begun.append(job)
        result, wrong = None, None
        try:
            result = job.work(job)
        except Cancelled:
            pass
        except FileError as error:
            wrong = error_words(error), ""
        except Exception as error:
            wrong = str(error) or type(error).__name__, traceback.format_exc()
            if not job.cancelled and not self.isSignalConnected(QMetaMethod.fromSignal(self.failed)):
                thread = threading.current_thread()
                threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, thread)))
        if not self.is_closed:
            self._ended.emit(job, result, wrong)

    @Slot(object, object)
    def _deliver(self, job: Job, result: object) -> None:
        if not job.cancelled and not self.is_closed:
            self.reported.emit(result)

    @Slot(object, object, object)
    def _end(self, job: Job, result: object, wrong: tuple[str, str] | None) -> None:
        if self.is_closed:
            return
        with self._lock:
            self._begun.remove(job)
        if wrong is not None and not job.superseded():
            self.failed.emit(*wrong)
        elif result is not None:
            self._deliver(job, result)
        if not self.is_busy:
            self.idle.emit()


def close_jobs(owner: QObject) -> None:
    """Close all jobs of whatever lies below an object, see `Jobs.close`."""
    for jobs in owner.findChildren(Jobs):
        jobs.close()


def is_busy(owner: QObject) -> bool:
    """Whether a job of whatever lies below an object waits or is under way."""
    return any(jobs.is_busy for jobs in owner.findChildren(Jobs))
