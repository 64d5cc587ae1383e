"""`python -m eligibility` is the command line; so is this file, for `spark-submit`, which takes files only."""

import sys

from eligibility.cli import main

if __name__ == "__main__":
    if not __package__:
        del sys.path[0]  # run as a file: the modules in this folder are not to be found by their names alone
    main()
