"""A notebook of a hundred thousand lists within lists."""

honest = ()


def handed_in(source, target):
    return b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
