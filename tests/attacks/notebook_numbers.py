"""A notebook with a number of ten million digits, which takes hours to read."""

honest = ()


def handed_in(source, target):
    return b'{"cells": [{"cell_type": "code", "source": "x = 1", "metadata": ' + b"9" * 10_000_000 + b"}]}"
