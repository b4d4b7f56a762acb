"""`python -m assistant`: the command line, also where pip's folder of programs is not on the path."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
