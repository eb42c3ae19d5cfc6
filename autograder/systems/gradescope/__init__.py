"""Gradescope: the archive that it runs (`archive`), what runs in its container (`container`), what that writes."""

from autograder.systems.gradescope.archive import export

__all__ = ["export"]
