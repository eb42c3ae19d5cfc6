"""One pair, pushed apart by a reward model and by DPO."""

from __future__ import annotations

import copy
import math

import torch
from torch import nn

from ._colours import GREEN, RED
from ._texts import pair_batch, response_log_probs
from ._training import trainable

CLAIM = (
    "One pair, quantum computing for a child: rewards of 0.7 and 0.3 are pushed apart, and DPO pushes the implicit "
    "rewards of the same two replies apart without a reward model"
)
NEEDS = ("RewardModel", "preference_loss", "dpo_step")
COLUMNS = ("step", "reward of B (chosen)", "of A (rejected)", "loss", "implicit, of B", "of A", "DPO's loss")

PAIR = {
    "prompt": "Explain quantum computing to a 10-year-old.",
    "chosen": "A normal computer tries one way at a time. A quantum computer can try many ways together, like a coin "
    "that spins and is both heads and tails until you look.",
    "rejected": "Quantum computing leverages superposition and entanglement of qubits in a Hilbert space to obtain "
    "asymptotic speedups.",
}
STEPS = 10


def rewards_of(model: nn.Module, batch: dict) -> torch.Tensor:
    """(2,) rewards of the chosen and of the rejected reply, with a graph."""
    return torch.cat([model(rows["input_ids"], rows["attention_mask"]) for rows in batch.values()])


@torch.no_grad()
def set_rewards(model: nn.Module, batch: dict, chosen: float, rejected: float) -> None:
    """Give the head the weight with which the two replies get exactly these rewards; its bias stays."""
    weight = model.reward_head.weight.zero_()  # (1, D)
    bias = 0.0 if model.reward_head.bias is None else model.reward_head.bias
    features = []
    for column in range(weight.shape[1]):
        weight[0, column] = 1.0
        features.append(rewards_of(model, batch) - bias)
        weight[0, column] = 0.0
    features = torch.stack(features, dim=1).double()  # (2, D): what the head reads at each last token
    goal = torch.tensor([chosen, rejected], dtype=torch.float64) - bias
    weight.copy_((torch.linalg.pinv(features) @ goal)[None])


def train_reward_model(student, model: nn.Module, batch: dict, track) -> list[tuple[float, float, float]]:
    """Rewards of both replies and the loss before each step and at the end."""
    optimizer, trace = torch.optim.SGD(model.parameters(), lr=1e-3), []
    for _ in track(range(STEPS + 1), "the reward model"):
        rewards = rewards_of(model, batch)  # (2,)
        loss = student.preference_loss(rewards[:1], rewards[1:])
        trace.append((*rewards.tolist(), loss.item()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return trace


def train_policy(student, policy, reference, batch: dict, track) -> list[tuple[float, float, float]]:
    """Implicit rewards of both replies and DPO's loss before each step and at the end."""
    optimizer, trace = torch.optim.SGD(policy.parameters(), lr=2e-5), []
    for _ in track(range(STEPS + 1), "DPO"):
        metrics = student.dpo_step(policy, reference, batch, optimizer, 0.1)
        trace.append((metrics["chosen_reward"], metrics["rejected_reward"], metrics["loss"]))
    return trace


def measure(student, backbone, seed, track):
    language_model, tokenizer = trainable(backbone)
    batch = pair_batch(tokenizer, [PAIR])

    # A reward model that begins with 0.7 and 0.3
    torch.manual_seed(seed)
    reward_model = student.RewardModel(copy.deepcopy(language_model.transformer)).eval()
    set_rewards(reward_model, batch, 0.7, 0.3)
    trace = train_reward_model(student, reward_model, batch, track)

    # DPO on the same pair
    policy, reference = copy.deepcopy(language_model), language_model.requires_grad_(False)
    implicit = train_policy(student, policy, reference, batch, track)
    gained = [  # not what the step says, but what became of the policy
        (response_log_probs(student, policy, rows) - response_log_probs(student, reference, rows)).item()
        for rows in batch.values()
    ]
    names = ("chosen", "rejected", "loss")
    return {
        "start": dict(zip(names, trace[0], strict=True)),
        **dict(zip(names, trace[-1], strict=True)),
        "implicit_start": dict(zip(names, implicit[0], strict=True)),
        "implicit": dict(zip(names, implicit[-1], strict=True)),
        "gained": dict(zip(names, gained, strict=False)),
        "trace": trace,
        "implicit_trace": implicit,
    }


def rows(figures):
    for step in (0, 1, 2, 5, 10):
        yield step, *(round(value, 3) for value in (*figures.trace[step], *figures.implicit_trace[step]))


def claims(figures):
    start, implicit_start, implicit = figures.start, figures.implicit_start, figures.implicit
    # The pair is the same for every seed; only the new head's bias differs.
    yield (
        abs(start["chosen"] - 0.7) < 1e-3 and abs(start["rejected"] - 0.3) < 1e-3 and abs(start["loss"] - 0.513) < 1e-3,
        f"it begins with {start['chosen']:.2f} and {start['rejected']:.2f}, a loss of {start['loss']:.4f}",
    )
    yield (
        figures.chosen - figures.rejected > 2 * (start["chosen"] - start["rejected"]) and figures.loss < start["loss"],
        f"ten steps later the rewards are {figures.chosen:.2f} and {figures.rejected:.2f}, the loss {figures.loss:.3f}",
    )
    yield (
        abs(implicit_start["loss"] - math.log(2)) < 1e-5
        and implicit["loss"] < implicit_start["loss"]
        and figures.gained["chosen"] > figures.gained["rejected"],
        f"DPO begins at ln 2 and ends with implicit rewards of {implicit['chosen']:.2f} and "
        f"{implicit['rejected']:.2f}, a loss of {implicit['loss']:.3f}",
    )


def draw(axes, figures):
    steps = range(STEPS + 1)
    for trace, line, size, kind in ((figures.trace, "o-", None, "reward model"),
                                    (figures.implicit_trace, "s--", 4, "implicit (DPO)")):  # fmt: skip
        for reply, (name, colour) in enumerate((("B", GREEN), ("A", RED))):
            axes.plot(
                steps, [one[reply] for one in trace], line, color=colour, markersize=size, label=f"{name}, {kind}"
            )
    axes.set_xlabel("steps")
    axes.set_ylabel("reward")
    axes.legend(fontsize=9)
