"""What the scripts in a lesson's folder share: what their user can put right is one sentence, and exit code 2."""

from __future__ import annotations

import importlib.util
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.common.errors import CourseError
from autograder.common.lessons import find_course
from autograder.common.pictures import save_svg

__all__ = ["CourseError", "find_course", "in_a_sentence", "load_module", "run_script", "save_svg", "svg_pyplot"]

_NOT_WRITTEN = " is not written yet"  # what every stub raises


def run_script(main: Callable[[], None]) -> None:
    """Run `main`. What is missing (an exercise, a package, a model, a file) is said in a sentence; exit code 2."""
    try:
        in_a_sentence(main)
    except CourseError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)


def in_a_sentence(main: Callable[[], None]) -> None:
    """Run `main`. What is missing is raised as a CourseError, whatever said it."""
    from autograder.backbone import BackboneError

    try:
        main()
    except BackboneError as error:
        raise CourseError(str(error)) from None
    except NotImplementedError as error:
        if not str(error).endswith(_NOT_WRITTEN):
            raise
        place = traceback.extract_tb(error.__traceback__)[-1].filename
        exercise = str(error).removesuffix(_NOT_WRITTEN).split(".")[0]
        told = f"{error} in {os.path.relpath(place)}; a hint: autograder hint {exercise}"
        raise CourseError(told) from None
    except OSError as error:
        if error.filename is None:
            raise
        raise CourseError(f"{error.filename}: {error.strerror}.") from None


def load_module(path: Path, name: str) -> ModuleType:
    """A Python file, a student's for instance, as a module of this name. Raises CourseError where it is none."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise CourseError(f"{path} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # a dataclass looks for its module there
    spec.loader.exec_module(module)
    return module


def svg_pyplot(lesson: str, font_size: int) -> Any:
    """matplotlib's pyplot, for SVG with text as text and the same bytes every time. Ends where it is missing."""
    try:
        import matplotlib
    except ImportError:
        print("The pictures need matplotlib: pip install -e '.[pictures]'", file=sys.stderr)
        sys.exit(2)
    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.hashsalt": lesson, "svg.fonttype": "none", "font.size": font_size}
    from matplotlib import pyplot

    return pyplot
