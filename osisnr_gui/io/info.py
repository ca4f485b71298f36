"""What is known of a sound file before its samples are read."""

from dataclasses import dataclass

from .errors import LoadWarning


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """An opened sound file.

    `container` such as "WAV", `coding` such as "PCM_16"; `sample_rate` in Hz; `n_samples` per channel, as many
    as can really be read; `file_size` in bytes; `modified_ns` is the modification time in nanoseconds;
    `warnings` are those known without reading the samples.
    """

    path: str
    container: str
    coding: str
    sample_rate: int
    channels: int
    n_samples: int
    file_size: int
    modified_ns: int
    warnings: tuple[LoadWarning, ...]

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.n_samples / self.sample_rate
