"""The capstone with parts missing: its gates, its experiments, the report of a whole run."""

import re
import runpy
import sys
from pathlib import Path

import pytest
import torch

from autograder import experiments
from autograder.common.lessons import load_course
from autograder.common.stubs import make_stub

COURSE = load_course(Path(__file__).resolve().parents[3])
LESSON = COURSE.lesson("pipeline")
GATES = experiments.load_file(LESSON.folder / "experiments" / "gates.py")
SETTINGS = sys.modules[GATES.tiny_base.__module__].SETTINGS
MEASURES = sys.modules[GATES.in_words.__module__]
FIRST = experiments.load_file(LESSON.folder / "experiments" / "_from_text.py")


@pytest.fixture(scope="module")
def backbone():
    return experiments.Backbone()


OTHERS = ("sft", "lora", "quantization")  # ten seconds each for the same lines
SHORT = {"steps": {"sft": 3, "alignment": 2, "lora": 3}}


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["alignment", *(pytest.param(s, marks=pytest.mark.whole) for s in OTHERS)])
def test_a_gate_without_a_stage_is_what_skipping_the_stage_gives(stage, references, backbone):
    """`with_and_without` measures the missing stage out of one run; really skipping it gives the same figures."""
    module = references["pipeline"]

    def short_base():
        torch.manual_seed(0)
        base = GATES.tiny_base(backbone, 0, experiments.no_track, only=stage, **SHORT)
        base.gate.questions = base.gate.questions[:6]
        return base

    _, without = GATES.with_and_without(module, short_base())[stage]
    skipped = module.run_pipeline(module.__tools__, short_base(), [stage])["stages"][stage]
    assert skipped["state"] == "skipped"
    assert skipped["gate"] == pytest.approx(without, abs=1e-6)


def test_a_function_of_another_lesson_that_is_not_written_is_named(backbone, handed_in):
    unfinished = make_stub(COURSE.reference("lora").read_text(encoding="utf-8"))
    subjects = experiments.Subjects(COURSE, LESSON, handed_in(lora=unfinished))
    claim = experiments.find_experiments(LESSON)["gates"]
    outcome = experiments.run(claim, subjects, backbone, [0], experiments.no_track)
    assert (outcome.state, outcome.sentence) == ("todo", "apply_lora (lora) is not written yet.")


# --- the report of a whole run --------------------------------------------------------------------------------------


ROW = r"^\| (\w+) \| ([\w ]+) \| (\w[^|]*) \| ([\w*]*) \| ?(.*) \|$"
Sizes = FIRST.Sizes


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Runs exercises/pipeline/run.py with few steps; gives its exit code, its report and what it said of problems."""
    monkeypatch.setitem(SETTINGS, "steps", SHORT["steps"])
    monkeypatch.setattr(MEASURES, "ASKED", 6)
    monkeypatch.setattr(experiments, "load_file", lambda path: {"gates": GATES, "_from_text": FIRST}[path.stem])

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["run.py", "--out", str(tmp_path / "out"), *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(LESSON.folder / "run.py"), run_name="__main__")
        page = tmp_path / "out" / "report.md"
        return ended.value.code, page.read_text() if page.exists() else "", capsys.readouterr().err

    return call


@pytest.mark.slow
def test_the_report_holds_a_row_for_each_stage_and_a_picture(run, tmp_path):
    code, page, _ = run("--submission", COURSE.root / "solutions", "--skip", "alignment")
    assert code == 1  # so few steps pass few gates
    rows = re.findall(ROW, page, re.MULTILINE)
    assert [row[:3] for row in rows] == [
        ("tokenization", "in the base", "the course's tiny model"),
        ("embeddings", "in the base", "the course's tiny model"),
        ("transformer", "in the base", "the course's tiny model"),
        ("pretraining", "run", "the course's tiny model"),
        ("sft", "run", "your instruction_tuning"),
        ("alignment", "skipped", "your instruction_tuning, alignment"),
        ("lora", "run", "your instruction_tuning, lora"),
        ("quantization", "run", "your quantization"),
    ]
    assert rows[3][3:] == ("passed", "facts completed 1.00")
    assert "Skipped: alignment." in page and "LoRA trained 2.2% of the parameters" in page
    drawn = (tmp_path / "out" / "pipeline.svg").read_text()
    assert "raw text" in drawn and "facts completed 1.00" in drawn


@pytest.mark.slow
def test_the_report_may_begin_with_raw_text(run, monkeypatch):
    small = {
        "facts": 60,
        "stories": 30,
        "learned_from": 40,
        "vocab": 300,
        "width": 16,
        "layers": 1,
        "heads": 2,
        "steps": 2,
    }
    monkeypatch.setattr(FIRST, "Sizes", lambda: Sizes(**small, positions=256, rows=2))
    skipped = [word for stage in ("sft", "alignment", "lora") for word in ("--skip", stage)]
    _, page, _ = run("--submission", COURSE.root / "solutions", "--from-text", *skipped)
    rows = re.findall(ROW, page, re.MULTILINE)
    assert [row[:4] for row in rows[:4]] == [
        ("tokenization", "run", "your tokenization", "passed"),
        ("embeddings", "run", "your gpt", ""),
        ("transformer", "run", "your gpt", "passed"),
        ("pretraining", "run", "your pretraining", "**failed**"),
    ]


def test_what_raw_text_needs_and_is_not_written_is_a_sentence(run, handed_in):
    code, page, problem = run("--submission", handed_in(leave_out=["gpt"]), "--from-text")
    assert (code, page, problem) == (2, "", "GPT (gpt) is not written yet, and --from-text needs it.\n")


@pytest.mark.slow
def test_the_report_names_what_is_not_written(run, handed_in):
    folder = handed_in(leave_out=["alignment"])
    _, page, _ = run("--submission", folder, "--skip", "sft", "--skip", "lora", "--skip", "quantization")
    assert "| alignment | missing | your instruction_tuning, alignment | **failed** |" in page
    assert "- `dpo_step` of the lesson alignment" in page


@pytest.mark.slow
def test_a_file_of_another_lesson_that_can_not_be_loaded_is_said(run, handed_in):
    folder = handed_in(quantization="def f(:\n")
    _, page, problems = run("--submission", folder, "--skip", "sft", "--skip", "lora", "--skip", "alignment")
    assert "- `QuantizedLinear` of the lesson quantization" in page
    assert "quantization.py:1 is not valid Python" in problems


@pytest.mark.parametrize("arguments", [["--skip", "sleep"], ["--submission", "nowhere"]])
def test_what_can_not_be_run_is_a_sentence(run, arguments):
    code, page, problem = run(*arguments)
    assert (code, page) == (2, "") and len(problem.strip().splitlines()) == 1
