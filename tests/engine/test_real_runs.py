"""Real runs: one form, one command, and a run that was stopped goes on to the same figures."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from autograder import real_runs
from autograder.cli import completing
from autograder.common.errors import CourseError
from autograder.real_runs import Kept, Paused

SCRIPT = '''
"""The lesson at a real size.

    its own options
"""
import argparse, sys
from pathlib import Path
import torch
from autograder import real_runs
from autograder.scripts import run_script

def arguments(parser):
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--text", type=Path)

def run(lesson, steps, text, device, kept):
    torch.manual_seed(0)
    if text is not None:
        text.read_text()
    model = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Dropout(0.5), torch.nn.Linear(4, 1))
    optimizer = torch.optim.AdamW(model.parameters())
    before = kept.once("before", lambda: lesson.double(torch.rand(())).item())
    losses = []
    for step in kept.steps("training", steps, {"model": model, "optimizer": optimizer}, losses):
        loss = model(torch.rand(8, 4)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        print("did", step, flush=True)
    return {"before": before, "losses": losses}

def show(found):
    print("last loss", found["losses"][-1])

def draw(axes, found):
    axes.plot(found["losses"])

def main():
    real_runs.main(__file__, __doc__, arguments, run, show, draw)

if __name__ == "__main__":
    run_script(main)
'''


@pytest.fixture
def always(monkeypatch):
    """A state is kept after each step."""
    monkeypatch.setattr(real_runs, "EVERY", 0)
    monkeypatch.setattr(real_runs, "SHARE", 0)


@pytest.fixture
def script(toy, monkeypatch, always):
    """The toy lesson's real run, with the lesson solved."""
    monkeypatch.setattr(real_runs, "set_threads", lambda count: None)
    toy.solve(toy.reference)
    path = toy.root / "exercises" / "toy" / "real_run.py"
    path.write_text(SCRIPT)
    return path


def figures(path):
    """What must be the same: all but seconds."""
    return {name: value for name, value in json.loads(path.read_text()).items() if name not in ("seconds", "command")}


# --- what a run goes on from ----------------------------------------------------------------------------------------


def trained(kept, stop=None):
    """Six steps of a model with dropout; `stop`: a KeyboardInterrupt in the middle of that step."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5), nn.Linear(4, 1))
    model[0].requires_grad_(False)
    optimizer = torch.optim.AdamW((one for one in model.parameters() if one.requires_grad), lr=0.1)
    drawn = kept.once("drawn", lambda: torch.rand(()).item())
    losses = []
    for step in kept.steps("training", 6, {"model": model, "optimizer": optimizer}, losses):
        loss = model(torch.rand(8, 4)).square().mean()
        if step == stop:
            raise KeyboardInterrupt
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return drawn, losses, kept.once("after", lambda: [torch.rand(()).item(), *model[2].weight[0].tolist()])


@pytest.mark.parametrize("stop", [0, 1, 5])
def test_a_stopped_run_ends_in_the_same_figures(tmp_path, always, stop):
    whole = trained(Kept())
    with pytest.raises(KeyboardInterrupt):
        trained(Kept(tmp_path / "kept"), stop)
    assert trained(Kept(tmp_path / "kept")) == whole
    assert len(list((tmp_path / "kept").glob("training.*"))) == 1, "the states before are gone"


def test_what_is_known_is_not_computed_again(tmp_path):
    asked = []

    def compute():
        asked.append(1)
        return {"a": [1.5, "x"]}

    for _ in range(2):
        assert Kept(tmp_path / "kept").once("a", compute) == {"a": [1.5, "x"]}
    assert asked == [1]


def test_other_options_or_other_code_begin_anew(tmp_path, capsys):
    assert Kept(tmp_path / "kept", "a").once("x", lambda: 1) == 1
    assert Kept(tmp_path / "kept", "a").once("x", lambda: 2) == 1
    assert Kept(tmp_path / "kept", "b").once("x", lambda: 3) == 3
    assert "begins anew" in capsys.readouterr().out


def test_a_state_that_was_half_written_is_not_read(tmp_path, always):
    """A kill between the large file and the small one that names it."""
    whole = trained(Kept())

    class Killed(Kept):
        def _write(self):
            if self._state["loops"] and self._state["loops"]["training"][0] == 3:
                raise SystemExit
            super()._write()

    with pytest.raises(SystemExit):
        trained(Killed(tmp_path / "kept"))
    assert (tmp_path / "kept" / "training.3.pt").exists()
    assert trained(Kept(tmp_path / "kept")) == whole


def test_a_lesson_may_keep_its_model_in_its_own_way(tmp_path):
    notes, loaded = [], []
    ways = {"save": lambda path, done: path.write_text(str(done)), "load": lambda path: loaded.append(path.read_text())}
    for _ in Kept(tmp_path / "kept").steps("s", 2, {}, notes, **ways):
        notes.append("x")
    assert not loaded and notes == ["x", "x"]
    again: list = []
    assert list(Kept(tmp_path / "kept").steps("s", 2, {}, again, **ways)) == []
    assert loaded == ["2"] and again == ["x", "x"]


def test_seconds_of_all_calls_count(tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(real_runs.time, "monotonic", lambda: now[0])
    first = Kept(tmp_path / "kept")
    now[0] += 5
    first.once("x", lambda: 1)
    now[0] += 1000  # stopped
    second = Kept(tmp_path / "kept")
    now[0] += 2
    assert second.seconds == 7


def test_no_new_step_when_the_time_is_over(tmp_path):
    with pytest.raises(Paused, match="^training: 0 of 6 steps are done$"):
        trained(Kept(tmp_path / "kept", minutes=0))


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_command_keeps_figures_and_a_picture(script, toy, command):
    code, out, err = command("real-run", "toy", "--steps", "4")
    assert (code, err) == (0, ""), err
    folder = toy.root / "results" / "toy" / "real_run"
    assert sorted(path.name for path in folder.iterdir()) == ["steps_4.json", "steps_4.svg"], "and nothing unfinished"
    found = json.loads((folder / "steps_4.json").read_text())
    assert len(found["losses"]) == 4 and found["command"] == "real_run.py --steps 4" and found["seconds"] >= 0
    assert f"last loss {found['losses'][-1]}" in out and "The figures are in results/toy/real_run/steps_4.json." in out


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_ended_goes_on(script, toy, command, number):
    command("real-run", "toy", "--steps", "40", "--out", "whole.json")
    code = (
        "import sys; from autograder import real_runs, cli; real_runs.EVERY = real_runs.SHARE = 0; sys.exit(cli.main())"
    )
    typed = ["real-run", "toy", "--steps", "40", "--threads", str(torch.get_num_threads()), "--out", "stopped.json"]
    environment = os.environ | {"PYTHONPATH": str(Path(real_runs.__file__).parents[1])}
    run = subprocess.Popen(
        [sys.executable, "-c", code, *typed], cwd=toy.root, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    for line in run.stdout:
        if line == "did 5\n":
            run.send_signal(number)
            break
    rest, err = run.communicate()
    assert run.returncode == (-number if number == signal.SIGKILL else 130), err
    assert number == signal.SIGKILL or "run the same command to go on" in err
    unfinished = toy.root / "stopped.json.unfinished"
    assert unfinished.is_dir() and not (toy.root / "stopped.json").exists() and "did 39" not in rest
    code, out, err = command("real-run", "toy", "--steps", "40", "--out", "stopped.json")
    assert (code, err) == (0, "") and "did 0\n" not in out and re.search(r"goes on after step \d+ of 40", out)
    assert figures(toy.root / "stopped.json") == figures(toy.root / "whole.json")
    assert not unfinished.exists()


def test_minutes_end_a_call_and_the_next_goes_on(script, toy, command):
    code, out, _ = command("real-run", "toy", "--minutes", "0")
    assert code == 0 and "training: 0 of 6 steps are done: run the same command again" in out
    assert "The figures are" not in out
    code, out, _ = command("real-run", "toy", "--minutes", "5")
    assert code == 0 and "last loss" in out, "another number of minutes is the same run"
    assert (toy.root / "results" / "toy" / "real_run" / "default.json").exists()


def test_changed_code_begins_anew(script, toy, command):
    command("real-run", "toy", "--minutes", "0")
    toy.solve(toy.reference.replace("return x + x", "return 2 * x"))
    assert "begins anew" in command("real-run", "toy")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("other",), ("There is no lesson 'other'",)),
        (("toy", "--device", "cuda"), ("There is no device 'cuda' here; use cpu.",)),
        (("toy", "--device", "nonsense"), ("There is no device 'nonsense' here; use cpu.",)),
        (("toy", "--backbone", "tiny"), ("nrecognized arguments: --backbone tiny", "--help lists the options")),
        (("toy", "--steps", "many"), ("rgument --steps: invalid int value: 'many'",)),
        (("toy", "--text", "gone.txt"), ("gone.txt: No such file or directory.",)),
        (("toy", "--submission", "gone.py"), ("gone.py: No such file or directory.",)),
        (("toy", "--submission", "tests"), (f"There is no {Path('tests/toy/toy.py')}: give a file, or a folder",)),
        (("toy", "--out", "exercises"), ("exercises is a folder; name a file",)),
    ],
)
def test_what_can_not_be_is_one_sentence(script, toy, command, monkeypatch, arguments, words):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    (toy.root / "tests").mkdir(exist_ok=True)
    code, out, err = command("real-run", *arguments)
    assert code == 2 and re.fullmatch(r"autograder: [^\n]+\n", err), err
    for word in words:
        assert word in err


def test_what_is_not_written_is_said_with_a_hint(script, toy, command):
    toy.solve(toy.reference.replace("return x + x", 'raise NotImplementedError("double is not written yet")'))
    code, _, err = command("real-run", "toy")
    assert code == 2 and "double is not written yet in exercises/toy/toy.py; a hint: autograder hint double" in err


def test_whose_code_runs(script, toy, command):
    """Its file goes to the run, from a folder like exercises/ too."""
    (toy.root / "mine.py").write_text(toy.reference.replace("return x + x", "return x * 0 + 7"))
    assert command("real-run", "toy", "--submission", "mine.py", "--out", "a.json")[0] == 0
    assert figures(toy.root / "a.json")["before"] == 7
    assert command("real-run", "toy", "--submission", "solutions", "--out", "b.json")[0] == 0
    assert command("real-run", "toy", "--out", "c.json")[0] == 0
    assert figures(toy.root / "b.json") == figures(toy.root / "c.json") != figures(toy.root / "a.json")


def test_its_own_options_are_listed(script, command):
    code, out, _ = command("real-run", "toy", "--", "--help")
    assert code == 0 and "its own options" in out and "--steps" in out and "--out FILE.json" in out


def test_a_lesson_without_one_is_told_which_have_one(script, command):
    script.unlink()
    code, _, err = command("real-run", "toy")
    assert (code, err) == (2, "autograder: The lesson toy has no real run; these have one: none.\n")


def test_a_script_of_the_earlier_form_is_run(toy, command):
    """A `main` that parses --lesson and --out itself."""
    toy.solve(toy.reference)
    (toy.root / "exercises" / "toy" / "real_run.py").write_text(
        "import argparse, json\nfrom pathlib import Path\n\ndef main():\n"
        "    parser = argparse.ArgumentParser()\n"
        "    parser.add_argument('--backbone', default='gpt2')\n    parser.add_argument('--lesson', type=Path)\n"
        "    parser.add_argument('--out', type=Path)\n    options = parser.parse_args()\n"
        "    options.out.write_text(json.dumps({'backbone': options.backbone, 'lesson': options.lesson.name}))\n"
    )
    code, out, err = command("real-run", "toy", "--backbone", "tiny", "--submission", "solutions")
    assert (code, err) == (0, "")
    found = json.loads((toy.root / "results" / "toy" / "real_run" / "backbone_tiny.json").read_text())
    assert found == {"backbone": "tiny", "lesson": "toy.py"}


def test_a_picture_needs_matplotlib_and_figures_do_not(script, toy, command, monkeypatch):
    monkeypatch.setattr(real_runs, "draw_picture", lambda *_: (_ for _ in ()).throw(real_runs.MissingPlotter()))
    code, _, err = command("real-run", "toy", "--out", "a.json")
    assert code == 0 and err == "No picture without matplotlib: pip install -e '.[pictures]'\n"
    assert (toy.root / "a.json").exists() and not (toy.root / "a.svg").exists()


def test_tab_offers_the_lessons_that_have_one(script, toy, monkeypatch):
    monkeypatch.chdir(toy.root)
    monkeypatch.setattr(completing, "find_course", lambda: toy.course)
    assert [name for name, _ in completing.real_runs("t")] == ["toy"]
    script.unlink()
    assert completing.real_runs("") == []


def test_nothing_is_paused_without_a_place(script, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["real_run.py", "--minutes", "1"])
    with pytest.raises(CourseError, match="--minutes needs --out"):
        real_runs.call(script, ["--minutes", "1"])


def test_a_kept_state_costs_a_twentieth_of_the_time_at_most(tmp_path, monkeypatch):
    """Steps of a second, and a state that takes ten seconds to write: one in 200 seconds."""
    monkeypatch.setattr(real_runs, "EVERY", 2.0)
    now, saved = [0.0], []
    monkeypatch.setattr(real_runs.time, "monotonic", lambda: now[0])

    def save(path, done):
        now[0] += 10
        saved.append(done)

    for _ in Kept(tmp_path / "kept").steps("s", 500, {}, [], save=save):
        now[0] += 1
        if saved:
            (tmp_path / "kept" / f"s.{saved[-1]}.pt").touch()
    assert saved == [3, 204, 405, 500]


def test_threads_are_set(monkeypatch):
    set_to = []
    monkeypatch.setattr(torch, "set_num_threads", set_to.append)
    real_runs.set_threads(3)
    assert set_to == [3]
