"""What the scripts in a lesson's folder share: what their user can put right is one sentence, and exit code 2."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from autograder.common.errors import CourseError
from autograder.common.lessons import find_course

__all__ = ["CourseError", "find_course", "run_script", "svg_pyplot"]

_NOT_WRITTEN = " is not written yet"  # what every stub raises


def run_script(main: Callable[[], None]) -> None:
    """Run `main`. What is missing (an exercise, a package, a model, a file) is said in a sentence; exit code 2."""
    from autograder.backbone import BackboneError

    try:
        main()
        return
    except (CourseError, BackboneError) as error:
        sentence = str(error)
    except NotImplementedError as error:
        if not str(error).endswith(_NOT_WRITTEN):
            raise
        place = traceback.extract_tb(error.__traceback__)[-1].filename
        exercise = str(error).removesuffix(_NOT_WRITTEN).split(".")[0]
        sentence = f"{error} in {os.path.relpath(place)}; a hint: autograder hint {exercise}"
    except OSError as error:
        if error.filename is None:
            raise
        sentence = f"{error.filename}: {error.strerror}."
    print(sentence, file=sys.stderr)
    sys.exit(2)


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
