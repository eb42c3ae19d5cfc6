"""RLHF on the tiny model, with a reward model that was trained on polite and rude replies."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch

from ._colours import BLUE, RED
from ._texts import read
from ._training import after_sft, train_reward_model

CLAIM = (
    "The three-step loop with a learned reward model: generate, score, update; the policy's replies become what the "
    "judge prefers, at a price in KL"
)
NEEDS = ("RewardModel", "preference_loss", "rlhf_step")
COLUMNS = ("", "polite replies to held-out questions", "reward", "KL to the reference", "tokens a reply")

SFT_STEPS, STEPS, PROMPTS = 50, 24, 16
REPLY = 24  # tokens of a reply
THANKS = ("Thank you", "What a good", "You are very kind")


def of_equal_length(tokenizer, pairs: Sequence[dict]) -> torch.Tensor:
    """The prompts of the commonest length, (B, T): `sample_responses` wants one."""
    rows = [tokenizer(pair["prompt"])["input_ids"] for pair in pairs]
    lengths = [len(row) for row in rows]
    common = max(set(lengths), key=lengths.count)
    return torch.tensor([row for row in rows if len(row) == common])


def mean(trace: Sequence[dict], name: str) -> float:
    return sum(metrics[name] for metrics in trace) / len(trace)


def measure(student, backbone, seed, track):
    from autograder.backbone import preferences

    # Three models: one is trained, two say how well it does
    train, test = (preferences("tiny", split, 480, seed, "polite") for split in ("train", "test"))
    torch.manual_seed(seed)
    reward_model, tokenizer = train_reward_model(student, backbone, train, track)
    reference = after_sft(backbone, "polite", seed, train, SFT_STEPS, track)
    policy = copy.deepcopy(reference).requires_grad_(True)
    reference.requires_grad_(False)
    reward_model.requires_grad_(False)

    asked, held_out = of_equal_length(tokenizer, train), of_equal_length(tokenizer, test)[:48]
    end, generator = tokenizer.eos_token_id, torch.Generator().manual_seed(seed)

    def polite(model) -> float:
        """The share of sampled replies to held-out questions that open with thanks."""
        replies = student.sample_responses(model, held_out, REPLY, end, generator)
        return sum(read(tokenizer, reply).startswith(THANKS) for reply in replies) / len(replies)

    before, trace = polite(reference), []
    optimizer = torch.optim.AdamW(policy.parameters(), lr=5e-5, weight_decay=0.0)
    for _ in track(range(STEPS), "generate, score, update"):
        prompts = asked[torch.randperm(len(asked), generator=generator)[:PROMPTS]]
        trace.append(
            student.rlhf_step(
                policy, reference, reward_model, prompts, optimizer, 0.2, REPLY, end, updates=2, generator=generator
            )
        )
    first, last = trace[:4], trace[-4:]
    return {
        "before": before,
        "after": polite(policy),
        "reward": {"before": mean(first, "reward"), "after": mean(last, "reward")},
        "length": {"before": mean(first, "response_length"), "after": mean(last, "response_length")},
        "kl_start": trace[0]["kl"],
        "kl": mean(last, "kl"),
        "trace": trace,
    }


def rows(figures):
    for name, when, polite, kl in (
        ("first four steps", "before", figures.before, figures.kl_start),
        ("last four steps", "after", figures.after, figures.kl),
    ):
        yield name, round(polite, 3), round(figures.reward[when], 2), round(kl, 2), round(figures.length[when], 1)


def claims(figures):
    before, after, reward = figures.before, figures.after, figures.reward
    # Five seeds: 0.27 to 0.48 are polite before, each seed 0.10 to 0.54 more after (48 replies); the reward rises by
    # 4.4 to 5.8; KL 1.1 to 1.9.
    yield (
        reward["after"] > reward["before"] + 1 and after > before,
        f"{after:.1%} of the replies to questions it never saw are polite, {before:.1%} before; the reward rises from "
        f"{reward['before']:.1f} to {reward['after']:.1f}",
    )
    yield (
        figures.kl > 0.1 and abs(figures.kl_start) < 1e-3,
        f"the price: {figures.kl:.1f} nats of KL a reply, 0 at the start",
    )


def draw(axes, figures):
    steps = range(1, len(figures.trace) + 1)
    axes.plot(steps, [one["reward"] for one in figures.trace], color=BLUE, label="reward of the sampled replies")
    axes.plot(steps, [one["kl"] for one in figures.trace], color=RED, label="KL to the reference, nats a reply")
    axes.set_xlabel("steps: generate, score, update")
    axes.legend()
