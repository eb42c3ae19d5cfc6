"""Real runs: a lesson with a model, data or a size from outside, in one form, and what a stopped one goes on from.

`exercises/<lesson>/real_run.py` says what is its own, and this file does the rest:

    def arguments(parser):                       # its own options
        parser.add_argument("--steps", type=int, default=30)

    def run(lesson, steps, device, kept):        # `lesson` is the student's file; options come by their names, and
        ...                                      # `kept`, where it is asked for
        losses = []
        for step in kept.steps("training", steps, {"model": model, "optimizer": optimizer}, losses):
            losses.append(...)                   # one step
        return {"before": before, "losses": losses}

    def show(found): ...                         # prints the figures
    def draw(axes, found): ...                   # one matplotlib Axes; may be left out

    def main() -> None:
        real_runs.main(__file__, __doc__, arguments, run, show, draw)

    if __name__ == "__main__":
        run_script(main)

`autograder real-run LESSON` takes any such file that has a `main` which knows --lesson and --out FILE.
"""

from __future__ import annotations

import argparse
import hashlib
import inspect
import json
import math
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from autograder.common.errors import CourseError
from autograder.common.files import write_whole
from autograder.common.lessons import REAL_RUN, Course
from autograder.experiments import MissingPlotter, draw_picture
from autograder.scripts import in_a_sentence, load_module

if TYPE_CHECKING:
    import torch
    from matplotlib.axes import Axes
    from torch import nn

EVERY = 10.0  # seconds between two states that are kept, at least
SHARE = 20  # and at least so many times what keeping one takes
Value = TypeVar("Value")
Figures = dict[str, Any]
Held = Mapping[str, "nn.Module | torch.optim.Optimizer"]


class Paused(Exception):
    """The time of this call is over; the text says how far the run is."""


# --- what a run goes on from ----------------------------------------------------------------------------------------


class Kept:
    """What a run has done, in a folder: the same call goes on there after Ctrl-C, a kill, or `minutes`.

    Without a folder nothing is kept. Where the folder's key is another one (of other options, or other code), the run
    begins anew. torch's generators are kept along, so the rest draws what it would have drawn.
    """

    def __init__(self, folder: Path | None = None, key: str = "", minutes: float = math.inf) -> None:
        self.folder = folder
        self._deadline = time.monotonic() + 60 * minutes
        self._state: dict[str, Any] = {"key": key, "done": {}, "loops": {}, "seconds": 0.0}
        self._begun = time.monotonic()
        if folder is None:
            return
        import torch

        progress = folder / "progress.pt"
        if progress.exists():
            state = torch.load(progress, map_location="cpu", weights_only=True)
            if state["key"] == key:
                self._state = state
                self._begun -= state["seconds"]
                return
            print("what was kept is of other options or other code: this run begins anew", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    @property
    def seconds(self) -> float:
        """How long the run took so far, all its calls together, up to what they kept."""
        return time.monotonic() - self._begun

    def once(self, name: str, compute: Callable[[], Value]) -> Value:
        """What `compute` gives: a number, a text, or dicts and lists of them; not computed again when it is known."""
        done: dict[str, tuple[Value, Any]] = self._state["done"]
        if name in done:
            value, generators = done[name]
            _set_generators(generators)
            return value
        value = compute()
        done[name] = value, _generators()
        self._write()
        return value

    def steps(
        self,
        name: str,
        count: int,
        held: Held,
        notes: list[Any],
        save: Callable[[Path, int], object] | None = None,
        load: Callable[[Path], object] | None = None,
    ) -> Iterator[int]:
        """The numbers of the steps that are still to do, with a progress bar. Raises Paused.

        All that a step changes is in `held` (what is trained of a model, and optimizers) and in `notes` (plain data);
        a step's batch follows from its number or from torch's generators. `save(path, steps done)` and `load(path)`
        are for a lesson that has its own way to keep a model and its optimizer.
        """
        save = save or (lambda path, _: _save(path, held))
        load = load or (lambda path: _load(path, held))
        start = 0
        if name in self._state["loops"]:
            start, notes[:], generators = self._state["loops"][name]
            load(self._file(name, start))
            _set_generators(generators)
            print(f"{name}: goes on after step {start} of {count}", flush=True)
        kept, every = time.monotonic(), EVERY
        with _bar(name, start, count) as advance:
            for step in range(start, count):
                if time.monotonic() > self._deadline:
                    self._keep(name, step, notes, save)
                    raise Paused(f"{name}: {step} of {count} steps are done")
                yield step
                advance()
                if time.monotonic() - kept > every:
                    begun = time.monotonic()
                    self._keep(name, step + 1, notes, save)
                    kept = time.monotonic()
                    every = max(EVERY, SHARE * (kept - begun))
        if start < count:
            self._keep(name, count, notes, save)

    def _file(self, name: str, step: int) -> Path:
        assert self.folder is not None
        return self.folder / f"{name}.{step}.pt"

    def _keep(self, name: str, step: int, notes: list[Any], save: Callable[[Path, int], object]) -> None:
        """First the large file under a new name, then the small one that names it: a kill leaves the state before."""
        if self.folder is None:
            return
        former = self._state["loops"].get(name)
        if former is not None and former[0] == step:
            return
        save(self._file(name, step), step)
        self._state["loops"][name] = step, list(notes), _generators()
        self._write()
        if former is not None:
            self._file(name, former[0]).unlink(missing_ok=True)

    def _write(self) -> None:
        if self.folder is None:
            return
        import torch

        self._state["seconds"] = self.seconds
        raw = BytesIO()
        torch.save(self._state, raw)
        write_whole(self.folder / "progress.pt", raw.getvalue())


def _save(path: Path, held: Held) -> None:
    import torch

    torch.save({name: _state_of(one) for name, one in held.items()}, path)


def _load(path: Path, held: Held) -> None:
    import torch
    from torch import nn

    for name, state in torch.load(path, map_location="cpu", weights_only=True).items():
        one = held[name]
        if isinstance(one, nn.Module):
            with torch.no_grad():
                for key, tensor in _trained(one).items():
                    tensor.copy_(state[key])
        else:
            one.load_state_dict(state)


def _state_of(one: nn.Module | torch.optim.Optimizer) -> Mapping[str, Any]:
    from torch import nn

    return _trained(one) if isinstance(one, nn.Module) else one.state_dict()


def _trained(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.detach() for name, tensor in model.named_parameters() if tensor.requires_grad}


def _generators() -> list[torch.Tensor]:
    import torch

    return [torch.get_rng_state(), *torch.cuda.get_rng_state_all()]  # none where there is no GPU


def _set_generators(states: list[torch.Tensor]) -> None:
    import torch

    torch.set_rng_state(states[0])
    torch.cuda.set_rng_state_all(states[1:])


@contextmanager
def _bar(name: str, start: int, count: int) -> Iterator[Callable[[], None]]:
    """A progress bar in a terminal; what is printed meanwhile stands above it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(markup=False, emoji=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=count, completed=start)
        yield lambda: progress.advance(task)


# --- a run ----------------------------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CourseError(f"{message[:1].upper()}{message[1:]}; --help lists the options of this run.")


def main(
    script: str,
    told: str | None,
    arguments: Callable[[argparse.ArgumentParser], None],
    run: Callable[..., Figures],
    show: Callable[[Figures], None],
    draw: Callable[[Axes, Figures], None] | None = None,
    device: bool = True,
) -> None:
    """Run a lesson's real run as the command line says: its own options, --device, --lesson, --out and --minutes.

    `device=False` is for a run that needs none. Raises CourseError where its user can put something right.
    """
    import torch

    folder = Path(script).resolve().parent
    parser = _Parser(description=told, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments(parser)
    if device:
        parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu", help="cpu, cuda, ...")
    parser.add_argument("--lesson", type=Path, default=folder / f"{folder.name}.py", help="whose code (default: yours)")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE.json",
        help="a file for the figures; their picture and, until it is done, what the run goes on from lie beside it",
    )
    parser.add_argument("--minutes", type=float, default=math.inf, help="no new step after so long; needs --out")
    options = vars(parser.parse_args())
    command = [f"--{name} {value}" for name, value in options.items() if value != parser.get_default(name)]
    path, out, minutes = (options.pop(name) for name in ("lesson", "out", "minutes"))
    if device:
        check_device(options["device"])
    lesson = load_module(path, f"{folder.name}_lesson")
    unfinished = None
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.is_dir():
            raise CourseError(f"{out} is a folder; name a file, such as {out / 'figures.json'}.")
        unfinished = out.with_name(f"{out.name}.unfinished")
    elif minutes < math.inf:
        raise CourseError("--minutes needs --out: nothing is kept without a place for it.")
    kept = Kept(unfinished, _key(Path(script), path, options), minutes)
    if "kept" in inspect.signature(run).parameters:
        options["kept"] = kept
    try:
        found = run(lesson, **options)
    except Paused as far:
        print(f"{far}: run the same command again")
        return
    show(found)
    if out is not None and unfinished is not None:
        left_out = ("--lesson", "--out", "--minutes")
        typed = " ".join(["real_run.py", *(one for one in command if not one.startswith(left_out))])
        found = {"command": typed, **found, "seconds": round(kept.seconds, 1)}
        write_whole(out, json.dumps(found, indent=1, ensure_ascii=False) + "\n")
        if draw is not None:
            _draw(draw, found, out.with_suffix(".svg"))
        shutil.rmtree(unfinished)


def _draw(draw: Callable[[Axes, Figures], None], found: Figures, path: Path) -> None:
    try:
        draw_picture(lambda axes: draw(axes, found), path)
    except MissingPlotter:
        print("No picture without matplotlib: pip install -e '.[pictures]'", file=sys.stderr)


def _key(script: Path, lesson: Path, options: Mapping[str, Any]) -> str:
    """A digest of what decides the figures: options, the code, and what is in the files that options name."""
    digest = hashlib.sha256(script.read_bytes() + lesson.read_bytes())
    for name, value in sorted(options.items()):
        digest.update(f"{name}={value}\n".encode())
        if isinstance(value, Path) and value.is_file():
            digest.update(value.read_bytes())
    return digest.hexdigest()


def check_device(name: str) -> None:
    """Raises CourseError where torch has no such device here."""
    import torch

    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError, NotImplementedError):
        raise CourseError(f"There is no device {name!r} here; use cpu.") from None


# --- the entry for all of them --------------------------------------------------------------------------------------


def names(course: Course) -> list[str]:
    """The lessons that have a real run."""
    return [lesson.name for lesson in course.lessons.values() if (lesson.folder / REAL_RUN).exists()]


def find(course: Course, name: str) -> Path:
    """The file of a lesson's real run. Raises CourseError where there is none."""
    path = course.lesson(name).folder / REAL_RUN
    if not path.exists():
        have = ", ".join(names(course)) or "none"
        raise CourseError(f"The lesson {name} has no real run; these have one: {have}.")
    return path


def call(script: Path, arguments: Sequence[str]) -> None:
    """Run such a file as if it were typed with these arguments. What its user can put right is a CourseError."""
    module = load_module(script, f"real_run_of_{script.parent.name}")
    typed = sys.argv
    sys.argv = [str(script), *arguments]
    try:
        in_a_sentence(module.main)
    finally:
        sys.argv = typed


def set_threads(count: int) -> None:
    """Threads of torch: one by default, as for everything that `autograder` runs beside other processes."""
    import torch

    torch.set_num_threads(count)
