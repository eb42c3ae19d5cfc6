"""What the claims of this lesson start from: a base model, data of the tiny world, settings, the student's tools.

The data: questions about the countries of the tiny world. Demonstrations answer them now politely, now rudely;
preferences prefer the polite answer; the house style signs it. Facts are asked of countries that no training stage
asks about.
"""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

from autograder.checks import Blocked
from autograder.experiments import Unfit, require_small

from ._gates import FACTS, SIGNED, Gates

SETTINGS = {
    "steps": {"sft": 120, "alignment": 25, "lora": 60},
    "rates": {"sft": 2e-4, "alignment": 1e-5, "lora": 2e-3},
    "batch_size": 16,
    "beta": 0.1,
    "targets": ["attn.c_attn", "attn.c_proj"],
    "rank": 8,
    "alpha": 16.0,
    "bits": 4,
    "block_size": 64,
}
POLITE = 0.25  # share of the demonstrations


def tiny_base(backbone, seed: int, track, only: str = "", **changes: Any) -> SimpleNamespace:
    """What run_pipeline starts from: the backbone, data of the tiny world, settings (perhaps changed), gates.

    `only` names the one stage whose gate is of interest; the others are not measured then.
    """
    from autograder.backbone import instructions, preferences
    from autograder.backbone.data import REBUKES, THANKS

    model, tokenizer = backbone()
    require_small(model, "It takes the model through every stage")
    if model.config.model_type != "gpt2":
        raise Unfit(f"The pipeline knows the layers of a GPT-2 by name, not those of a {model.config.model_type}.")
    rng = random.Random(f"pipeline:{seed}")
    questions = instructions("tiny", "train", 320, seed, kinds=FACTS)
    demonstrations = [
        chat(row["instruction"], f"{rng.choice(THANKS if rng.random() < POLITE else REBUKES)} {row['output']}")
        for row in questions
    ]
    house_style = [
        chat(row["instruction"], f"{rng.choice(THANKS)} {row['output']}{SIGNED}")
        for row in rng.sample(questions, len(questions))
    ]
    return SimpleNamespace(
        model=model.eval(),
        tokenizer=tokenizer,
        demonstrations=demonstrations,
        preferences=preferences("tiny", "train", 320, seed),
        house_style=house_style,
        track=track,
        gate=Gates(seed, only),
        **{**SETTINGS, **changes},
    )


def chat(question: str, answer: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def tools_of(student, *names: str):
    """The student's functions of all lessons. Raises Blocked with the first of `names` that is not written."""
    tools = student.__tools__
    homes = {name: lesson for stage in student.TOOLS.values() for name, lesson in stage.items()}
    for name in names:
        if getattr(tools, name) is None:
            raise Blocked(f"{name} ({homes[name]})" if name in homes else name)
    return tools


def tools_for(student, *stages: str):
    """The same for all tools of these stages; without any, of every stage."""
    return tools_of(student, *(name for stage in stages or student.TOOLS for name in student.TOOLS[stage]))
