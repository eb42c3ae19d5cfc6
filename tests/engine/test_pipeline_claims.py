"""The claims of the lesson `pipeline`: each measured with the references on one seed, and not shown by wrong code.

Five seeds, before a change of an experiment or of the tiny model is done:
`autograder experiment pipeline --submission solutions --seeds 5`.
"""

import re
import runpy
import sys
from pathlib import Path

import pytest
import torch

from autograder import experiments
from autograder.audit import cases
from autograder.lessons import load_course
from autograder.stubs import make_stub

COURSE = load_course(Path(__file__).resolve().parents[2])
LESSON = COURSE.lesson("pipeline")
CLAIMS = experiments.find_experiments(LESSON)
MEASURED = sys.modules[CLAIMS["gates"].function.__module__]


@pytest.fixture(scope="module")
def backbone():
    return experiments.Backbone()


@pytest.fixture(scope="module")
def reference():
    return experiments.load(COURSE.root / "solutions", LESSON)


def handed_in(folder, leave_out=(), **sources):
    """A folder of references, in which some lessons have another source, or none."""
    for name in COURSE.lessons:
        if name not in leave_out:
            (folder / name).mkdir(parents=True)
            source = sources.get(name) or COURSE.reference(name).read_text(encoding="utf-8")
            (folder / name / f"{name}.py").write_text(source)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", CLAIMS)
def test_the_claim_holds_with_the_reference(name, reference, backbone, tmp_path):
    result = CLAIMS[name](reference.module, backbone, seed=0)
    assert all(len(row) == len(result.columns) for row in result.rows)
    assert result.holds, [verdict.figure for verdict in result.verdicts if not verdict.holds]
    outcome = experiments.Outcome(CLAIMS[name], "holds", seeds=[experiments.Seeded(0, result, 1.0)])
    written = experiments.save(outcome, LESSON, backbone, tmp_path, "svg")
    assert [path.suffix for path in written] == [".json", ".svg"]


def test_there_are_six_claims():
    assert len(CLAIMS) == 6


SHORT = {"steps": {"sft": 3, "alignment": 2, "lora": 3}}


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["sft", "alignment", "lora", "quantization"])
def test_a_gate_without_a_stage_is_what_skipping_the_stage_gives(stage, reference, backbone):
    """`with_and_without` measures the missing stage out of one run; really skipping it gives the same figures."""
    module = reference.module

    def short_base():
        torch.manual_seed(0)
        base = MEASURED.tiny_base(backbone, 0, experiments.no_track, only=stage, **SHORT)
        base.gate.questions = base.gate.questions[:6]
        return base

    _, without = MEASURED.with_and_without(module, short_base())[stage]
    skipped = module.run_pipeline(module.__tools__, short_base(), [stage])["stages"][stage]
    assert skipped["state"] == "skipped"
    assert skipped["gate"] == pytest.approx(without, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("misconception", "name"),
    [
        ("run_chosen_rejected_swapped", "gates"),  # rudeness is preferred
        ("fraction_sft_is_a_detour", "spectrum"),
    ],
)
def test_wrong_code_does_not_show_the_claim(misconception, name, backbone, tmp_path):
    (source,) = [case.source for case in cases(COURSE, LESSON) if case.name == misconception]
    subjects = experiments.Subjects(COURSE, LESSON, handed_in(tmp_path / "ann", pipeline=source))
    outcome = experiments.run(CLAIMS[name], subjects, backbone, [0], experiments.no_track)
    assert outcome.state in ("fails", "error") and not outcome.shown, outcome


def test_a_function_of_another_lesson_that_is_not_written_is_named(backbone, tmp_path):
    unfinished = make_stub(COURSE.reference("lora").read_text(encoding="utf-8"))
    subjects = experiments.Subjects(COURSE, LESSON, handed_in(tmp_path / "ann", lora=unfinished))
    outcome = experiments.run(CLAIMS["gates"], subjects, backbone, [0], experiments.no_track)
    assert (outcome.state, outcome.sentence) == ("todo", "apply_lora (lora) is not written yet.")


# --- the report of a whole run --------------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Runs exercises/pipeline/run.py with few steps; gives its exit code, its report and what it said of problems."""
    monkeypatch.setattr(MEASURED, "SETTINGS", {**MEASURED.SETTINGS, **SHORT})
    monkeypatch.setattr(MEASURED, "ASKED", 6)
    monkeypatch.setattr(experiments, "find_experiments", lambda lesson: CLAIMS)

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
    rows = re.findall(r"^\| (\w+) \| (\w+) \| (\S+) \| (.+) \|$", page, re.MULTILINE)
    assert [row[:2] for row in rows] == [
        ("pretraining", "run"),
        ("sft", "run"),
        ("alignment", "skipped"),
        ("lora", "run"),
        ("quantization", "run"),
    ]
    assert rows[0][2:] == ("passed", "facts completed 1.00")
    assert "Skipped: alignment." in page and "LoRA trained 2.2% of the numbers" in page
    drawn = (tmp_path / "out" / "pipeline.svg").read_text()
    assert "raw text" in drawn and "facts completed 1.00" in drawn


@pytest.mark.slow
def test_the_report_names_what_is_not_written(run, tmp_path):
    folder = handed_in(tmp_path / "ann", leave_out=["alignment"])
    _, page, _ = run("--submission", folder, "--skip", "sft", "--skip", "lora", "--skip", "quantization")
    assert "| alignment | missing | **failed** |" in page
    assert "- `dpo_step` of the lesson alignment" in page


@pytest.mark.slow
def test_a_file_of_another_lesson_that_can_not_be_loaded_is_said(run, tmp_path):
    folder = handed_in(tmp_path / "ann", quantization="def f(:\n")
    _, page, problems = run("--submission", folder, "--skip", "sft", "--skip", "lora", "--skip", "alignment")
    assert "- `QuantizedLinear` of the lesson quantization" in page
    assert "quantization.py:1 is not valid Python" in problems


@pytest.mark.parametrize("arguments", [["--skip", "sleep"], ["--submission", "nowhere"]])
def test_what_can_not_be_run_is_a_sentence(run, arguments):
    code, page, problem = run(*arguments)
    assert (code, page) == (2, "") and len(problem.strip().splitlines()) == 1
