"""What the experiments of `classification` are made of."""

import sys
from pathlib import Path

from autograder import experiments
from autograder.common.lessons import load_course

experiments.find_experiments(load_course(Path(__file__).resolve().parents[2]).lesson("classification"))
MODULE = sys.modules["autograder_experiments_classification"]


def test_a_llama_is_classified_by_the_same_code(references):
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
    lesson = references["classification"]
    model = lesson.GPT2ForClassification(MODULE.backbone_of(LlamaForCausalLM(config).eval()), 2).eval()
    right, left = (lesson.pad_batch([[5, 6, 7, 8], [9, 10]], 0, side) for side in ("right", "left"))
    torch.testing.assert_close(model(**right), model(**left))
    optimizer = lesson.prepare_finetuning(model, "last-1", 1e-3, 1e-4)
    names = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
    assert len(names) == 9 + 1 + 2  # a block of Llama has nine tensors, its final norm one
    loss = lesson.train_epoch(model, [{**right, "labels": torch.tensor([0, 1])}], optimizer)
    assert loss > 0
