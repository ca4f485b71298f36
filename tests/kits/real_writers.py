"""Programs that write sound files as users get them."""

APT_PACKAGES = "ffmpeg sox libsox-fmt-all"
