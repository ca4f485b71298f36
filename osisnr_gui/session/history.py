"""Undo and redo over frozen sessions."""

from collections.abc import Callable

from osisnr_gui.session.session import Session

MERGE_SECONDS = 1.0
LIMIT = 2000


class History:
    """Sessions before and after the present one.

    Edits with the same non-empty key that follow each other within a second count as one, and so do all of a drag,
    however long the pointer rests in it.
    """

    def __init__(self, session: Session) -> None:
        self.present = session
        self._past: list[Session] = []
        self._future: list[Session] = []
        self._key = ""
        self._when = float("-inf")
        self._held = False

    @property
    def previous(self) -> Session | None:
        """What `undo` would go back to; None where there is nothing."""
        return self._past[-1] if self._past else None

    @property
    def following(self) -> Session | None:
        """What `redo` would go forward to; None where nothing was undone."""
        return self._future[-1] if self._future else None

    def hold(self, held: bool, now: float) -> None:
        """A drag begins or ends; `now` as for `push`."""
        if held and now - self._when > MERGE_SECONDS:
            self._key = ""  # another drag, another step
        elif self._held:
            self._when = now  # the last place of the handle may be told after it was let go
        self._held = held

    def push(self, session: Session, key: str, now: float) -> None:
        """Make `session` the present one; `now` in seconds, on any clock that only goes forward."""
        follows = self._held or now - self._when <= MERGE_SECONDS
        merges = key != "" and key == self._key and follows and self._past
        if not merges:
            self._past = [*self._past[-LIMIT + 1 :], self.present]
        self._future = []
        self.present, self._key, self._when = session, key, now

    def undo(self) -> Session:
        """Back to the session before."""
        return self._step(self._past, self._future)

    def find(self, wanted: Callable[[Session], bool]) -> bool:
        """Go to the nearest session that is wanted, backwards first; stay and say False where there is none."""
        if wanted(self.present):
            return True
        for sessions, step in ((self._past, self.undo), (self._future, self.redo)):
            if any(map(wanted, sessions)):
                while not wanted(self.present):
                    step()
                return True
        return False

    def redo(self) -> Session:
        """Forward again."""
        return self._step(self._future, self._past)

    def _step(self, taken: list[Session], left: list[Session]) -> Session:
        if taken:
            left.append(self.present)
            self.present = taken.pop()
            self._key = ""
        return self.present
