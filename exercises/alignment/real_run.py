"""DPO with a real model, using your own code.

    python exercises/alignment/real_run.py --backbone smollm2 --out runs/dpo.json --minutes 8       again and again
    python exercises/alignment/real_run.py --backbone gpt2 --device cuda --out runs/dpo.json
    python exercises/alignment/real_run.py --lesson solutions/alignment/alignment.py ...

The pairs are the tiny world's: a question about a country, answered briefly (chosen) or at length (rejected). With
`--out`, the same call goes on where the last one stopped, and with `--minutes` it begins no step after so long. At the
end it prints, for held-out prompts, the win rate, the margin, and the length of the model's own replies, before and
after.
"""

from __future__ import annotations

import argparse
import copy
from pathlib import Path

import torch

from autograder import experiments, real_runs
from autograder.scripts import run_script

HERE = Path(__file__).resolve().parent


def as_chat(tokenizer, prompt: str) -> str:
    """The prompt as a chat model was trained to see it; as it is where there is no template."""
    if not getattr(tokenizer, "chat_template", None):
        return prompt
    messages = [{"role": "user", "content": prompt}]
    return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)


def on(device: str, batch):
    """A dict of tensors, however deep, on the device."""
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    return {name: on(device, part) for name, part in batch.items()}


@torch.no_grad()
def replies(model, tokenizer, prompts: list[str], most: int) -> list[list[int]]:
    """Greedy, one prompt after the other."""
    found = []
    for prompt in prompts:
        ids = torch.tensor([tokenizer(prompt)["input_ids"]], device=model.device)
        output = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=most, do_sample=False,
                                pad_token_id=tokenizer.eos_token_id)  # fmt: skip
        found.append(output[0, ids.shape[1] :].tolist())
    return found


def measure(lesson, texts, policy, reference, tokenizer, pairs, beta: float, device: str, most: int) -> dict:
    """Win rate and margin on held-out pairs, and the policy's own replies."""
    rewards = {"chosen": [], "rejected": []}
    for pair in pairs:  # one by one: a batch of long rows takes memory
        for side, found in rewards.items():
            rows = on(device, texts.rows_of(tokenizer, [pair["prompt"]], [pair[side]]))
            ours, theirs = (texts.response_log_probs(lesson, model, rows) for model in (policy, reference))
            found.append(beta * (ours - theirs).item())
    said = replies(policy, tokenizer, [pair["prompt"] for pair in pairs[:8]], most)
    wins = [good > bad for good, bad in zip(*rewards.values(), strict=True)]
    return {
        "win_rate": sum(wins) / len(wins),
        "margin": (sum(rewards["chosen"]) - sum(rewards["rejected"])) / len(wins),
        "length": sum(map(len, said)) / len(said),
        "says": tokenizer.decode(said[0], skip_special_tokens=True).strip(),
    }


def run(lesson, backbone: str, steps: int, rate: float, beta: float, pairs: int, test: int, device: str,
        most: int = 40, kept: real_runs.Kept | None = None) -> dict:  # fmt: skip
    """Train a policy; what is known before, of each step, and after."""
    from autograder.backbone import load_backbone, preferences

    kept = kept or real_runs.Kept()
    texts = experiments.load_file(HERE / "experiments" / "_texts.py")
    model, tokenizer = load_backbone(backbone, device)
    data = {}
    for split, count in (("train", 400), ("test", test)):
        rows = preferences("tiny", split, count, 0, "brief")
        data[split] = [{**row, "prompt": as_chat(tokenizer, row["prompt"])} for row in rows]
    reference = model.requires_grad_(False)
    policy = copy.deepcopy(model).requires_grad_(True)

    def now() -> dict:
        return measure(lesson, texts, policy, reference, tokenizer, data["test"], beta, device, most)

    found: dict = {"backbone": backbone, "device": device, "before": kept.once("before", now), "trace": []}
    # Plain SGD with momentum: Adam's two numbers a parameter would double what is kept.
    optimizer = torch.optim.SGD(policy.parameters(), lr=rate, momentum=0.9)
    for step in kept.steps("training", steps, {"policy": policy, "optimizer": optimizer}, found["trace"]):
        batch = on(device, texts.pair_batch(tokenizer, texts.in_turn(data["train"], pairs, step)))
        metrics = lesson.dpo_step(policy, reference, batch, optimizer, beta)
        found["trace"].append({name: round(value, 4) for name, value in metrics.items()})
        print(
            f"step {step + 1} of {steps}: loss {metrics['loss']:.4f}, win rate {metrics['win_rate']:.2f}",
            flush=True,
        )
    found["after"] = now()
    return found


def show(found: dict) -> None:
    for name in ("before", "after"):
        one = found[name]
        print(f"{name}: win rate {one['win_rate']:.2f}, margin {one['margin']:.2f}, {one['length']:.1f} tokens a reply"
              f"; it says: {one['says']}")  # fmt: skip


def draw(axes, found: dict) -> None:
    """The rewards of the chosen and the rejected replies, in the batch of each step."""
    for side, colour in (("chosen", "#4c72b0"), ("rejected", "#dd8452")):
        values = [one[f"{side}_reward"] for one in found["trace"]]
        axes.plot(range(1, len(values) + 1), values, color=colour, label=side)
    axes.set_xlabel("training steps")
    axes.set_ylabel("implicit reward, before the step")
    axes.legend()


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backbone", default="smollm2", help="smollm2, gpt2, tiny, a folder or a hub name")
    parser.add_argument("--steps", type=int, default=24)
    parser.add_argument("--pairs", type=int, default=4, help="pairs a step")
    parser.add_argument("--test", type=int, default=16, help="held-out pairs")
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--beta", type=float, default=0.1)


def main() -> None:
    real_runs.main(__file__, __doc__, arguments, run, show, draw)


if __name__ == "__main__":
    run_script(main)
