"""The claims of the lesson `alignment`: each measured with the reference on one seed, and not shown by wrong code.

Five seeds, before a change of an experiment or of the tiny model is done:
`autograder experiment alignment --submission solutions --seeds 5`.
"""

import sys
from pathlib import Path

import pytest

from autograder import experiments
from autograder.audit import cases
from autograder.lessons import load_course

COURSE = load_course(Path(__file__).resolve().parents[2])
LESSON = COURSE.lesson("alignment")
CLAIMS = experiments.find_experiments(LESSON)
MODULE = sys.modules["autograder_experiments_alignment"]


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


def test_there_are_eight_claims():
    names = [
        "reward_model",
        "reward_hacking",
        "estimates_as_losses",
        "worked_pair",
        "dpo",
        "rlhf",
        "sycophancy",
        "grpo",
    ]
    assert list(CLAIMS) == names


@pytest.mark.slow
@pytest.mark.parametrize(
    ("misconception", "name"),
    [
        ("estimate_k1_absolute", "estimates_as_losses"),
        ("estimate_k2_no_half", "estimates_as_losses"),
        ("preference_swapped", "worked_pair"),
        ("dpo_step_swapped", "worked_pair"),
        ("rlhf_no_kl", "reward_hacking"),
    ],
)
def test_wrong_code_does_not_show_the_claim(misconception, name, backbone, tmp_path):
    (source,) = [case.source for case in cases(COURSE, LESSON) if case.name == misconception]
    (tmp_path / "alignment.py").write_text(source)
    subjects = experiments.Subjects(COURSE, LESSON, tmp_path / "alignment.py")
    outcome = experiments.run(CLAIMS[name], subjects, backbone, [0], experiments.no_track)
    assert outcome.state == "fails", outcome


def test_gold_and_proxy_are_what_they_say():
    words = {word: number for number, word in enumerate(MODULE.WORDS)}

    def ids(text):
        return [words[word] for word in text.split()]

    for text in ("the soup was good <end>", "the bread was cold ! <end>"):
        assert MODULE.well_formed(ids(text))
    for text in ("the soup was good", "the soup was good ! ! <end>", "soup was good <end>", "! ! <end>", "<end>", ""):
        assert not MODULE.well_formed(ids(text))


@pytest.mark.parametrize("name", ["reward_model", "worked_pair", "dpo", "rlhf", "sycophancy", "grpo"])
def test_a_model_too_large_for_a_minute_is_refused_in_a_sentence(name, reference, monkeypatch):
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    with torch.device("meta"):
        model = LlamaForCausalLM(LlamaConfig())  # 6.7 billion parameters, none of them in memory
    monkeypatch.setattr("autograder.backbone.load_backbone", lambda name: (model, None))
    with pytest.raises(experiments.Unfit, match="more than a minute with 6738 million parameters"):
        CLAIMS[name](reference.module, experiments.Backbone())
