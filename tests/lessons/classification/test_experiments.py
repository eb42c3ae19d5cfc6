"""What the experiments of `classification` are made of."""

from autograder.experiments import load_file


def test_a_llama_is_classified_by_the_same_code(references, repository):
    """SmolLM2's family: AsGPT2 gives it the names that the exercises use."""
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
    student = references["classification"]
    shared = load_file(repository / "exercises" / "classification" / "experiments" / "_shared.py")
    model = student.GPT2ForClassification(shared.backbone_of(LlamaForCausalLM(config).eval()), 2).eval()
    right, left = (student.pad_batch([[5, 6, 7, 8], [9, 10]], 0, side) for side in ("right", "left"))
    torch.testing.assert_close(model(**right), model(**left))
    optimizer = student.prepare_finetuning(model, "last-1", 1e-3, 1e-4)
    names = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
    assert len(names) == 9 + 1 + 2  # a block of Llama has nine tensors, its final norm one
    loss = student.train_epoch(model, [{**right, "labels": torch.tensor([0, 1])}], optimizer)
    assert loss > 0
