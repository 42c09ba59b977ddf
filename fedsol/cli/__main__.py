"""``python -m fedsol.cli``: the same as the command ``fedsol``."""

import sys

from fedsol.cli import main

if __name__ == "__main__":
    sys.exit(main())
