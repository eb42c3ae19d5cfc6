"""Experiments: what the course claims, measured. Each claim is a file `exercises/<lesson>/experiments/<claim>.py`.

The file says a figure once, in `measure`; whatever shows it takes it from there by its name:

    CLAIM = "B = 0: a model starts exactly as its base"
    NEEDS = ("apply_lora",)                                # the exercises that it calls
    COLUMNS = ("", "largest difference to the base's logits")

    def measure(student, backbone, seed, track):
        model, tokenizer = backbone()                      # a fresh copy each time it is called
        student.apply_lora(model, ["attn.c_attn"], 8, 16)  # `student` is the module under test
        for step in track(range(20), "training"):          # a progress bar
            ...
        return {"gap": {"start": 0.0, "end": 0.8}, "curve": [0.0, ..., 0.8]}

    def rows(figures):                                     # of the table under COLUMNS
        return [("start", figures.gap["start"]), ("end", figures.gap["end"])]

    def claims(figures):                                   # what must hold, and the figure in a sentence
        yield figures.gap["start"] < 1e-4, f"before training the gap is {figures.gap['start']:.1e}"

    def draw(axes, figures):                               # one matplotlib Axes; may be left out
        axes.plot(figures.curve)

Numbers, truth values and texts among the figures are kept, those in a dict as `gap_start` and `gap_end`; lists and
tensors are there for the table and the picture only. What several claims share lies beside them in files that begin
with an underscore (`from ._shared import reviews`). lesson.toml may list the claims in their order (`experiments`).

A claim that takes many minutes, or that runs more lessons than its own one uses, says so in lesson.toml:

    [claims.from_raw_text]
    minutes = 10                     # of a processor: it is measured when it is named, LESSON/NAME, and only then
    uses = ["tokenization", "gpt"]   # `student.__tools__` has their functions, too, as far as the course has them

A file asserts first that its base model can do what the claim takes for granted (`require`), and raises `Unfit` with
a sentence where a backbone makes no sense. Thresholds come from the spread over seeds, and the code says so.

Everything runs in this process, a student's code too: it is their own machine. Grading never runs experiments.
"""

from __future__ import annotations

import copy
import importlib
import importlib.util
import json
import platform
import statistics
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from autograder import __version__
from autograder.checking.digest import digest_of, digest_of_texts, installed_versions
from autograder.checking.door import Loaded, load
from autograder.checking.sources import imported_files, leaned_on, names_in, normalised, parsed
from autograder.common.errors import Blocked, CourseError
from autograder.common.files import write_whole
from autograder.common.lessons import Claim, Course, Lesson, nearest
from autograder.common.pictures import save_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from torch import nn
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


Item = TypeVar("Item")
State = Literal["holds", "fails", "todo", "unfit", "error"]
BACKBONE = "tiny"  # the default
LARGEST = 10e6  # parameters of a model that a CPU trains several times over in a minute
FOLDER = "experiments"
_PARTS = ("CLAIM", "NEEDS", "COLUMNS", "measure", "rows", "claims")


class Unfit(Exception):
    """The claim makes no sense with this backbone; the text is one sentence that says why."""


class NotCompetent(Exception):
    """The base model can't do what the claim takes for granted; the text is one sentence with the figure."""


class Track(Protocol):
    """Shows progress: `for item in track(items, "training LoRA")`."""

    def __call__(self, items: Iterable[Item], description: str = ...) -> Iterable[Item]: ...


def no_track(items: Iterable[Item], description: str = "") -> Iterable[Item]:
    """A `track` that shows nothing."""
    return items


@dataclass(frozen=True)
class Verdict:
    """Whether a claim, or a part of it, holds; `figure` says the measured numbers in words."""

    holds: bool
    figure: str


@dataclass(frozen=True)
class Result:
    """What one run of an experiment found. `numbers` is plain data for JSON; `draw` fills one matplotlib Axes."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    verdicts: Sequence[Verdict]
    numbers: dict[str, Any]
    draw: Callable[[Axes], None] | None = None

    @property
    def holds(self) -> bool:
        return all(verdict.holds for verdict in self.verdicts)


@dataclass(frozen=True)
class Experiment:
    """One claim and the module that measures it. `needs` are exercises that it calls, `about` what lesson.toml says."""

    name: str
    claim: str
    needs: tuple[str, ...]
    module: types.ModuleType = field(repr=False)
    about: Claim = Claim()

    def __call__(self, student: Any, backbone: Backbone, seed: int = 0, track: Track = no_track) -> Result:
        """Measure it once. The global random state is set from the seed. Raises Unfit and NotCompetent."""
        import torch

        torch.manual_seed(seed)
        figures = types.SimpleNamespace(**self.module.measure(student, backbone, seed, track))
        draw = getattr(self.module, "draw", None)
        return Result(
            columns=self.module.COLUMNS,
            rows=[tuple(row) for row in self.module.rows(figures)],
            verdicts=[Verdict(bool(holds), sentence) for holds, sentence in self.module.claims(figures)],
            numbers=dict(_numbers(vars(figures))),
            draw=None if draw is None else lambda axes: draw(axes, figures),
        )


def _numbers(figures: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """What is kept of figures: numbers, truth values and texts, those of a dict under its name and theirs."""
    for key, value in figures.items():
        name = f"{prefix}{key:g}" if isinstance(key, float) else f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{name}_")
        elif isinstance(value, (bool, int, float, str)):
            yield name, value


def require(competent: bool, sentence: str) -> None:
    """Stop an experiment whose base model can't do what its claim takes for granted."""
    if not competent:
        raise NotCompetent(sentence)


def require_small(model: nn.Module, what: str = "It trains the model several times over") -> None:
    """Stop where a CPU would need far more than a minute. Raises Unfit."""
    size = sum(parameter.numel() for parameter in model.parameters())
    if size > LARGEST:
        raise Unfit(f"{what}, which takes a CPU far more than a minute with {size / 1e6:.0f} million parameters.")


class Backbone:
    """`backbone()` gives `(model, tokenizer)`: loaded when first called, a fresh copy of the model at every call."""

    def __init__(self, name: str = BACKBONE) -> None:
        self.name = name
        self._loaded: tuple[PreTrainedModel, PreTrainedTokenizerBase] | None = None

    def __call__(self) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
        if self._loaded is None:
            from autograder.backbone import BackboneError, load_backbone

            try:
                self._loaded = load_backbone(self.name)
            except BackboneError as error:
                raise CourseError(_sentence(str(error))) from None
        model, tokenizer = self._loaded
        return copy.deepcopy(model), tokenizer


# --- finding them ---------------------------------------------------------------------------------------------------


def find_experiments(lesson: Lesson) -> dict[str, Experiment]:
    """The experiments of a lesson by name, in the order of its lesson.toml; those that it doesn't list come last.

    Raises CourseError where there are none, or one that is not whole.
    """
    folder = lesson.folder / FOLDER
    names = sorted(path.stem for path in folder.glob("[!_]*.py"))
    if not names:
        raise CourseError(f"The lesson {lesson.name} has no experiments: there is no {folder}/CLAIM.py.")
    if gone := [name for name in lesson.experiments if name not in names]:
        raise CourseError(f"{lesson.folder / 'lesson.toml'} lists the experiment {gone[0]}, but there is no such file.")
    known = lesson.experiments
    names.sort(key=lambda name: known.index(name) if name in known else len(known))
    modules = _load_files([folder / f"{name}.py" for name in names])
    return {name: _experiment(module, lesson) for name, module in zip(names, modules, strict=True)}


def _experiment(module: types.ModuleType, lesson: Lesson) -> Experiment:
    path = Path(str(module.__file__))
    if missing := [part for part in _PARTS if not hasattr(module, part)]:
        raise CourseError(f"{path} lacks {', '.join(missing)}: `autograder.experiments` says what such a file holds.")
    for need in module.NEEDS:
        if need not in lesson.exercises:
            raise CourseError(f"{path} needs {need!r}, which is no exercise of {lesson.name}.")
    about = lesson.claims.get(path.stem, Claim())
    return Experiment(path.stem, module.CLAIM, tuple(module.NEEDS), module, about)


def load_file(path: Path) -> types.ModuleType:
    """One file of a lesson's `experiments/` as a module, for the lesson's scripts; it may import its neighbours."""
    return _load_files([path])[0]


def _load_files(paths: Sequence[Path]) -> list[types.ModuleType]:
    """Files of one folder as modules of one package, read anew. Raises CourseError when one can't be loaded."""
    folder = paths[0].parent.resolve()
    package = types.ModuleType(f"autograder_experiments_{folder.parent.name}")
    package.__path__ = [str(folder)]
    for name in [name for name in sys.modules if name == package.__name__ or name.startswith(f"{package.__name__}.")]:
        del sys.modules[name]
    sys.modules[package.__name__] = package
    importlib.invalidate_caches()
    found = []
    for path in paths:
        try:
            found.append(importlib.import_module(f"{package.__name__}.{path.stem}"))
        except Exception as error:
            raise CourseError(f"{path} can't be loaded: {type(error).__name__}: {error}.") from None
    return found


def choose(course: Course, target: str) -> tuple[Lesson, list[Experiment]]:
    """The experiments that `LESSON` or `LESSON/NAME` means; a lesson means long ones, too."""
    lesson_name, _, name = target.partition("/")
    lesson = course.lesson(lesson_name)
    found = find_experiments(lesson)
    if not name:
        return lesson, list(found.values())
    if name not in found:
        if near := nearest(name, found):
            raise CourseError(f"There is no experiment {name!r} in {lesson_name}; did you mean {' or '.join(near)}?")
        raise CourseError(f"There is no experiment {name!r} in {lesson_name}; there are: {', '.join(found)}.")
    return lesson, [found[name]]


# --- the code under test --------------------------------------------------------------------------------------------


class Subjects:
    """Gives the code that an experiment is run with: one submission, or the student's and, where theirs isn't
    written yet, the reference (when it is here). Each is loaded once, when it is first needed.
    """

    def __init__(self, course: Course, lesson: Lesson, submission: Path | None) -> None:
        self.course, self.lesson = course, lesson
        self.paths = [course.root / "exercises", course.root / "solutions"]
        if submission is not None:
            self.paths = [submission]
        elif not course.reference(lesson.name).exists():
            self.paths = self.paths[:1]
        self._loaded: dict[tuple[Path, tuple[str, ...]], Loaded] = {}

    def subject(self, needs: Sequence[str], uses: tuple[str, ...] = ()) -> tuple[Loaded | None, str]:
        """What to run an experiment with, and a sentence about it: none when it is simply the one asked for."""
        first: str | None = None
        for path in self.paths:
            if (path, uses) not in self._loaded:
                self._loaded[path, uses] = load(path, self.course.with_more_uses(self.lesson, uses))
            loaded = self._loaded[path, uses]
            missing = loaded.missing(self.lesson, needs)
            if missing is None:
                told = "" if first is None else f"{first} is not written yet: shown with the reference."
                return loaded, told
            first = first or missing
        return None, f"{first} is not written yet in {loaded.path}; a hint: autograder hint {first}"


# --- what decides what it finds ---------------------------------------------------------------------------------------

# What of the engine an experiment measures with; this file only runs it.
_MEASURES_WITH = ("autograder.backbone", "autograder.builders", "autograder.finetuning")


def key_of(item: Experiment, files: Mapping[str, bytes]) -> str:
    """A digest of all that decides what an experiment finds: figures of the same key need not be measured again.

    The claim's file and all that it imports beside it and from the backbone, builders and finetuning; of the code
    under test (`files`) what the exercises that it needs are made of; the tiny model and its data; the libraries by
    minor version. Comments, docstrings and types count for nothing.
    """
    from autograder.backbone.folders import TINY_FOLDER

    claim = Path(str(item.module.__file__))
    own = imported_files(claim, _MEASURES_WITH)
    trees = {path: parsed(path.read_bytes()) for path in own}
    used = {name for path in own if path.parent == claim.parent for name in names_in(trees[path])}
    return digest_of_texts(
        [
            *(f"{path.name}: {normalised(trees[path])}" for path in own),
            leaned_on(files, used.union(item.needs)),
            _digest_of_model(TINY_FOLDER.parent),
            *(version.rpartition(".")[0] for version in installed_versions()),
        ]
    )


@cache
def _digest_of_model(folder: Path) -> str:
    """Of the weights, the tokenizer and the data, which are read once."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc", ".md"))
    return digest_of(files, folder)


# --- running them ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seeded:
    """The result of one seed."""

    seed: int
    result: Result
    seconds: float  # of processor time: a busy machine must not make a claim look dear


@dataclass
class Outcome:
    """What became of one experiment. `sentence` says why where there is no result, or with whose code it ran."""

    experiment: Experiment
    state: State
    sentence: str = ""
    submission: str = ""
    key: str = ""  # of all that decides what it finds
    seeds: list[Seeded] = field(default_factory=list)

    @property
    def shown(self) -> bool:
        """Nothing is wrong: the claim holds, or was not asked of this backbone."""
        return self.state in ("holds", "unfit")

    def spread(self) -> dict[str, tuple[float, float, float]]:
        """Smallest, median and largest value of every number over the seeds."""
        values: dict[str, list[float]] = {}
        for seeded in self.seeds:
            for name, value in seeded.result.numbers.items():
                if isinstance(value, (int, float)):
                    values.setdefault(name, []).append(value)
        return {name: (min(found), statistics.median(found), max(found)) for name, found in values.items()}


class GivesSubject(Protocol):
    """Where the code comes from that an experiment is run with: `Subjects`, or the cells of a notebook."""

    def subject(self, needs: Sequence[str], uses: tuple[str, ...] = ()) -> tuple[Loaded | None, str]: ...


def run(item: Experiment, subjects: GivesSubject, backbone: Backbone, seeds: Iterable[int], track: Track) -> Outcome:
    """Measure one claim with every seed. It holds when it holds with each."""
    subject, sentence = subjects.subject(item.needs, item.about.uses)
    if subject is None:
        return Outcome(item, "todo", sentence)
    outcome = Outcome(item, "holds", sentence, subject.path, key_of(item, subject.files))
    for seed in seeds:
        start = time.process_time()
        try:
            result = item(subject.module, backbone, seed, track)
        except CourseError:
            raise
        except Blocked as missing:
            return Outcome(item, "todo", f"{missing} is not written yet.")
        except Unfit as reason:
            return Outcome(item, "unfit", str(reason))
        except NotCompetent as reason:
            return Outcome(item, "error", f"The base model is not fit for this: {reason}")
        except Exception as error:
            state, sentence = _explain(error, subject)
            return replace(outcome, state=state, sentence=sentence)
        outcome.seeds.append(Seeded(seed, result, time.process_time() - start))
    if not all(seeded.result.holds for seeded in outcome.seeds):
        outcome.state = "fails"
    return outcome


def _explain(error: Exception, subject: Loaded) -> tuple[State, str]:
    """An exception as one sentence with the place: in the code under test where it passed through there."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == subject.path]
    text = str(error).strip().splitlines()
    problem = f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
    if own and isinstance(error, NotImplementedError) and frames[-1].filename == subject.path:
        return "todo", f"{subject.path}:{own[-1].lineno} is not written yet ({own[-1].name})."
    if own:
        return "fails", f"{own[-1].name} raises at {subject.path}:{own[-1].lineno}: {problem}"
    place = next((frame for frame in reversed(frames) if Path(frame.filename).parent.name == FOLDER), frames[-1])
    where = f"{Path(place.filename).name}:{place.lineno}"
    return "error", f"It stops at {where}: {problem}. Do the checks pass? Run pytest on the lesson first."


# --- keeping what they found ----------------------------------------------------------------------------------------


def as_json(outcome: Outcome, lesson: Lesson, backbone: Backbone) -> str:
    """Everything that was found, seed by seed."""
    found = {
        "lesson": lesson.name,
        "experiment": outcome.experiment.name,
        "claim": outcome.experiment.claim,
        "state": outcome.state,
        "sentence": outcome.sentence,
        "submission": outcome.submission,
        "backbone": backbone.name,
        "key": outcome.key,
        "version": __version__,
        "python": platform.python_version(),
        "spread": {
            name: dict(zip(("min", "median", "max"), values, strict=True)) for name, values in outcome.spread().items()
        },
        "seeds": [
            {
                "seed": seeded.seed,
                "holds": seeded.result.holds,
                "verdicts": [{"holds": one.holds, "figure": one.figure} for one in seeded.result.verdicts],
                "numbers": seeded.result.numbers,
                "columns": list(seeded.result.columns),
                "rows": [list(row) for row in seeded.result.rows],
                "seconds": round(seeded.seconds, 2),
            }
            for seeded in outcome.seeds
        ],
    }
    return json.dumps(found, indent=1, ensure_ascii=False, default=_plain) + "\n"


def save(outcome: Outcome, lesson: Lesson, backbone: Backbone, out: Path, picture: str) -> list[Path]:
    """Write <name>.json and, of the first seed, <name>.<picture> into the folder `out`; gives what was written.

    Raises MissingPlotter (after writing the JSON) when a picture is wanted and matplotlib is not installed.
    """
    name = outcome.experiment.name
    write_whole(out / f"{name}.json", as_json(outcome, lesson, backbone))
    written = [out / f"{name}.json"]
    drawn = [seeded.result.draw for seeded in outcome.seeds if seeded.result.draw is not None]
    if drawn and picture != "none":
        draw_picture(drawn[0], out / f"{name}.{picture}")
        written.append(out / f"{name}.{picture}")
    return written


class MissingPlotter(Exception):
    """matplotlib is not installed; the text is one sentence with the command."""


def draw_picture(draw: Callable[[Axes], None], path: Path) -> None:
    """One small picture, the same bytes for the same numbers. matplotlib is imported here and nowhere else."""
    if importlib.util.find_spec("matplotlib") is None:
        raise MissingPlotter("No pictures without matplotlib: pip install -e '.[pictures]', or --picture none.")
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context(
        {
            "svg.hashsalt": path.stem,  # ids in an SVG are random without it
            "svg.fonttype": "none",
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "legend.frameon": False,
        }
    ):
        figure = Figure(figsize=(6.4, 3.6), layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure.add_subplot())
        if path.suffix == ".svg":
            save_svg(figure, path)
        else:
            figure.savefig(path, dpi=150, facecolor="white")


def _plain(value: Any) -> Any:
    """A number of torch or numpy as Python's own."""
    return value.item() if hasattr(value, "item") else str(value)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] if text else text
