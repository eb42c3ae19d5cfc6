"""The lesson with real models: `exercises/instruction_tuning/real_run.py`, with the reference."""

import pytest

LESSON = "instruction_tuning"


@pytest.mark.parametrize("template", ["chatml", "alpaca"])
def test_both_templates_train_on_the_reply_and_its_end(template, references, real_runs):
    from autograder.backbone import load_backbone

    model, tokenizer = load_backbone("tiny")
    references[LESSON].add_chat_tokens(model, tokenizer)
    row = {"instruction": "What is the capital of Peru?", "input": "", "output": "The capital of Peru is Lima."}
    example = real_runs(LESSON).encoded(references[LESSON], tokenizer, row, template)
    learned = [one for one, flag in zip(example["input_ids"], example["loss_mask"], strict=True) if flag]
    assert tokenizer.decode(learned).strip() == "The capital of Peru is Lima.<|im_end|>"
    asked = tokenizer.decode(real_runs(LESSON).prompt_of(example))
    assert asked.endswith({"chatml": "<|im_start|>assistant\n", "alpaca": "### Response:"}[template])


@pytest.mark.slow
def test_the_script_runs_on_the_tiny_model(capsys, references, real_runs):
    found = real_runs(LESSON).run(references[LESSON], "tiny", "tiny", steps=30, rate=1e-3)
    assert found["new_tokens"] == 2
    assert found["loss_after"] < 0.5 * found["loss_before"]
    real_runs(LESSON).show(found)
    shown = capsys.readouterr().out
    assert all(row["instruction"] in shown for row in real_runs(LESSON).PROMPTS)
    assert shown.count("tuned  ") == len(real_runs(LESSON).PROMPTS)


@pytest.mark.network
@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def test_gpt2_on_alpaca(device, references, real_runs):
    torch = pytest.importorskip("torch")
    pytest.importorskip("datasets")
    if device == "cuda" and not torch.cuda.is_available():
        pytest.skip("needs CUDA")
    from autograder.backbone import BackboneError

    steps = 1000 if device == "cuda" else 8
    try:
        found = real_runs(LESSON).run(
            references[LESSON], "gpt2", "hub", examples=20 * steps, steps=steps, rows=16, device=device
        )
    except BackboneError as error:
        pytest.skip(str(error))
    # Unverified gates: no machine that this was written on could load GPT-2 124M or Alpaca.
    assert found["loss_after"] < found["loss_before"], found
    if device == "cuda":
        assert sum(one["stopped"] for one in found["tuned"]) >= 3, found["tuned"]
