"""Where both programs of a bundle begin: helpers of multiprocessing first, then children, then the program itself."""

import multiprocessing
import os
import sys

if __name__ == "__main__":
    # The bundle's own libraries are for this program, not for a browser it opens.
    original = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if original is not None:
        os.environ["LD_LIBRARY_PATH"] = original
    elif sys.platform == "linux":
        os.environ.pop("LD_LIBRARY_PATH", None)
    multiprocessing.freeze_support()
    from osisnr_gui.app import start_bundle

    sys.exit(start_bundle())
