"""`python -m proxyproof`: the `proxyproof` command where the package is not installed."""

import sys

from proxyproof.cli import main

if __name__ == "__main__":
    sys.exit(main())
