"""Calls sys.exit(0) while it is loaded."""

import sys

honest = ()
sys.exit(0)
