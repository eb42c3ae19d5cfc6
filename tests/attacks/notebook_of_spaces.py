"""A notebook with lines of a million spaces, which an expression for magics would try to match in every way."""

import json

honest = ("to_gigabytes",)


def handed_in(source, target):
    lines = [" " * 1_000_000 + "x ===", "a? " * 100_000 + "===", "x ,." * 100_000 + "!"]
    cells = [{"cell_type": "code", "source": text} for text in (*lines, source)]
    return json.dumps({"cells": cells}).encode()
