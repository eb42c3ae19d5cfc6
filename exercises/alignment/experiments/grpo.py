"""GRPO on counting, with a program that checks every number."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from autograder.experiments import Unfit, require

from ._colours import BLUE, GREEN, PALE_BLUE
from ._training import trainable

CLAIM = (
    "GRPO with a reward that a program verifies: the share of right counts rises, on ranges that it was never trained "
    "on too"
)
NEEDS = ("sample_responses", "token_log_probs", "group_advantages", "grpo_loss")
COLUMNS = ("ranges", "right before", "right after")

GROUP, QUESTIONS, STEPS, UPDATES, CLIP = 8, 6, 36, 2, 0.2
HELD_OUT, LONGEST = 30, 12  # ranges; tokens of an answer


def joined(prompts: torch.Tensor, responses: Sequence[Sequence[int]]) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    """Prompt and response in one row, (B, T) each, and the mask (B, T-1) of the response's tokens."""
    longest = max(map(len, responses))
    tail = torch.tensor([[*row, *[0] * (longest - len(row))] for row in responses])
    real = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in responses])
    attention_mask = torch.cat([torch.ones_like(prompts), real], dim=1)
    batch = {"input_ids": torch.cat([prompts, tail], dim=1), "attention_mask": attention_mask}
    return batch, torch.cat([torch.zeros_like(prompts), real], dim=1)[:, 1:]


def verified(tokenizer, asked: tuple[int, int], response: Sequence[int]) -> float:
    """The program that verifies: every number of the range, in order, and a full stop."""
    first, last = asked
    return float(tokenizer.decode(response).strip() == ", ".join(map(str, range(first, last + 1))) + ".")


def measure(student, backbone, seed, track):
    model, tokenizer = trainable(backbone)
    (stop_id,) = tokenizer(".")["input_ids"]
    ranges = [(first, first + more) for first in range(1, 25) for more in range(2, 6)]
    prompts = [tokenizer(f"Count from {first} to {last}:")["input_ids"] for first, last in ranges]
    if len({len(row) for row in prompts}) != 1:
        raise Unfit("It needs prompts of equal length, and this tokenizer gives ranges of different lengths.")
    order = torch.randperm(len(ranges), generator=torch.Generator().manual_seed(seed)).tolist()
    ids, train, test = torch.tensor(prompts), order[HELD_OUT:], order[:HELD_OUT]
    generator = torch.Generator().manual_seed(seed)

    def sample(questions: Sequence[int]) -> tuple[list[list[int]], torch.Tensor]:
        """A response to each question, and whether it is right: (B,)."""
        responses = student.sample_responses(model, ids[questions], LONGEST, stop_id, generator)
        right = [verified(tokenizer, ranges[one], said) for one, said in zip(questions, responses, strict=True)]
        return responses, torch.tensor(right)

    def pass_rate(questions: Sequence[int]) -> float:
        _, right = sample([one for one in questions[:HELD_OUT] for _ in range(8)])
        return right.double().mean().item()

    before = {"train": pass_rate(train), "test": pass_rate(test)}
    require(
        before["train"] > 0.05,
        f"it gets {before['train']:.1%} of the ranges right, so there is next to nothing to reward.",
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-5, weight_decay=0.0)
    curve, silent = [], 0
    for _ in track(range(STEPS), "GRPO"):
        # Generate
        asked = [train[index] for index in torch.randperm(len(train), generator=generator)[:QUESTIONS].tolist()]
        questions = [one for one in asked for _ in range(GROUP)]
        responses, rewards = sample(questions)
        curve.append(rewards.mean().item())
        # Score
        advantages = student.group_advantages(rewards, GROUP)  # (QUESTIONS · GROUP,)
        silent += int((advantages.reshape(-1, GROUP) == 0).all(dim=1).sum())
        batch, mask = joined(ids[questions], responses)
        with torch.no_grad():
            logp_old = student.token_log_probs(model(**batch).logits, batch["input_ids"])  # (B, T-1)
        # Update
        for _ in range(UPDATES):
            logp = student.token_log_probs(model(**batch).logits, batch["input_ids"])
            loss = student.grpo_loss(logp, logp_old, advantages, mask, CLIP)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return {
        "train": {"before": before["train"], "after": pass_rate(train)},
        "test": {"before": before["test"], "after": pass_rate(test)},
        "silent": silent / (STEPS * QUESTIONS),
        "ranges": {"train": len(train), "test": len(test)},
        "curve": curve,
    }


def rows(figures):
    train, test = figures.train, figures.test
    yield f"{figures.ranges['train']} asked in training", round(train["before"], 3), round(train["after"], 3)
    yield f"{figures.ranges['test']} held out", round(test["before"], 3), round(test["after"], 3)


def claims(figures):
    train, test = figures.train, figures.test
    # Five seeds: in training 0.45 to 0.55 before, each seed 0.15 to 0.31 more after; held out 0.49 to 0.53 before, each
    # seed 0.04 to 0.11 more (240 answers each, so 0.03 by chance).
    yield (
        train["after"] > train["before"] + 0.05,
        f"sampled answers to the ranges of the training are right in {train['after']:.1%}, "
        f"{train['before']:.1%} before",
    )
    yield test["after"] > test["before"], f"to ranges held out in {test['after']:.1%}, {test['before']:.1%} before"


def draw(axes, figures):
    curve, test = figures.curve, figures.test
    recent = [curve[max(0, step - 5) : step] for step in range(1, len(curve) + 1)]
    smooth = [sum(part) / len(part) for part in recent]
    steps = range(1, len(curve) + 1)
    axes.plot(steps, curve, color=PALE_BLUE, linewidth=1, label="one step's responses")
    axes.plot(steps, smooth, color=BLUE, label="mean of five steps")
    axes.plot([0, len(curve)], [test["before"], test["after"]], "o", color=GREEN, label="ranges held out")
    axes.set_xlabel("steps")
    axes.set_ylabel("share of right answers")
    axes.set_ylim(0, 1.02)
    axes.legend(loc="lower right", fontsize=9)
