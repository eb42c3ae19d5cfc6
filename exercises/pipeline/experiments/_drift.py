"""How far a model has gone from another one."""

from __future__ import annotations

import torch


@torch.no_grad()
def kl_to(before, after, tokenizer, texts: list[str]) -> float:
    """Mean KL(before ‖ after) per token of some texts, in nats, over the tokens that both know."""
    from autograder.backbone.card import pad_right

    ids, mask = pad_right([tokenizer(text)["input_ids"] for text in texts])  # (B, T)
    known = before.config.vocab_size
    p, q = (model(ids, attention_mask=mask).logits[..., :known].log_softmax(-1) for model in (before, after))
    kl = (p.exp() * (p - q)).sum(-1)  # (B, T, V) → (B, T)
    return (kl * mask).sum().item() / mask.sum().item()


@torch.no_grad()
def relative_change(student, before, after) -> float:
    """‖W' - W‖ / ‖W‖ over the linear layers of all blocks, adapters counted in."""
    moved = total = 0.0
    width = before.config.hidden_size
    for old, new in zip(before.transformer.h, after.transformer.h, strict=True):
        for name, widths in student.LAYERS.items():
            left = student.as_linear(old.get_submodule(name), widths * width).weight  # (d_out, d_in)
            right = student.as_linear(new.get_submodule(name), widths * width).weight
            moved += (right - left).square().sum().item()
            total += left.square().sum().item()
    return (moved / total) ** 0.5
