"""`python -m osisnr_gui` opens the window."""

from osisnr_gui.app import window

if __name__ == "__main__":
    raise SystemExit(window())
