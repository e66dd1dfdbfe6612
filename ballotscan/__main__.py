"""python -m ballotscan."""

import os

# Before numpy is imported, here and in the workers that inherit it: one medium product of matrices
# wakes a pool of threads that then waits actively and doubles the time of a page (docs/speed.md).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from ballotscan.cli.app import main

if __name__ == "__main__":
    main()
