"""The capitals that a model knows, asked at six temperatures: which is on top, and which is drawn."""

from __future__ import annotations

import torch

from autograder.experiments import require

from ._shared import BLUE, GREEN, ORANGE

CLAIM = "Temperature changes sampling, not knowledge: the right capital stays on top, and is drawn ever less"
NEEDS = ("temper", "sample_ids")
COLUMNS = ("temperature", "right one on top", "drawn right", "entropy in nats", "log-odds times temperature")
TEMPERATURES = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0)


def measure(student, backbone, seed, track):
    from autograder.backbone import fact_prompt
    from autograder.backbone.world import countries

    model, tokenizer = backbone()
    logits, right = [], []
    for country in track(countries(), "asking for capitals"):
        prompt = tokenizer(fact_prompt(country, "capital"), return_tensors="pt")["input_ids"]
        with torch.no_grad():
            logits.append(model(prompt).logits[0, -1])
        right.append(tokenizer(f" {country.capital}")["input_ids"][0])
    logits, right = torch.stack(logits), torch.tensor(right)  # (countries, V), (countries,)
    known = (logits.argmax(dim=1) == right).float().mean().item()
    require(known > 0.9, f"it knows {known:.0%} of the capitals, less than 90%.")
    generator = torch.Generator().manual_seed(seed)
    two = logits.topk(2, dim=1).indices
    found = {"countries": len(right), "top": {}, "drawn": {}, "entropy": {}, "odds": {}}
    for temperature in TEMPERATURES:
        probs = student.temper(logits, temperature)
        drawn = [student.sample_ids(probs, generator) == right for _ in range(5)]
        pair = probs.gather(1, two).double().log()
        found["top"][temperature] = (probs.argmax(dim=1) == right).float().mean().item()
        found["drawn"][temperature] = torch.stack(drawn).float().mean().item()
        found["entropy"][temperature] = torch.special.entr(probs.double()).sum(dim=1).mean().item()
        found["odds"][temperature] = ((pair[:, 0] - pair[:, 1]) * temperature).mean().item()
    return found


def rows(figures):
    for temperature in TEMPERATURES:
        shares = [getattr(figures, name)[temperature] for name in ("top", "drawn", "entropy", "odds")]
        yield (f"{temperature:g}", *(round(share, 3) for share in shares))


def claims(figures):
    top, drawn = list(figures.top.values()), list(figures.drawn.values())
    # Five seeds: 1.000 at .25 to .025 to .037 at 4; neighbours differ by .03 or more but for the two coldest.
    yield min(top) == max(top) > 0.9, f"the right capital is on top in {top[0]:.3f} of the cases, at every temperature"
    yield (
        drawn[0] > 0.98 and drawn[-1] < 0.1 and all(a >= b for a, b in zip(drawn[1:], drawn[2:], strict=False)),
        "drawn right: " + ", ".join(f"{share:.3f}" for share in drawn),
    )
    odds = list(figures.odds.values())
    yield (
        max(odds) - min(odds) < 1e-3 * max(odds),
        f"the log-odds of the two likeliest times the temperature are {odds[0]:.3f} to {odds[-1]:.3f}",
    )


def draw(axes, figures):
    for values, colour, label in (
        (figures.top, GREEN, "the right capital is on top"),
        (figures.drawn, ORANGE, "the right capital is drawn"),
    ):
        axes.plot(list(TEMPERATURES), list(values.values()), color=colour, marker="o", label=label)
    entropy = [one / max(figures.entropy.values()) for one in figures.entropy.values()]
    axes.plot(list(TEMPERATURES), entropy, color=BLUE, marker="o", label="entropy, as a share of the largest")
    axes.set_xlabel("temperature")
    axes.set_ylabel("share")
    axes.set_ylim(-0.03, 1.08)
    axes.legend(loc="center right")
