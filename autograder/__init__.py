"""The engine of the course: it runs the checks of a lesson against a submission and reports in words.

It does not know any lesson by name; a lesson is a folder that `autograder.common.lessons` finds.

What lessons import, and all that they may, is at the top; everything else is a room of the engine (README.md says
which):

    checks        marks, probes and comparisons, for check files
    builders      small models and batches, for check files and probes
    experiments   what a file that measures a claim needs
    finetuning    a small finetuning that several claims share
    real_runs     a real run in one form, and what a stopped one goes on from
    scripts       for the scripts in a lesson's folder
    show          pictures of data, for students
    backbone/     models and data of the course
"""

from autograder import former

__version__ = "0.2.0"

former.install()
