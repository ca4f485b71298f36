"""See and judge speech separation: spectrograms, per-frame OSI-SNR and a live fused loss."""

__version__ = "0.1.0"
