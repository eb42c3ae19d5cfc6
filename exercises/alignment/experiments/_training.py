"""The models that several claims begin with or train: after SFT, a reward model, DPO."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

from autograder.experiments import require_small

from ._texts import SIDES, in_turn, pair_batch, rows_of

REWARD_STEPS = 40
DPO_STEPS, DPO_RATE, DPO_BETA = 120, 2e-5, 0.3

_AFTER_SFT: dict[tuple, dict] = {}  # weights: several claims start from the same ones


def trainable(backbone) -> tuple[nn.Module, object]:
    """The language model, where it is small enough to be trained several times, and its tokenizer."""
    model, tokenizer = backbone()
    require_small(model)
    return model, tokenizer


def after_sft(backbone, kind: str, seed: int, pairs: Sequence[dict], steps: int, track) -> nn.Module:
    """The tiny model after SFT on *both* replies of each pair: it answers, in the preferred way or in the other.

    This is where alignment starts: a voice without judgment.
    """
    model, tokenizer = trainable(backbone)
    key = (backbone.name, kind, seed, steps, len(pairs))
    if key not in _AFTER_SFT:
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
        for step in track(range(steps), "SFT on both kinds of replies"):
            part = in_turn(pairs, 8, step)
            rows = rows_of(
                tokenizer, [one["prompt"] for one in part] * 2, [one[side] for side in SIDES for one in part]
            )
            for group in optimizer.param_groups:
                group["lr"] = 1e-3 * (1 - step / steps)
            logits = model(input_ids=rows["input_ids"], attention_mask=rows["attention_mask"]).logits  # (16, T, V)
            loss = F.cross_entropy(logits[:, :-1].flatten(0, 1), rows["labels"][:, 1:].flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        _AFTER_SFT[key] = copy.deepcopy(model.state_dict())
    model.load_state_dict(_AFTER_SFT[key])
    return model.eval()


def train_reward_model(student, backbone, pairs: Sequence[dict], track) -> tuple[nn.Module, object]:
    """A reward model on the tiny model's backbone, trained on pairs, and its tokenizer."""
    language_model, tokenizer = trainable(backbone)
    model = student.RewardModel(language_model.transformer)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4)
    for step in track(range(REWARD_STEPS), "training the reward model"):
        batch = pair_batch(tokenizer, in_turn(pairs, 12, step))
        chosen, rejected = (model(batch[side]["input_ids"], batch[side]["attention_mask"]) for side in SIDES)  # (12,)
        loss = student.preference_loss(chosen, rejected)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval(), tokenizer


def train_dpo(student, start: nn.Module, tokenizer, pairs, track, steps: int = DPO_STEPS) -> nn.Module:
    """A copy of the model after DPO against the model as it is."""
    policy = copy.deepcopy(start).requires_grad_(True)
    start.requires_grad_(False)
    optimizer = torch.optim.AdamW(policy.parameters(), lr=DPO_RATE, weight_decay=0.0)
    for step in track(range(steps), "DPO"):
        student.dpo_step(policy, start, pair_batch(tokenizer, in_turn(pairs, 4, step)), optimizer, DPO_BETA)
    return policy.eval()
