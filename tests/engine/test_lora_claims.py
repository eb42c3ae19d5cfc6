"""The claims of the lesson `lora`: each measured with the reference on one seed, and not shown by wrong code.

Five seeds, before a change of an experiment or of the tiny model is done:
`autograder experiment lora --submission solutions --seeds 5`.
"""

from pathlib import Path

import pytest

from autograder import experiments
from autograder.audit import cases
from autograder.lessons import load_course

COURSE = load_course(Path(__file__).resolve().parents[2])
LESSON = COURSE.lesson("lora")
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
    if name == "starts_identical":
        assert result.numbers["bit_identical"]
    if name == "merged_cost":
        assert result.numbers["same_operations"]
    outcome = experiments.Outcome(CLAIMS[name], "holds", seeds=[experiments.Seeded(0, result, 1.0)])
    written = experiments.save(outcome, LESSON, backbone, tmp_path, "svg")
    assert [path.suffix for path in written] == [".json", ".svg"]


def test_there_are_seven_claims():
    assert len(CLAIMS) == 7


@pytest.mark.slow
@pytest.mark.parametrize(
    ("misconception", "name"),
    [
        ("memory_adam_one_state", "bytes_of_a_step"),
        ("memory_bits_as_bytes", "bytes_of_a_step"),
        ("layer_both_random", "starts_identical"),
        ("apply_forward_never_used", "starts_identical"),
        ("layer_both_zero", "starts_identical"),
        ("layer_merged_and_added", "merged_cost"),
        ("layer_merge_keeps_computing", "merged_cost"),
        ("layer_merge_unscaled", "merged_cost"),
        ("layer_both_zero", "refinement"),
    ],
)
def test_wrong_code_does_not_show_the_claim(misconception, name, backbone, tmp_path):
    (source,) = [case.source for case in cases(COURSE, LESSON) if case.name == misconception]
    (tmp_path / "lora.py").write_text(source)
    subjects = experiments.Subjects(COURSE, LESSON, tmp_path / "lora.py")
    outcome = experiments.run(CLAIMS[name], subjects, backbone, [0], experiments.no_track)
    assert outcome.state in ("fails", "error") and not outcome.shown, outcome


@pytest.mark.slow
def test_a_model_of_another_family_or_size_is_refused_in_a_sentence(reference, monkeypatch):
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    from autograder.backbone import load
    from autograder.builders import tiny_gpt2

    tokenizer = AutoTokenizer.from_pretrained(load.TINY_FOLDER)
    monkeypatch.setattr("autograder.backbone.load_backbone", lambda name: (model, tokenizer))
    with torch.device("meta"):
        model = LlamaForCausalLM(LlamaConfig())  # 6.7 billion parameters, none of them in memory
    with pytest.raises(experiments.Unfit, match="more than a minute with 6738 million parameters"):
        CLAIMS["refinement"](reference.module, experiments.Backbone())

    model = tiny_gpt2(0, vocabulary=len(tokenizer), positions=256)
    with pytest.raises(experiments.NotCompetent, match="its perplexity on plain English is"):
        CLAIMS["starts_identical"](reference.module, experiments.Backbone())
    with pytest.raises(experiments.NotCompetent, match="of the next tokens of plain reviews right"):
        CLAIMS["refinement"](reference.module, experiments.Backbone())
