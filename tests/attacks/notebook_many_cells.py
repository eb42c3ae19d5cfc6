"""A notebook of a hundred thousand cells, each of which the next one needs."""

import json

honest = ()


def handed_in(source, target):
    chain = [{"cell_type": "code", "source": f"x{n + 1} = x{n}"} for n in range(100_000)]
    use = {"cell_type": "code", "source": "def to_gigabytes(n):\n    return x100000"}
    return json.dumps({"cells": [*chain, use]}).encode()
