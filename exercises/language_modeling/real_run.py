"""The lesson with a real model, using your own code: one table of temperatures, and what the loop writes.

    python exercises/language_modeling/real_run.py --backbone gpt2       (124 million parameters; a CPU will do)
    python exercises/language_modeling/real_run.py --backbone tiny       (the course's own)

Prompts are "The capital of X is" for the course's countries. For each temperature: how often the model's own first
choice is on top, how often it is drawn, and the entropy in nats. Then the same beginning, continued at three.
"""

from __future__ import annotations

import argparse

import torch

from autograder import real_runs
from autograder.scripts import run_script

TEMPERATURES = (0.25, 1.0, 2.0, 4.0)


@torch.no_grad()
def run(lesson, backbone: str, prompts: int = 200, new: int = 40, device: str = "cpu", seed: int = 0) -> dict:
    """The figures of each temperature, and texts."""
    from autograder.backbone import fact_prompt, load_backbone
    from autograder.backbone.world import countries

    model, tokenizer = load_backbone(backbone, device)
    generator = torch.Generator().manual_seed(seed)
    asked = [fact_prompt(country, "capital") for country in countries()[:prompts]]
    ids = [torch.tensor([tokenizer(one)["input_ids"]], device=device) for one in asked]
    logits = torch.cat([model(one).logits[:, -1] for one in ids]).cpu()  # (prompts, V)
    first = logits.argmax(dim=-1)
    found: dict = {"backbone": backbone, "prompts": len(asked), "temperatures": {}, "texts": {}}
    for temperature in TEMPERATURES:
        probs = lesson.temper(logits, temperature)
        found["temperatures"][str(temperature)] = {
            "on_top": (probs.argmax(dim=-1) == first).float().mean().item(),
            "drawn": (lesson.sample_ids(probs, generator) == first).float().mean().item(),
            "entropy": torch.special.entr(probs).sum(dim=-1).mean().item(),
        }
    beginning = torch.tensor([tokenizer("One day")["input_ids"]])
    block_size = model.config.max_position_embeddings

    def next_logits(shown: torch.Tensor) -> torch.Tensor:
        return model(shown.to(device)).logits[:, -1].cpu()

    for temperature in (0.0, 0.7, 1.0):
        (text,) = lesson.continue_ids(next_logits, beginning, new, block_size, temperature, generator)
        found["texts"][str(temperature)] = tokenizer.decode(text)
    return found


def show(found: dict) -> None:
    """The table and the texts."""
    print(f"{found['backbone']}, {found['prompts']} prompts\ntemperature  on top  drawn  entropy")
    for temperature, one in found["temperatures"].items():
        print(f"{temperature:>11}  {one['on_top']:6.3f}  {one['drawn']:5.3f}  {one['entropy']:7.2f}")
    for temperature, text in found["texts"].items():
        print(f"\nat temperature {temperature}: {text}")


def draw(axes, found: dict) -> None:
    """How often the first choice is on top, and drawn, at each temperature."""
    temperatures = [float(one) for one in found["temperatures"]]
    for name, told in (("on_top", "on top"), ("drawn", "drawn")):
        axes.plot(temperatures, [one[name] for one in found["temperatures"].values()], "o-", label=told)
    axes.set_xlabel("temperature")
    axes.set_ylabel("share of prompts: the first choice is")
    axes.set_ylim(0, 1.05)
    axes.legend()


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backbone", default="gpt2", help="gpt2, smollm2, tiny, a folder or a hub name")
    parser.add_argument("--prompts", type=int, default=200)
    parser.add_argument("--new", type=int, default=40, help="tokens to write")


def main() -> None:
    real_runs.main(__file__, __doc__, arguments, run, show, draw)


if __name__ == "__main__":
    run_script(main)
