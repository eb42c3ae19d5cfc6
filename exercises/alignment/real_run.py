"""DPO with a real model, using your own code, in pieces of a few minutes.

    python exercises/alignment/real_run.py --backbone smollm2 --out runs/dpo --minutes 8        again and again
    python exercises/alignment/real_run.py --backbone gpt2 --device cuda --out runs/dpo
    python exercises/alignment/real_run.py --lesson solutions/alignment/alignment.py ...

The pairs are the tiny world's: a question about a country, answered briefly (chosen) or at length (rejected). Each call
goes on from what `--out` holds, begins no step after `--minutes`, saves, and says how far it is; at the end it
prints, for held-out prompts, the win rate, the margin, and the length of the model's own replies before and after.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from pathlib import Path

import torch

from autograder import experiments
from autograder.scripts import load_module, run_script

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


def run(lesson, backbone: str, out: Path, steps: int, minutes: float, rate: float, beta: float, pairs: int, test: int,
        device: str, most: int = 40) -> dict:  # fmt: skip
    """Go on from what `out` holds for at most this long; what is known so far."""
    from autograder.backbone import load_backbone, preferences

    deadline = time.monotonic() + 60 * minutes
    texts = experiments.load_file(HERE / "experiments" / "_texts.py")
    model, tokenizer = load_backbone(backbone, device)
    data = {}
    for split, count in (("train", 400), ("test", test)):
        rows = preferences("tiny", split, count, 0, "brief")
        data[split] = [{**row, "prompt": as_chat(tokenizer, row["prompt"])} for row in rows]
    out.mkdir(parents=True, exist_ok=True)
    told, weights = out / "progress.json", out / "state.pt"
    state = json.loads(told.read_text()) if told.exists() else {"step": 0, "trace": []}
    reference = model.requires_grad_(False)
    policy = copy.deepcopy(model).requires_grad_(True)
    # Plain SGD with momentum: Adam's two numbers a parameter would double what is saved.
    optimizer = torch.optim.SGD(policy.parameters(), lr=rate, momentum=0.9)
    if state["step"]:
        saved = torch.load(weights, map_location=device, weights_only=True)
        policy.load_state_dict(saved["policy"])
        optimizer.load_state_dict(saved["optimizer"])
    elif "before" not in state:
        state["before"] = measure(lesson, texts, policy, reference, tokenizer, data["test"], beta, device, most)
        told.write_text(json.dumps(state, indent=1))
    while state["step"] < steps and time.monotonic() < deadline:
        batch = on(device, texts.pair_batch(tokenizer, texts.in_turn(data["train"], pairs, state["step"])))
        metrics = lesson.dpo_step(policy, reference, batch, optimizer, beta)
        state["step"] += 1
        state["trace"].append({name: round(value, 4) for name, value in metrics.items()})
        print(
            f"step {state['step']} of {steps}: loss {metrics['loss']:.4f}, win rate {metrics['win_rate']:.2f}",
            flush=True,
        )
    if state["step"] == steps and "after" not in state and time.monotonic() < deadline:
        state["after"] = measure(lesson, texts, policy, reference, tokenizer, data["test"], beta, device, most)
    torch.save({"policy": policy.state_dict(), "optimizer": optimizer.state_dict()}, weights)
    told.write_text(json.dumps(state, indent=1))
    return state


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backbone", default="smollm2", help="smollm2, gpt2, tiny, a folder or a hub name")
    parser.add_argument("--out", type=Path, required=True, help="where progress is kept")
    parser.add_argument("--steps", type=int, default=24)
    parser.add_argument("--minutes", type=float, default=8.0, help="no new step after so long in this call")
    parser.add_argument("--pairs", type=int, default=4, help="pairs a step")
    parser.add_argument("--test", type=int, default=16, help="held-out pairs")
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--beta", type=float, default=0.1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--lesson", type=Path, default=HERE / "alignment.py")
    options = parser.parse_args()
    lesson = load_module(options.lesson, "alignment_lesson")
    state = run(lesson, options.backbone, options.out, options.steps, options.minutes, options.rate, options.beta,
                options.pairs, options.test, options.device)  # fmt: skip
    if "after" not in state:
        print(f"{state['step']} of {options.steps} steps are done: run the same command again")
        return
    for name in ("before", "after"):
        one = state[name]
        print(f"{name}: win rate {one['win_rate']:.2f}, margin {one['margin']:.2f}, {one['length']:.1f} tokens a reply"
              f"; it says: {one['says']}")  # fmt: skip


if __name__ == "__main__":
    run_script(main)
