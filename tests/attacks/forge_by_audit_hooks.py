"""Hears of every import, compilation and opened file by audit hooks, keeps the sources, and refuses some."""

import sys

honest = ("to_gigabytes",)
hurts_itself = True  # it refuses the private probe


def heard(event, arguments):
    if event == "compile" and "def test_planted" in str(arguments[0]):
        spoils.append("the source of a check")
    if event == "exec" and arguments[0].co_filename == "<check>":
        raise RuntimeError("25 of 25 points")


sys.addaudithook(heard)
