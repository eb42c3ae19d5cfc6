"""The claims of the lesson `classification`: each measured with the reference on one seed, and not shown by wrong code.

Five seeds, before a change of an experiment or of the tiny model is done:
`autograder experiment classification --submission solutions --seeds 5`.
"""

import sys
from pathlib import Path

import pytest

from autograder import experiments
from autograder.audit import cases
from autograder.lessons import load_course

COURSE = load_course(Path(__file__).resolve().parents[2])
LESSON = COURSE.lesson("classification")
CLAIMS = experiments.find_experiments(LESSON)
MODULE = sys.modules["autograder_experiments_classification"]


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
    assert list(CLAIMS) == ["pooling", "forgetting", "how_much_to_train", "rate_or_method", "two_heads"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("misconception", "name"),
    [
        ("pool_index_minus_one", "pooling"),
        ("pool_first_index", "pooling"),
        ("pool_mean_over_pads", "pooling"),
        ("prepare_nothing_frozen", "forgetting"),
        ("train_cleared_too_late", "how_much_to_train"),
    ],
)
def test_wrong_code_does_not_show_the_claim(misconception, name, backbone, tmp_path):
    (source,) = [case.source for case in cases(COURSE, LESSON) if case.name == misconception]
    (tmp_path / "classification.py").write_text(source)
    subjects = experiments.Subjects(COURSE, LESSON, tmp_path / "classification.py")
    outcome = experiments.run(CLAIMS[name], subjects, backbone, [0], experiments.no_track)
    assert outcome.state == "fails", outcome


def test_a_llama_is_classified_by_the_same_code(reference):
    """SmolLM2's family: the adapter gives it the names that the exercises use."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=50,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=3,
        num_attention_heads=2,
        num_key_value_heads=1,
    )
    lesson = reference.module
    model = lesson.GPT2ForClassification(MODULE.backbone_of(LlamaForCausalLM(config).eval()), 2).eval()
    right, left = (lesson.pad_batch([[5, 6, 7, 8], [9, 10]], 0, side) for side in ("right", "left"))
    torch.testing.assert_close(model(**right), model(**left))
    optimizer = lesson.prepare_finetuning(model, "last-1", 1e-3, 1e-4)
    names = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
    assert len(names) == 9 + 1 + 2  # a block of Llama has nine tensors, its final norm one
    loss = lesson.train_epoch(model, [{**right, "labels": torch.tensor([0, 1])}], optimizer)
    assert loss > 0


@pytest.mark.parametrize("name", ["forgetting", "how_much_to_train", "rate_or_method"])
def test_a_model_too_large_for_a_minute_is_refused_in_a_sentence(name, reference, monkeypatch):
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    with torch.device("meta"):
        model = LlamaForCausalLM(LlamaConfig())  # 6.7 billion parameters, none of them in memory
    monkeypatch.setattr("autograder.backbone.load_backbone", lambda name: (model, None))
    with pytest.raises(experiments.Unfit, match="more than a minute with 6738 million parameters"):
        CLAIMS[name](reference.module, experiments.Backbone())
