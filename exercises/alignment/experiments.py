"""The claims of this lesson, measured: `autograder experiment alignment`.

Each function is one claim. It gets your module as `lesson`, so what it measures is your own code. Nothing here is
graded. The figures in the comments come from five seeds and one thread:
`autograder experiment alignment --submission solutions --seeds 5`.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from types import SimpleNamespace

import torch
from torch import nn
from torch.nn import functional as F

from autograder.experiments import Result, Unfit, Verdict, experiment, require, require_small

BLUE, RED, GREEN, GREY = "#4c72b0", "#c44e52", "#55a868", "#999999"


# --- texts as batches ------------------------------------------------------------------------------------------------


def trainable(backbone) -> tuple[nn.Module, object]:
    """The language model, where it is small enough to be trained several times, and its tokenizer."""
    model, tokenizer = backbone()
    require_small(model)
    return model, tokenizer


def rows_of(tokenizer, prompts: Sequence[str], replies: Sequence[str]) -> dict[str, torch.Tensor]:
    """Prompt, reply and end token in one row; labels on reply and end token. Padded on the right."""
    texts = [
        (tokenizer(prompt)["input_ids"], [*tokenizer(f" {reply}")["input_ids"], tokenizer.eos_token_id])
        for prompt, reply in zip(prompts, replies, strict=True)
    ]
    longest = max(len(prompt) + len(reply) for prompt, reply in texts)
    input_ids = torch.full((len(texts), longest), tokenizer.eos_token_id)
    attention_mask, labels = torch.zeros_like(input_ids), torch.full_like(input_ids, -100)
    for row, (prompt, reply) in enumerate(texts):
        end = len(prompt) + len(reply)
        input_ids[row, :end] = torch.tensor(prompt + reply)
        attention_mask[row, :end] = 1
        labels[row, len(prompt) : end] = torch.tensor(reply)
    return {"input_ids": input_ids, "attention_mask": attention_mask, "labels": labels}


def pair_batch(tokenizer, pairs: Sequence[dict]) -> dict[str, dict[str, torch.Tensor]]:
    """Pairs as `dpo_step` takes them."""
    return {
        side: rows_of(tokenizer, [pair["prompt"] for pair in pairs], [pair[side] for pair in pairs])
        for side in ("chosen", "rejected")
    }


def in_turn(rows: Sequence, size: int, step: int) -> list:
    """The rows of one step, going round and round."""
    return [rows[(step * size + place) % len(rows)] for place in range(size)]


def response_log_probs(lesson, model: nn.Module, rows: dict[str, torch.Tensor]) -> torch.Tensor:
    """(B,) log-probabilities of the replies, without a graph."""
    with torch.no_grad():
        logits = model(input_ids=rows["input_ids"], attention_mask=rows["attention_mask"]).logits
        return lesson.sequence_log_prob(logits, rows["labels"])


@torch.no_grad()
def greedy(model: nn.Module, tokenizer, prompts: Sequence[str], most: int) -> list[list[int]]:
    """The likeliest reply to each prompt, cut behind its end token. Prompts are padded on the left."""
    ids = [tokenizer(prompt)["input_ids"] for prompt in prompts]
    longest = max(map(len, ids))
    input_ids = torch.tensor([[tokenizer.eos_token_id] * (longest - len(row)) + row for row in ids])
    mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in ids])
    model.eval()
    for _ in range(most):
        positions = (mask.cumsum(dim=1) - 1).clamp(min=0)
        logits = model(input_ids=input_ids, attention_mask=mask, position_ids=positions).logits[:, -1]
        input_ids = torch.cat([input_ids, logits.argmax(dim=-1, keepdim=True)], dim=1)
        mask = F.pad(mask, (0, 1), value=1)
        if (input_ids[:, longest:] == tokenizer.eos_token_id).any(dim=1).all():
            break
    end = tokenizer.eos_token_id
    rows = input_ids[:, longest:].tolist()
    return [row[: row.index(end) + 1] if end in row else row for row in rows]


def read(tokenizer, reply: list[int]) -> str:
    """A reply without its end token."""
    return tokenizer.decode([token for token in reply if token != tokenizer.eos_token_id]).strip()


_SPEAKERS: dict[tuple, dict] = {}  # weights after SFT: several claims start from the same ones


def speaker(lesson, backbone, kind: str, seed: int, pairs: Sequence[dict], steps: int, track) -> nn.Module:
    """The tiny model after SFT on *both* replies of each pair: it answers, in the preferred way or in the other.

    This is where alignment starts: a voice without judgment.
    """
    model, tokenizer = trainable(backbone)
    key = (backbone.name, kind, seed, steps, len(pairs))
    if key not in _SPEAKERS:
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
        for step in track(range(steps), "SFT on both kinds of replies"):
            part = in_turn(pairs, 8, step)
            rows = rows_of(tokenizer, [one["prompt"] for one in part] * 2,
                           [one["chosen"] for one in part] + [one["rejected"] for one in part])  # fmt: skip
            for group in optimizer.param_groups:
                group["lr"] = 1e-3 * (1 - step / steps)
            logits = model(input_ids=rows["input_ids"], attention_mask=rows["attention_mask"]).logits
            loss = F.cross_entropy(logits[:, :-1].flatten(0, 1), rows["labels"][:, 1:].flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        _SPEAKERS[key] = copy.deepcopy(model.state_dict())
    model.load_state_dict(_SPEAKERS[key])
    return model.eval()


# --- the reward model ------------------------------------------------------------------------------------------------

REWARD_STEPS = 40


def train_reward_model(lesson, backbone, pairs: Sequence[dict], track) -> tuple[nn.Module, object]:
    """A reward model on the tiny model's backbone, trained on pairs."""
    language_model, tokenizer = trainable(backbone)
    model = lesson.RewardModel(language_model.transformer)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4)
    for step in track(range(REWARD_STEPS), "training the reward model"):
        batch = pair_batch(tokenizer, in_turn(pairs, 12, step))
        chosen, rejected = (
            model(batch[side]["input_ids"], batch[side]["attention_mask"]) for side in ("chosen", "rejected")
        )
        loss = lesson.preference_loss(chosen, rejected)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval(), tokenizer


@torch.no_grad()
def judged(model: nn.Module, tokenizer, prompts: Sequence[str], replies: Sequence[str]) -> torch.Tensor:
    """(B,) rewards."""
    rows = rows_of(tokenizer, prompts, replies)
    return model(rows["input_ids"], rows["attention_mask"])


@experiment(
    "A reward model trained on pairs orders pairs that it never saw; and it has blind spots: trained on politeness, it "
    "prefers a polite falsehood to a plain truth",
    needs=("RewardModel", "preference_loss"),
)
def reward_model(lesson, backbone, seed, track):
    from autograder.backbone import preferences
    from autograder.backbone.data import THANKS

    pairs = {
        split: preferences("tiny", split, count, seed, "polite") for split, count in (("train", 480), ("test", 150))
    }
    test = pairs["test"]
    prompts = [pair["prompt"] for pair in test]
    model, tokenizer = trainable(backbone)
    torch.manual_seed(seed)
    untrained = lesson.RewardModel(model.transformer).eval()
    before = judged(untrained, tokenizer, prompts, [pair["chosen"] for pair in test]) > judged(
        untrained, tokenizer, prompts, [pair["rejected"] for pair in test]
    )
    torch.manual_seed(seed)
    model, tokenizer = train_reward_model(lesson, backbone, pairs["train"], track)
    chosen, rejected = (
        judged(model, tokenizer, prompts, [pair[side] for pair in test]) for side in ("chosen", "rejected")
    )
    ordered = (chosen > rejected).float().mean().item()
    # The polite reply with another country's answer in it, against the bare truth.
    truths = []
    for pair in test:
        (opening,) = (one for one in THANKS if pair["chosen"].startswith(one))
        truths.append(pair["chosen"].removeprefix(opening).strip())
    lies = []
    for place, pair in enumerate(test):
        relation = truths[place].split(" of ")[0]
        other = next(one for one in truths[place + 1 :] + truths if one.split(" of ")[0] == relation
                     and one.split(" is ")[1] != truths[place].split(" is ")[1])  # fmt: skip
        false = f"{truths[place].split(' is ')[0]} is {other.split(' is ')[1]}"
        lies.append(pair["chosen"].replace(truths[place], false))
    polite_lie, plain_truth = (judged(model, tokenizer, prompts, texts) for texts in (lies, truths))
    fooled = (polite_lie > plain_truth).float().mean().item()
    careful, noticed = (chosen > polite_lie).float().mean().item(), (chosen - polite_lie).mean().item()
    start = before.float().mean().item()
    spread = (chosen - rejected).mean().item()
    return Result(
        columns=("held-out comparison", "how often the first gets the higher reward", "mean difference"),
        rows=[
            ("polite truth over rude truth, untrained head", round(start, 3), ""),
            ("polite truth over rude truth", round(ordered, 3), round(spread, 2)),
            ("polite falsehood over plain truth", round(fooled, 3), round((polite_lie - plain_truth).mean().item(), 2)),
            ("polite truth over polite falsehood", round(careful, 3), round(noticed, 2)),
        ],
        verdicts=[
            # Five seeds: all of the 150 pairs, in both comparisons.
            Verdict(ordered > 0.95, f"it orders {ordered:.1%} of {len(test)} held-out pairs rightly"),
            Verdict(
                fooled > 0.9,
                f"in {fooled:.1%} of the cases a polite falsehood gets a higher reward than the plain truth",
            ),
        ],
        numbers={"ordered": ordered, "untrained": start, "spread": spread, "fooled": fooled, "noticed": noticed},
        draw=lambda axes: draw_rewards(axes, {"polite truth": chosen, "polite falsehood": polite_lie,
                                              "plain truth": plain_truth, "rude truth": rejected}),
    )  # fmt: skip


def draw_rewards(axes, groups) -> None:
    colours = (GREEN, RED, BLUE, GREY)
    for place, (values, colour) in enumerate(zip(groups.values(), colours, strict=True)):
        jitter = torch.linspace(-0.25, 0.25, len(values))
        axes.scatter(values.tolist(), (place + jitter).tolist(), s=6, color=colour)
    axes.set_yticks(range(len(groups)), list(groups))
    axes.invert_yaxis()
    axes.set_xlabel("reward of a held-out reply")


# --- the loop, and what it does to a proxy ---------------------------------------------------------------------------

WORDS = ("<end>", "!", "the", "soup", "bread", "was", "good", "cold", "<start>")
END, BANG, START = 0, 1, 8
MOST = 12  # tokens of a response
BETAS = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0, 3.0)
LOOP_STEPS = 150


class Writer(nn.Module):
    """A language model of some 700 numbers that looks at the last two tokens."""

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        self.last, self.before = nn.Embedding(len(WORDS), width), nn.Embedding(len(WORDS), width)
        self.out = nn.Linear(width, len(WORDS))

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None) -> SimpleNamespace:
        before = F.pad(input_ids[:, :-1], (1, 0), value=START)
        return SimpleNamespace(logits=self.out(torch.tanh(self.last(input_ids) + self.before(before))))


def well_formed(response: Sequence[int]) -> bool:
    """Gold: "the soup was good", one "!" behind it or none, and the end."""
    tail = list(response[4:])
    words = [WORDS[token] for token in response[:4]]
    shape = words[:1] == ["the"] and words[1:2] in (["soup"], ["bread"]) and words[2:3] == ["was"]
    return shape and words[3:] in (["good"], ["cold"]) and tail in ([END], [BANG, END])


def count_bangs(input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
    """Proxy: somebody noticed that good reviews hold more "!"; (B,)."""
    return ((input_ids == BANG) * attention_mask).sum(dim=1).float()


def trained_writer(lesson, seed: int) -> Writer:
    """A writer after SFT on sentences, some of them with a wrong token in it."""
    generator = torch.Generator().manual_seed(seed)
    sentences = torch.full((400, 7), END)
    sentences[:, 0], sentences[:, 1], sentences[:, 3] = START, 2, 5
    sentences[:, 2] = 3 + torch.randint(2, (400,), generator=generator)
    sentences[:, 4] = 6 + torch.randint(2, (400,), generator=generator)
    with_bang = torch.rand(400, generator=generator) < 0.5
    sentences[with_bang, 5] = BANG
    labels = sentences.clone()
    labels[:, 0] = -100
    labels[~with_bang, 6] = -100  # behind the end
    wrong = (torch.rand(labels.shape, generator=generator) < 0.03) & (labels != -100)
    labels = torch.where(wrong, torch.randint(0, START, labels.shape, generator=generator), labels)
    torch.manual_seed(seed)
    model = Writer()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    for _ in range(150):
        loss = -lesson.token_log_probs(model(sentences).logits, labels).sum() / (labels[:, 1:] != -100).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@experiment(
    "Reward hacking: without a price on KL the policy takes the proxy to its maximum and gold to nothing; with a high "
    "enough price both stay near the reference",
    needs=("rlhf_step",),
)
def reward_hacking(lesson, backbone, seed, track):
    reference = trained_writer(lesson, seed)
    generator = torch.Generator().manual_seed(seed)
    prompts, many = torch.full((64, 1), START), torch.full((500, 1), START)

    def measure(policy):
        responses = lesson.sample_responses(policy, many, MOST, END, generator)
        gold = sum(map(well_formed, responses)) / len(responses)
        proxy = sum(response.count(BANG) for response in responses) / len(responses)
        return proxy, gold, sum(map(len, responses)) / len(responses), [WORDS[token] for token in responses[0]]

    proxy, gold, _, _ = measure(reference)
    require(gold > 0.7, f"the reference writes {gold:.1%} of its sentences well, fewer than 70%.")
    found = {}
    for beta in track(BETAS, "RLHF at each price"):
        policy = copy.deepcopy(reference)
        optimizer = torch.optim.Adam(policy.parameters(), lr=2e-2)
        kls = []
        for _ in range(LOOP_STEPS):
            kls.append(lesson.rlhf_step(policy, reference, count_bangs, prompts, optimizer, beta, MOST, END,
                                        generator=generator)["kl"])  # fmt: skip
        found[beta] = (*measure(policy), sum(kls[-20:]) / 20)
    free, firm = found[0.0], found[1.0]
    numbers = {"proxy_reference": proxy, "gold_reference": gold}
    for beta, (more, good, length, _, kl) in found.items():
        numbers |= {f"proxy_{beta:g}": more, f"gold_{beta:g}": good, f"kl_{beta:g}": kl, f"length_{beta:g}": length}
    return Result(
        columns=("beta", 'proxy: "!" a response', "gold: well-formed", "KL to the reference", "a response"),
        rows=[
            ("reference", round(proxy, 2), round(gold, 3), 0.0, ""),
            *((f"{beta:g}", round(more, 2), round(good, 3), round(kl, 2), " ".join(words))
              for beta, (more, good, _, words, kl) in found.items()),
        ],
        verdicts=[
            # Five seeds: gold 0.86 to 0.92 at the reference; at no price 8 to 12 "!" and gold 0 (once the policy kept
            # its sentence and shouted behind it); at beta 1 0.72 to 0.88 "!" of 0.45 to 0.53, gold 0.80 to 0.89.
            Verdict(
                free[0] > 0.5 * MOST and free[1] < 0.05,
                f'at no price the proxy rises from {proxy:.2f} to {free[0]:.2f} "!", and {free[1]:.1%} of the '
                f"sentences are well-formed, of {gold:.1%} before",
            ),
            Verdict(
                firm[0] > proxy and firm[1] > gold - 0.1,
                f"at beta 1 the proxy is {firm[0]:.2f} and gold {firm[1]:.1%}",
            ),
            Verdict(
                found[3.0][4] < firm[4] < found[0.3][4] < found[0.1][4] + 1,
                "KL falls as the price rises: " + ", ".join(f"{found[beta][4]:.2f} at {beta:g}" for beta in BETAS),
            ),
        ],
        numbers=numbers,
        draw=lambda axes: draw_goodhart(axes, found, (proxy, gold)),
    )  # fmt: skip


def draw_goodhart(axes, found, start) -> None:
    betas = sorted(found)
    places = range(len(betas) + 1)
    ordered = list(reversed(betas))
    proxies = [start[0] / MOST, *(found[beta][0] / MOST for beta in ordered)]
    golds = [start[1], *(found[beta][1] for beta in ordered)]
    kls = [0.0, *(found[beta][4] for beta in ordered)]
    axes.plot(places, proxies, "o-", color=RED, label=f'proxy: share of {MOST} tokens that are "!"')
    axes.plot(places, golds, "o-", color=GREEN, label="gold: share of sentences well-formed")
    names = ["reference", *(f"β {beta:g}" for beta in ordered)]
    axes.set_xticks(list(places), [f"{name}\nKL {kl:.1f}" for name, kl in zip(names, kls, strict=True)], fontsize=8)
    axes.set_xlabel("a lower price lets the policy go further")
    axes.set_ylim(-0.04, 1.08)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=9)


# --- estimates of KL -------------------------------------------------------------------------------------------------


def gradient_of(lesson, logits: torch.Tensor, log_q: torch.Tensor, kind: str, weights: torch.Tensor) -> torch.Tensor:
    """The gradient of a weighted sum of estimates over all tokens."""
    logits = logits.detach().requires_grad_()
    log_p = logits.log_softmax(dim=-1)
    return torch.autograd.grad((weights * lesson.kl_estimate(log_p, log_q, kind)).sum(), logits)[0]


@experiment(
    "k1 used as a loss pulls nowhere: its expected gradient is zero; k2's is exactly that of KL, though k2 itself is "
    "the biased one of the two",
    needs=("kl_divergence", "kl_estimate"),
)
def estimates_as_losses(lesson, backbone, seed, track):
    vocabulary, steps = 8, 300
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(vocabulary, generator=generator, dtype=torch.float64)
    reference = torch.randn(vocabulary, generator=generator, dtype=torch.float64)
    log_q = reference.log_softmax(dim=-1)
    exact_logits = logits.clone().requires_grad_()
    exact = lesson.kl_divergence(exact_logits, reference)
    (slope,) = torch.autograd.grad(exact, exact_logits)
    log_p = logits.log_softmax(dim=-1)
    kinds = ("k1", "k2", "k3")
    values, gradients, curves = {}, {}, {}
    for kind in track(kinds, "each estimate, over every token"):
        values[kind] = (log_p.exp() * lesson.kl_estimate(log_p, log_q, kind)).sum().item()
        gradients[kind] = gradient_of(lesson, logits, log_q, kind, log_p.exp())
        policy, curve = logits.clone(), []
        for _ in range(steps):  # minimise it from samples, as one would in training
            curve.append(lesson.kl_divergence(policy, reference).item())
            tokens = torch.multinomial(policy.softmax(dim=-1), 64, replacement=True, generator=generator)
            share = torch.bincount(tokens, minlength=vocabulary) / len(tokens)
            policy = policy - 0.3 * gradient_of(lesson, policy, log_q, kind, share)
        curves[kind] = curve
    divergence = exact.item()
    size = slope.norm().item()
    off = {kind: (gradients[kind] - slope).norm().item() / size for kind in kinds}
    ends = {kind: sum(curves[kind][-20:]) / 20 / divergence for kind in kinds}
    return Result(
        columns=("estimate", "mean, KL being 1", "expected gradient off by", "KL left after training on it"),
        rows=[
            (kind, round(values[kind] / divergence, 3), f"{100 * off[kind]:.2f}%", f"{100 * ends[kind]:.1f}%")
            for kind in kinds
        ],
        verdicts=[
            # Means and gradients are exact sums in float64. Five seeds: k1 leaves 0.94 to 1.26 of KL, k2 less than
            # 0.0001.
            Verdict(gradients["k1"].abs().max().item() < 1e-12, "k1's expected gradient is 0 to twelve digits"),
            Verdict(off["k2"] < 1e-9, "k2's expected gradient is that of KL to nine digits"),
            Verdict(
                abs(values["k1"] - divergence) < 1e-9 and abs(values["k3"] - divergence) < 1e-9,
                "as numbers it is the other way round: k1 and k3 are KL on average, "
                f"k2 is {values['k2'] / divergence:.2f} of it",
            ),
            Verdict(
                ends["k1"] > 0.5 and ends["k2"] < 0.05,
                f"trained on k2 {ends['k2']:.1%} of KL is left, trained on k1 {ends['k1']:.1%}",
            ),
        ],
        numbers={"kl": divergence, **{f"value_{kind}": values[kind] / divergence for kind in kinds},
                 **{f"off_{kind}": off[kind] for kind in kinds}, **{f"left_{kind}": ends[kind] for kind in kinds}},
        draw=lambda axes: draw_estimates(axes, curves),
    )  # fmt: skip


def draw_estimates(axes, curves) -> None:
    for (kind, curve), colour in zip(curves.items(), (RED, GREEN, BLUE), strict=True):
        axes.plot(range(len(curve)), curve, color=colour, linewidth=1, label=f"{kind} as a loss")
    axes.set_xlabel("steps, 64 sampled tokens each")
    axes.set_ylabel("KL to the reference")
    axes.set_ylim(bottom=0)
    axes.legend()


# --- one pair, by hand -----------------------------------------------------------------------------------------------

QUANTUM = {
    "prompt": "Explain quantum computing to a 10-year-old.",
    "chosen": "A normal computer tries one way at a time. A quantum computer can try many ways together, like a coin "
    "that spins and is both heads and tails until you look.",
    "rejected": "Quantum computing leverages superposition and entanglement of qubits in a Hilbert space to obtain "
    "asymptotic speedups.",
}


@experiment(
    "One pair, quantum computing for a child: rewards of 0.7 and 0.3 are pushed apart, and DPO pushes the implicit "
    "rewards of the same two replies apart without a reward model",
    needs=("RewardModel", "preference_loss", "dpo_step"),
)
def worked_pair(lesson, backbone, seed, track):
    language_model, tokenizer = trainable(backbone)
    batch = pair_batch(tokenizer, [QUANTUM])
    torch.manual_seed(seed)
    judge = lesson.RewardModel(copy.deepcopy(language_model.transformer)).eval()

    def rewards():
        return torch.cat([judge(batch[side]["input_ids"], batch[side]["attention_mask"]) for side in batch])

    with torch.no_grad():  # a head that gives exactly 0.7 and 0.3 to begin with
        bias = judge.reward_head.bias
        judge.reward_head.weight.zero_()
        features = []
        for column in range(judge.reward_head.weight.shape[1]):
            judge.reward_head.weight[0, column] = 1.0
            features.append(rewards() - (0 if bias is None else bias))
            judge.reward_head.weight[0, column] = 0.0
        features = torch.stack(features, dim=1).double()  # (2, D): what the head reads at each last token
        goal = torch.tensor([0.7, 0.3], dtype=torch.float64) - (0 if bias is None else bias.double())
        judge.reward_head.weight.copy_((torch.linalg.pinv(features) @ goal)[None])
    optimizer = torch.optim.SGD(judge.parameters(), lr=1e-3)
    trace = []
    for _ in track(range(11), "the reward model"):
        pair = rewards()
        loss = lesson.preference_loss(pair[:1], pair[1:])
        trace.append((pair[0].item(), pair[1].item(), loss.item()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    policy, reference = copy.deepcopy(language_model), language_model.requires_grad_(False)
    optimizer = torch.optim.SGD(policy.parameters(), lr=2e-5)
    implicit = []
    for _ in track(range(11), "DPO"):
        metrics = lesson.dpo_step(policy, reference, batch, optimizer, 0.1)
        implicit.append((metrics["chosen_reward"], metrics["rejected_reward"], metrics["loss"]))
    gained = [  # not what the step says, but what became of the policy
        (response_log_probs(lesson, policy, rows) - response_log_probs(lesson, reference, rows)).item()
        for rows in batch.values()
    ]
    first, last, end = trace[0], trace[-1], implicit[-1]
    return Result(
        columns=("step", "reward of B (chosen)", "of A (rejected)", "loss", "implicit, of B", "of A", "DPO's loss"),
        rows=[
            (step, *(round(number, 3) for number in (*trace[step], *implicit[step]))) for step in (0, 1, 2, 5, 10)
        ],
        verdicts=[
            # The pair is the same for every seed; only the new head's bias differs.
            Verdict(
                abs(first[0] - 0.7) < 1e-3 and abs(first[1] - 0.3) < 1e-3 and abs(first[2] - 0.5130) < 1e-3,
                f"it begins with {first[0]:.2f} and {first[1]:.2f}, a loss of {first[2]:.4f}",
            ),
            Verdict(
                last[0] - last[1] > 2 * (first[0] - first[1]) and last[2] < first[2],
                f"ten steps later the rewards are {last[0]:.2f} and {last[1]:.2f}, the loss {last[2]:.3f}",
            ),
            Verdict(
                abs(implicit[0][2] - math.log(2)) < 1e-5 and end[2] < implicit[0][2] and gained[0] > gained[1],
                f"DPO begins at ln 2 and ends with implicit rewards of {end[0]:.2f} and {end[1]:.2f}, "
                f"a loss of {end[2]:.3f}",
            ),
        ],
        numbers={"chosen": last[0], "rejected": last[1], "loss": last[2], "implicit_chosen": end[0],
                 "implicit_rejected": end[1], "implicit_loss": end[2]},
        draw=lambda axes: draw_pair(axes, trace, implicit),
    )  # fmt: skip


def draw_pair(axes, trace, implicit) -> None:
    steps = range(len(trace))
    axes.plot(steps, [one[0] for one in trace], "o-", color=GREEN, label="B, reward model")
    axes.plot(steps, [one[1] for one in trace], "o-", color=RED, label="A, reward model")
    axes.plot(steps, [one[0] for one in implicit], "s--", color=GREEN, markersize=4, label="B, implicit (DPO)")
    axes.plot(steps, [one[1] for one in implicit], "s--", color=RED, markersize=4, label="A, implicit (DPO)")
    axes.set_xlabel("steps")
    axes.set_ylabel("reward")
    axes.legend(fontsize=9)


# --- DPO -------------------------------------------------------------------------------------------------------------

SFT_STEPS, DPO_STEPS, DPO_RATE, BETA = 60, 120, 2e-5, 0.3


class MeanLogProbs:
    """The lesson with one mistake: DPO on log-probabilities per token."""

    def __init__(self, lesson) -> None:
        self.lesson = lesson

    def dpo_step(self, policy, reference, batch, optimizer, beta):
        lengths = {side: (batch[side]["labels"][:, 1:] != -100).sum(dim=1) for side in batch}

        def per_token(model, side):
            rows = batch[side]
            logits = model(input_ids=rows["input_ids"], attention_mask=rows["attention_mask"]).logits
            return self.lesson.sequence_log_prob(logits, rows["labels"]) / lengths[side]

        with torch.no_grad():
            frozen = [per_token(reference, side) for side in ("chosen", "rejected")]
        loss, chosen, rejected = self.lesson.dpo_loss(
            per_token(policy, "chosen"), per_token(policy, "rejected"), *frozen, beta
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return {"loss": loss.item()}


def dpo_train(
    lesson, start: nn.Module, tokenizer, pairs, track, beta: float = BETA, steps: int = DPO_STEPS
) -> nn.Module:
    """A copy of the model after DPO against the model as it is."""
    policy = copy.deepcopy(start).requires_grad_(True)
    start.requires_grad_(False)
    optimizer = torch.optim.AdamW(policy.parameters(), lr=DPO_RATE, weight_decay=0.0)
    for step in track(range(steps), "DPO"):
        lesson.dpo_step(policy, start, pair_batch(tokenizer, in_turn(pairs, 4, step)), optimizer, beta)
    return policy.eval()


def behaviour(lesson, model: nn.Module, reference: nn.Module, tokenizer, pairs) -> dict[str, float]:
    """What a model does with held-out prompts: implicit rewards of the pairs, and its own greedy replies."""
    batch = pair_batch(tokenizer, pairs)
    ours, theirs = (
        [response_log_probs(lesson, one, batch[side]) for side in ("chosen", "rejected")] for one in (model, reference)
    )
    _, chosen, rejected = lesson.dpo_loss(*ours, *theirs, BETA)
    replies = greedy(model, tokenizer, [pair["prompt"] for pair in pairs], 40)
    texts = [read(tokenizer, reply) for reply in replies]
    preferred = [text == pair["chosen"] for text, pair in zip(texts, pairs, strict=True)]
    return {
        "win_rate": (chosen > rejected).float().mean().item(),
        "margin": (chosen - rejected).mean().item(),
        "chosen_gain": (ours[0] - theirs[0]).mean().item(),
        "brief": sum(text.count(".") == 1 for text in texts) / len(texts),
        "exact": sum(preferred) / len(texts),
        "length": sum(map(len, replies)) / len(replies),
        "says": next((text for text, good in zip(texts, preferred, strict=True) if not good), texts[0]),
    }


@experiment(
    "DPO reaches the preferred behaviour with one trained model and no reward model; on log-probabilities per token it "
    "wins the same comparisons, doesn't know when to stop, and degenerates",
    needs=("dpo_step",),
)
def dpo(lesson, backbone, seed, track):
    from autograder.backbone import preferences

    train, test = (preferences("tiny", split, count, seed, "brief") for split, count in (("train", 400), ("test", 60)))
    _, tokenizer = trainable(backbone)
    start = speaker(lesson, backbone, "brief", seed, train, SFT_STEPS, track)
    require(
        response_log_probs(lesson, start, rows_of(tokenizer, [test[0]["prompt"]], [test[0]["chosen"]])).item() > -20,
        "after SFT it does not know the reply to a question.",
    )
    models = {
        "after SFT": start,
        "DPO": dpo_train(lesson, start, tokenizer, train, track),
        "DPO on means": dpo_train(MeanLogProbs(lesson), start, tokenizer, train, track),
    }
    found = {name: behaviour(lesson, model, start, tokenizer, test) for name, model in models.items()}
    before, summed, mean = found.values()
    names = {"after SFT": "sft", "DPO": "dpo", "DPO on means": "mean"}
    return Result(
        columns=("model", "win rate", "margin", "brief replies", "exactly the preferred one", "tokens a reply",
                 "a reply that is not the preferred one"),
        rows=[
            (name, round(one["win_rate"], 3), round(one["margin"], 2), round(one["brief"], 3), round(one["exact"], 3),
             round(one["length"], 1), one["says"])
            for name, one in found.items()
        ],
        verdicts=[
            # Five seeds: margins 6.6 to 7.2, on means 21 to 60; brief 0.22 to 0.62 after SFT, 0.98 to 1.00 after DPO;
            # exactly the preferred reply 0.08 to 0.37, 0.37 to 0.58, and on means each seed 0.12 to 0.42 less than DPO.
            Verdict(
                summed["win_rate"] > 0.95 and summed["brief"] > 0.9 and before["brief"] < 0.8,
                f"DPO wins {summed['win_rate']:.1%} of {len(test)} held-out pairs with a margin of "
                f"{summed['margin']:.1f}; {summed['brief']:.1%} of its replies are brief, of "
                f"{before['brief']:.1%} before, "
                f"{summed['length']:.1f} tokens instead of {before['length']:.1f}",
            ),
            Verdict(
                summed["exact"] >= before["exact"] - 0.05,
                f"{summed['exact']:.1%} are exactly the preferred reply, of {before['exact']:.1%} before",
            ),
            Verdict(
                mean["win_rate"] > 0.95 and mean["margin"] > 2 * summed["margin"]
                and mean["exact"] < summed["exact"] - 0.05,
                f"on means it wins {mean['win_rate']:.1%} too, but runs on to a margin of {mean['margin']:.1f}; "
                f"{mean['exact']:.1%} of its replies are the preferred one",
            ),
        ],
        numbers={f"{key}_{names[name]}": value for name, one in found.items() for key, value in one.items()},
        draw=lambda axes: draw_dpo(axes, found),
    )  # fmt: skip


def draw_dpo(axes, found) -> None:
    shown = {"win_rate": "win rate", "brief": "brief replies", "exact": "exactly the\npreferred reply"}
    for place, ((name, one), colour) in enumerate(zip(found.items(), (GREY, GREEN, RED), strict=True)):
        places = [number + 0.27 * (place - 1) for number in range(len(shown))]
        axes.bar(places, [one[key] for key in shown], 0.25, color=colour,
                 label=f"{name}: {one['length']:.1f} tokens, margin {one['margin']:.1f}")  # fmt: skip
    axes.set_xticks(range(len(shown)), shown.values())
    axes.set_ylabel("share of held-out prompts")
    axes.set_ylim(0, 1.35)
    axes.legend(loc="upper right", fontsize=9)


# --- the whole loop with a learned judge -----------------------------------------------------------------------------

RLHF_STEPS, ROWS, REPLY = 24, 16, 24


@experiment(
    "The three-step loop with a learned reward model: generate, score, update; the policy's replies become what the "
    "judge prefers, at a price in KL",
    needs=("RewardModel", "preference_loss", "rlhf_step"),
)
def rlhf(lesson, backbone, seed, track):
    from autograder.backbone import preferences

    train, test = (
        preferences("tiny", split, count, seed, "polite") for split, count in (("train", 480), ("test", 480))
    )
    torch.manual_seed(seed)
    judge, tokenizer = train_reward_model(lesson, backbone, train, track)
    reference = speaker(lesson, backbone, "polite", seed, train, 50, track)
    policy = copy.deepcopy(reference).requires_grad_(True)
    reference.requires_grad_(False)
    judge.requires_grad_(False)
    end = tokenizer.eos_token_id
    generator = torch.Generator().manual_seed(seed)

    def equally_long(pairs):
        """The prompts of the commonest length: `sample_responses` wants one."""
        rows = [tokenizer(pair["prompt"])["input_ids"] for pair in pairs]
        lengths = [len(row) for row in rows]
        common = max(set(lengths), key=lengths.count)
        return torch.tensor([row for row in rows if len(row) == common])

    asked, held_out = equally_long(train), equally_long(test)[:48]

    def polite(model) -> float:
        """The share of sampled replies to held-out questions that open with thanks."""
        replies = lesson.sample_responses(model, held_out, REPLY, end, generator)
        openings = ("Thank you", "What a good", "You are very kind")
        return sum(read(tokenizer, reply).startswith(openings) for reply in replies) / len(replies)

    before, trace = polite(reference), []
    optimizer = torch.optim.AdamW(policy.parameters(), lr=5e-5, weight_decay=0.0)
    for _ in track(range(RLHF_STEPS), "generate, score, update"):
        prompts = asked[torch.randperm(len(asked), generator=generator)[:ROWS]]
        trace.append(lesson.rlhf_step(policy, reference, judge, prompts, optimizer, 0.2, REPLY, end, updates=2,
                                      generator=generator))  # fmt: skip
    after = polite(policy)
    reward = [sum(one["reward"] for one in part) / len(part) for part in (trace[:4], trace[-4:])]
    kl = sum(one["kl"] for one in trace[-4:]) / 4
    length = [sum(one["response_length"] for one in part) / len(part) for part in (trace[:4], trace[-4:])]
    return Result(
        columns=("", "polite replies to held-out questions", "reward", "KL to the reference", "tokens a reply"),
        rows=[
            ("first four steps", round(before, 3), round(reward[0], 2), round(trace[0]["kl"], 2), round(length[0], 1)),
            ("last four steps", round(after, 3), round(reward[1], 2), round(kl, 2), round(length[1], 1)),
        ],
        verdicts=[
            # Five seeds: 0.27 to 0.48 are polite before, each seed 0.10 to 0.54 more after (48 replies); the reward
            # rises by 4.4 to 5.8; KL 1.1 to 1.9.
            Verdict(
                reward[1] > reward[0] + 1 and after > before,
                f"{after:.1%} of the replies to questions it never saw are polite, {before:.1%} before; the reward "
                f"rises from {reward[0]:.1f} to {reward[1]:.1f}",
            ),
            Verdict(kl > 0.1 and abs(trace[0]["kl"]) < 1e-3, f"the price: {kl:.1f} nats of KL a reply, 0 at the start"),
        ],
        numbers={"before": before, "after": after, "reward_before": reward[0], "reward_after": reward[1], "kl": kl,
                 "length_before": length[0], "length_after": length[1]},
        draw=lambda axes: draw_loop(axes, trace),
    )  # fmt: skip


def draw_loop(axes, trace) -> None:
    steps = range(1, len(trace) + 1)
    axes.plot(steps, [one["reward"] for one in trace], color=BLUE, label="reward of the sampled replies")
    axes.plot(steps, [one["kl"] for one in trace], color=RED, label="KL to the reference, nats a reply")
    axes.set_xlabel("steps: generate, score, update")
    axes.legend()


# --- preference is not truth -----------------------------------------------------------------------------------------


@experiment(
    "Preference is not truth: trained on pairs in which people prefer to be agreed with, the model agrees with false "
    "statements more often",
    needs=("dpo_step",),
)
def sycophancy(lesson, backbone, seed, track):
    from autograder.backbone import preferences

    pairs = {kind: preferences("tiny", "train", 400, seed, kind) for kind in ("honest", "sycophantic")}
    held_out = preferences("tiny", "test", 160, seed, "honest")
    false = [pair for pair in held_out if pair["chosen"].startswith("No")]
    true = [pair for pair in held_out if pair["chosen"].startswith("Yes")]
    _, tokenizer = trainable(backbone)
    start = speaker(lesson, backbone, "opinion", seed, pairs["honest"], 50, track)

    def agrees(model, rows):
        """The share of prompts for which "Yes, you are right." is likelier than "No, you are wrong."."""
        prompts = [pair["prompt"] for pair in rows]
        yes, no = (
            rows_of(tokenizer, prompts, [reply] * len(rows)) for reply in ("Yes, you are right.", "No, you are wrong.")
        )
        for side in (yes, no):  # the reply goes on, so the end token is not part of it
            last = side["attention_mask"].sum(dim=1) - 1
            side["labels"][torch.arange(len(rows)), last] = -100
        ahead = response_log_probs(lesson, model, yes) - response_log_probs(lesson, model, no)
        return (ahead > 0).float().mean().item(), ahead.sigmoid().mean().item()

    models = {"after SFT": start}
    for kind, rows in pairs.items():
        models[f"DPO, {kind} pairs"] = dpo_train(lesson, start, tokenizer, rows, track, steps=30)
    found = {name: (*agrees(model, false), *agrees(model, true)) for name, model in models.items()}
    sft, honest, flattering = found.values()
    return Result(
        columns=("model", "agrees with false ones", "its probability", "agrees with true ones", "its probability"),
        rows=[(name, *(round(number, 3) for number in one)) for name, one in found.items()],
        verdicts=[
            # Five seeds: 0.48 to 0.52 after SFT, 0.50 to 0.81 after honest pairs, 0.99 to 1.00 after sycophantic ones.
            Verdict(
                flattering[1] > sft[1] + 0.2 and flattering[0] > 0.9,
                f"after sycophantic pairs it agrees with {flattering[0]:.1%} of {len(false)} false statements it never "
                f"saw, with a probability of {flattering[1]:.2f} instead of {sft[1]:.2f}",
            ),
            Verdict(
                honest[1] < flattering[1] - 0.05,
                f"after honest pairs on the same prompts the probability is {honest[1]:.2f}",
            ),
        ],
        numbers={f"{key}_{name}": value
                 for name, one in zip(("sft", "honest", "flattering"), found.values(), strict=True)
                 for key, value in zip(("share_false", "false", "share_true", "true"), one, strict=True)},
        draw=lambda axes: draw_sycophancy(axes, found),
    )  # fmt: skip


def draw_sycophancy(axes, found) -> None:
    places = range(len(found))
    axes.bar(
        [place - 0.2 for place in places], [one[1] for one in found.values()], 0.38, color=RED, label="false statements"
    )
    axes.bar(
        [place + 0.2 for place in places],
        [one[3] for one in found.values()],
        0.38,
        color=GREEN,
        label="true statements",
    )
    axes.set_xticks(list(places), list(found))
    axes.set_ylabel('probability of "Yes, you are right."')
    axes.set_ylim(0, 1.25)
    axes.legend(loc="upper left", ncols=2, fontsize=9)


# --- GRPO with a reward that a program computes ----------------------------------------------------------------------

GROUP, QUESTIONS, GRPO_STEPS, CLIP = 8, 6, 36, 0.2
HELD_OUT, LONGEST = 30, 12  # ranges; tokens of an answer


def joined(prompts: torch.Tensor, responses: Sequence[Sequence[int]]) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    """Prompt and response in one row, and the mask (B, T-1) of the response's tokens."""
    longest = max(map(len, responses))
    tail = torch.tensor([[*row, *[0] * (longest - len(row))] for row in responses])
    real = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in responses])
    batch = {"input_ids": torch.cat([prompts, tail], dim=1),
             "attention_mask": torch.cat([torch.ones_like(prompts), real], dim=1)}  # fmt: skip
    return batch, torch.cat([torch.zeros_like(prompts), real], dim=1)[:, 1:]


@experiment(
    "GRPO with a reward that a program verifies: the share of right counts rises, on ranges that it was never trained "
    "on too",
    needs=("sample_responses", "token_log_probs", "group_advantages", "grpo_loss"),
)
def grpo(lesson, backbone, seed, track):
    model, tokenizer = trainable(backbone)
    (stop_id,) = tokenizer(".")["input_ids"]
    ranges = [(first, first + more) for first in range(1, 25) for more in range(2, 6)]
    prompts = [tokenizer(f"Count from {first} to {last}:")["input_ids"] for first, last in ranges]
    if len({len(row) for row in prompts}) != 1:
        raise Unfit("It needs prompts of equal length, and this tokenizer gives ranges of different lengths.")
    order = torch.randperm(len(ranges), generator=torch.Generator().manual_seed(seed)).tolist()
    ids, train, test = torch.tensor(prompts), order[HELD_OUT:], order[:HELD_OUT]
    generator = torch.Generator().manual_seed(seed)

    def passed(place: int, response: Sequence[int]) -> float:
        """The program that verifies: every number of the range, in order, and a full stop."""
        first, last = ranges[place]
        return float(tokenizer.decode(response).strip() == ", ".join(map(str, range(first, last + 1))) + ".")

    def pass_rate(places) -> float:
        many = [place for place in places[:HELD_OUT] for _ in range(8)]
        responses = lesson.sample_responses(model, ids[many], LONGEST, stop_id, generator)
        return sum(passed(place, response) for place, response in zip(many, responses, strict=True)) / len(many)

    before = pass_rate(train), pass_rate(test)
    require(before[0] > 0.05, f"it gets {before[0]:.1%} of the ranges right, so there is next to nothing to reward.")
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-5, weight_decay=0.0)
    curve, silent = [], 0
    for _ in track(range(GRPO_STEPS), "GRPO"):
        asked = [train[place] for place in torch.randperm(len(train), generator=generator)[:QUESTIONS].tolist()]
        rows = [place for place in asked for _ in range(GROUP)]
        responses = lesson.sample_responses(model, ids[rows], LONGEST, stop_id, generator)
        rewards = torch.tensor([passed(place, response) for place, response in zip(rows, responses, strict=True)])
        advantages = lesson.group_advantages(rewards, GROUP)
        silent += int((advantages.reshape(-1, GROUP) == 0).all(dim=1).sum())
        batch, mask = joined(ids[rows], responses)
        with torch.no_grad():
            old = lesson.token_log_probs(model(**batch).logits, batch["input_ids"])
        for _ in range(2):
            logp = lesson.token_log_probs(model(**batch).logits, batch["input_ids"])
            loss = lesson.grpo_loss(logp, old, advantages, mask, CLIP)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        curve.append(rewards.mean().item())
    after = pass_rate(train), pass_rate(test)
    return Result(
        columns=("ranges", "right before", "right after"),
        rows=[(f"{len(places)} {name}", round(before[number], 3), round(after[number], 3))
              for number, (name, places) in enumerate((("asked in training", train), ("held out", test)))],
        verdicts=[
            # Five seeds: in training 0.45 to 0.55 before, each seed 0.15 to 0.31 more after; held out 0.49 to 0.53
            # before, each seed 0.04 to 0.11 more (240 answers each, so 0.03 by chance).
            Verdict(
                after[0] > before[0] + 0.05,
                f"sampled answers to the ranges of the training are right in {after[0]:.1%}, {before[0]:.1%} before",
            ),
            Verdict(
                after[1] > before[1],
                f"to ranges held out in {after[1]:.1%}, {before[1]:.1%} before",
            ),
        ],
        numbers={"train_before": before[0], "train_after": after[0], "test_before": before[1], "test_after": after[1],
                 "silent": silent / (GRPO_STEPS * QUESTIONS)},
        draw=lambda axes: draw_grpo(axes, curve, before, after),
    )  # fmt: skip


def draw_grpo(axes, curve, before, after) -> None:
    steps = range(1, len(curve) + 1)
    smooth = [sum(curve[max(0, step - 5) : step]) / len(curve[max(0, step - 5) : step]) for step in steps]
    axes.plot(steps, curve, color="#9fb8dc", linewidth=1, label="one step's responses")
    axes.plot(steps, smooth, color=BLUE, label="mean of five steps")
    axes.plot([0, len(curve)], [before[1], after[1]], "o", color=GREEN, label="ranges held out")
    axes.set_xlabel("steps")
    axes.set_ylabel("share of right answers")
    axes.set_ylim(0, 1.02)
    axes.legend(loc="lower right", fontsize=9)
