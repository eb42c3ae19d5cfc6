"""Classes made up of reports, without grading anything."""

from dataclasses import replace

import pytest

from autograder.checking.report import CheckReport, Report, Student, Times


def made_check(name, outcome="passed", *, exercise="double", worth=1.0, public=True, message="", mistakes=(), **more):
    """A check's part of a report; a failed one says its mistakes unless told what."""
    message = message or " Or: ".join(mistakes) or ("" if outcome == "passed" else f"{exercise} is wrong.")
    points = worth if outcome == "passed" else 0.0
    return CheckReport(name, exercise, points, worth, outcome, message, public, 0.0, mistakes=tuple(mistakes), **more)


def made_report(name, checks=(), *, lesson="toy", **more):
    """A report with the sum of its checks' points."""
    sums = sum(one.points for one in checks), sum(one.max_points for one in checks)
    at = Times("2026-03-01T12:00:00Z")
    report = Report(Student(name, name), lesson, *sums, "graded", "", "none", 1.0, tuple(checks), times=at)
    return replace(report, **more)


@pytest.fixture
def check():
    return made_check


@pytest.fixture
def report():
    return made_report


@pytest.fixture
def keep(toy):
    """Gives `keep(*reports)`: writes them into the folder `out`, and gives it."""

    def write(*reports):
        for one in reports:
            toy.write(f"out/{one.lesson}/{one.submission}.json", one.to_json())
        return toy.root / "out"

    return write
