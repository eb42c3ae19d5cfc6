"""The claims of `instruction_tuning`: each measured with the reference on one seed, and not shown by wrong code.

Five seeds, before a change of an experiment or of the tiny model is done:
`autograder experiment instruction_tuning --submission solutions --seeds 5`.
"""

from pathlib import Path

import pytest

from autograder import experiments
from autograder.audit import cases
from autograder.lessons import load_course

COURSE = load_course(Path(__file__).resolve().parents[2])
LESSON = COURSE.lesson("instruction_tuning")
CLAIMS = experiments.find_experiments(LESSON)


@pytest.fixture(scope="module")
def backbone():
    return experiments.Backbone()


@pytest.fixture(scope="module")
def reference():
    return experiments.load(COURSE.root / "solutions", LESSON)


@pytest.mark.slow
@pytest.mark.parametrize("name", CLAIMS)
def test_the_claim_holds_with_the_reference(name, reference, backbone, tmp_path):
    result = CLAIMS[name](reference.module, backbone, seed=0)
    assert all(len(row) == len(result.columns) for row in result.rows)
    assert result.holds, [verdict.figure for verdict in result.verdicts if not verdict.holds]
    outcome = experiments.Outcome(CLAIMS[name], "holds", seeds=[experiments.Seeded(0, result, 1.0)])
    written = experiments.save(outcome, LESSON, backbone, tmp_path, "svg")
    assert [path.suffix for path in written] == [".json", ".svg"]


def test_there_are_five_claims():
    assert len(CLAIMS) == 5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("misconception", "name"),
    [
        ("chat_end_unsupervised", "end_token_masked"),
        ("loss_no_shift", "base_completes"),
        ("train_no_step", "wrong_template"),
        ("loss_no_shift", "few_and_noisy"),
    ],
)
def test_wrong_code_does_not_show_the_claim(misconception, name, backbone, tmp_path):
    (source,) = [case.source for case in cases(COURSE, LESSON) if case.name == misconception]
    (tmp_path / "instruction_tuning.py").write_text(source)
    subjects = experiments.Subjects(COURSE, LESSON, tmp_path / "instruction_tuning.py")
    outcome = experiments.run(CLAIMS[name], subjects, backbone, [0], experiments.no_track)
    assert outcome.state in ("fails", "error") and not outcome.shown, outcome
