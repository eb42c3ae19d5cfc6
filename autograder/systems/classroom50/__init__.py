"""Classroom 50: the bundle that it runs (`bundle`), what that starts (`runner`), and the `result.json` it writes."""

from autograder.systems.classroom50.bundle import export

__all__ = ["export"]
