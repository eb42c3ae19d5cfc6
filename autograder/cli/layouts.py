"""How systems hand out a class, in the order in which they are tried; the first whose marks are there is taken."""

from __future__ import annotations

from autograder.systems import github, nbgrader, submitty
from autograder.systems.blackboard import collect as blackboard
from autograder.systems.canvas import collect as canvas
from autograder.systems.gradescope import collect as gradescope
from autograder.systems.moodle import collect as moodle

LAYOUTS = tuple(system.LAYOUT for system in (gradescope, moodle, blackboard, canvas, submitty, nbgrader, github))
