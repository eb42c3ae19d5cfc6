"""A model loaded by load_in_4bit beside the same model with our NF4 weights: logits, perplexity and bytes."""

from __future__ import annotations

import tempfile

import torch

from ._shared import bitsandbytes, bytes_of, competent, layers_of, perplexity, pieces, round_trip, with_weights

CLAIM = "A model loaded in 4 bits by transformers and bitsandbytes computes what our NF4 computes"
NEEDS = ("load_in_4bit", "nf4_dequantize")
COLUMNS = ("", "perplexity")

MODELS = ("fp32", "our NF4", "loaded in 4 bits")


def save_and_load(student, model):
    """The model, saved and loaded again by load_in_4bit, in eval mode."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        loaded = student.load_in_4bit(folder).eval()
    logging.enable_progress_bar()
    return loaded


def measure(student, backbone, seed, track):
    bitsandbytes()
    model, tokenizer = backbone()
    tokens = pieces(tokenizer, seed, 4)  # (4, 256)
    base = competent(model, tokens)
    loaded = save_and_load(student, model)
    ours = with_weights(model, round_trip(student, "NF4", 4))
    with torch.no_grad():
        base_logits, our_logits, loaded_logits = (
            one(tokens, attention_mask=torch.ones_like(tokens), use_cache=False).logits for one in (model, ours, loaded)
        )
    perplexities = (base, perplexity(ours, tokens), perplexity(loaded, tokens))
    held, held_fp32 = (sum(bytes_of(one.get_submodule(layer)) for layer in layers_of(model)) for one in (loaded, model))
    return {
        **dict(zip(MODELS, perplexities, strict=True)),
        "gap": (loaded_logits - our_logits).abs().max().item(),
        "moved": (our_logits - base_logits).abs().max().item(),
        "held": held,
        "held_fp32": held_fp32,
    }


def rows(figures):
    for name in MODELS:
        yield name, round(vars(figures)[name], 4)


def claims(figures):
    # Five seeds: bit for bit the same, where NF4 moves logits by 1.9 to 3.3.
    yield (
        figures.gap < 0.02 * figures.moved,
        f"its logits are those of our NF4 to {figures.gap:.1e}, where NF4 moves them by up to {figures.moved:.2f}",
    )
    yield (
        figures.held < 0.2 * figures.held_fp32,
        f"its linear layers hold {figures.held:,} bytes, {figures.held / figures.held_fp32:.3f} of fp32's "
        "(the block maxima, kept elsewhere, not counted)",
    )
