"""The engine of the course: it runs the checks of a lesson against a submission and reports in words.

It does not know any lesson by name; a lesson is a folder that `autograder.lessons` finds.
"""

__version__ = "0.1.0"
