"""Pairs scored by a Dask cluster instead of this machine (the extra `cluster`)."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any, Self

from osisnr_gui.io.errors import FileError

WAIT_SECONDS = 15.0
EXTRA = "osisnr-gui[cluster]"


class Cluster:
    """The workers behind a Dask scheduler. They need this program and must see the files under the same paths.

    Raises FileError when dask.distributed is not installed or nothing answers at `address`.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            detail, remedy = "a cluster needs dask.distributed", f"install it with: pip install '{EXTRA}'"
            raise FileError(address, detail, remedy) from None
        try:
            connect: Any = Client
            self._client = connect(address, timeout=WAIT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError):
            detail = "no Dask scheduler of a matching version answers"
            raise FileError(address, detail, "check the address, such as tcp://host:8786") from None

    @property
    def n_threads(self) -> int:
        """Threads of all workers that are there now."""
        return sum(self._client.nthreads().values())

    def open_executor(self) -> Executor:
        """An executor of `concurrent.futures`' kind. A pair is scored anew whenever it is asked for."""
        executor: Executor = self._client.get_executor(pure=False)
        return executor

    def close(self) -> None:
        """Leave the cluster to others."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
