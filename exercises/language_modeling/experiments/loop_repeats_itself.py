"""Two hundred tokens from one beginning, eight times, at three temperatures: how much of it is new."""

from __future__ import annotations

import torch

from ._shared import BLUE, ORANGE

CLAIM = "The loop repeats itself: always the likeliest token gives one text that goes in circles, drawing does not"
NEEDS = ("continue_ids",)
COLUMNS = ("temperature", "different texts of 8", "different runs of 8 tokens in a text")
BEGINNING, TEXTS, NEW, RUN = "One day", 8, 200, 8
TEMPERATURES = (0.0, 0.7, 1.0)


class Remembering:
    """A model that is asked about ever longer texts, and computes only what is new to it."""

    def __init__(self, model) -> None:
        self.model, self.past, self.seen = model, None, 0

    def __call__(self, ids: torch.Tensor) -> torch.Tensor:
        if ids.shape[1] <= self.seen:
            self.past, self.seen = None, 0
        mask = torch.ones_like(ids)
        output = self.model(ids[:, self.seen :], attention_mask=mask, past_key_values=self.past, use_cache=True)
        self.past, self.seen = output.past_key_values, ids.shape[1]
        return output.logits[:, -1]


def measure(student, backbone, seed, track):
    model, tokenizer = backbone()
    ids = torch.tensor([tokenizer(BEGINNING)["input_ids"]] * TEXTS)
    found = {"texts": {}, "new": {}}
    for temperature in track(TEMPERATURES, "writing"):
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            written = student.continue_ids(
                Remembering(model), ids, NEW, temperature=temperature, generator=generator
            ).tolist()
        found["texts"][temperature] = len({tuple(text) for text in written})
        found["new"][temperature] = sum(map(share_new, written)) / TEXTS
    return found


def share_new(text: list[int]) -> float:
    """How many of a text's runs of RUN tokens are different, as a share of all."""
    runs = [tuple(text[start : start + RUN]) for start in range(len(text) - RUN + 1)]
    return len(set(runs)) / len(runs)


def rows(figures):
    for temperature in TEMPERATURES:
        yield f"{temperature:g}", figures.texts[temperature], f"{figures.new[temperature]:.0%}"


def claims(figures):
    # Five seeds: greedy has nothing to draw; the runs of sampled texts lie between 98% and 100%.
    yield (
        figures.texts[0.0] == 1 and figures.new[0.0] < 0.6,
        f"always the likeliest: {figures.texts[0.0]} text of {TEXTS}, {figures.new[0.0]:.0%} of its runs are different",
    )
    for temperature in TEMPERATURES[1:]:
        yield (
            figures.texts[temperature] == TEXTS and figures.new[temperature] > 0.9,
            f"at temperature {temperature:g}: {figures.texts[temperature]} texts of {TEXTS}, "
            f"{figures.new[temperature]:.0%}",
        )


def draw(axes, figures):
    labels = ["always the likeliest", *(f"temperature {one:g}" for one in TEMPERATURES[1:])]
    values = list(figures.new.values())
    axes.bar(labels, values, 0.6, color=[ORANGE, BLUE, BLUE])
    for index, value in enumerate(values):
        axes.text(index, value + 0.02, f"{value:.0%}", ha="center")
    axes.set_ylim(0, 1.12)
    axes.set_ylabel(f"share of runs of {RUN} tokens that are different")
