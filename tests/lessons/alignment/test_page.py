"""Every figure on the page of `alignment` is computed again or was measured, and no other stands there.

pytest tests/lessons/alignment/test_page.py
"""

from __future__ import annotations

import json
import math
import re
import runpy
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[3]
LESSON = ROOT / "exercises" / "alignment"
PAGE = (LESSON / "README.md").read_text(encoding="utf-8")
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "alignment" / "alignment.py"))
BETAS = ("0", "0.1", "0.2", "0.3", "0.5", "1", "3")

# What the page takes from elsewhere: settings, examples in words.
GIVEN = {
    "6.5": "points of 10, nobody gives",
    "10": "years old; points; steps",
    "100": "added to every reward",
    "24": "steps of RLHF",
    "36": "steps of GRPO",
    "0.2": "the usual clip",
    "135": "million parameters of SmolLM2",
    "40": "tokens at most, of a reply in the real run",
    "2506": "a pull request of NeMo-RL",
    "535": "a pull request of open-instruct",
    "3938": "a pull request of TRL",
}


def measured(name: str) -> dict[str, tuple[float, float]]:
    """Smallest and largest of every number over the seeds of an experiment, as it was written down."""
    found = json.loads((LESSON / "measured" / f"{name}.json").read_text(encoding="utf-8"))
    assert found["state"] == "holds"
    assert len(found["seeds"]) == 5
    return {key: (value["min"], value["max"]) for key, value in found["spread"].items()}


def percent(span: tuple[float, float], digits: int = 0) -> str:
    """ "52 to 54%", or "99%" where all seeds give the same."""
    low, high = (f"{100 * value:.{digits}f}" for value in span)
    return f"{low}%" if low == high else f"{low} to {high}%"


def times(span: tuple[float, float], digits: int = 2) -> str:
    low, high = (f"{value + 0.0:.{digits}f}" for value in span)
    return low if low == high else f"{low} to {high}"


def of_experiments() -> dict[str, str]:
    """Text on the page → the experiment that it comes from."""
    judge, hack, kinds = measured("reward_model"), measured("reward_hacking"), measured("estimates_as_losses")
    dpo, loop, opinions, grpo = measured("dpo"), measured("rlhf"), measured("sycophancy"), measured("grpo")

    def reply(name: str) -> str:
        shares = f"{percent(dpo[f'brief_{name}'])} | {percent(dpo[f'exact_{name}'])}"
        return f"{shares} | {times(dpo[f'length_{name}'], 1)} |"

    def wins(name: str) -> str:
        return f"{percent(dpo[f'win_rate_{name}'])} | {times(dpo[f'margin_{name}'], 1)}"

    rows = {
        f"| {beta} | {times(hack[f'proxy_{beta}'], 1)} | {percent(hack[f'gold_{beta}'])} | "
        f"{times(hack[f'kl_{beta}'], 1)} |": "reward_hacking"
        for beta in BETAS
    }
    reference = f"| reference | {times(hack['proxy_reference'], 1)} | {percent(hack['gold_reference'])} | 0.0 |"
    return {
        f"the reward model orders {percent(judge['ordered'])} of the pairs": "reward_model",
        f"than the plain truth in {percent(judge['fooled'])} of the cases": "reward_model",
        f"after 24 steps {percent(loop['after'])} of the replies": "rlhf",
        f"are polite, {percent(loop['before'])} before, for {times(loop['kl'], 1)} nats": "rlhf",
        f"{percent(hack['gold_reference'])} of the writer's sentences are": "reward_hacking",
        reference: "reward_hacking",
        **rows,
        f"k1 leaves {percent(kinds['left_k1'])} of KL, k2 {percent(kinds['left_k2'], 2)}": "estimates_as_losses",
        f"| after SFT | | | {reply('sft')}": "dpo",
        f"| DPO | {wins('dpo')} | {reply('dpo')}": "dpo",
        f"| DPO on means | {wins('mean')} | {reply('mean')}": "dpo",
        f"never saw is {times(opinions['false_flattering'])}, {times(opinions['false_sft'])} before and "
        f"{times(opinions['false_honest'])} after the honest pairs": "sycophancy",
        f"agreement with *true* statements is {times(opinions['true_honest'])}": "sycophancy",
        f"sampled answers {percent(grpo['train_before'])} are right before": "grpo",
        f"and {percent(grpo['train_after'])} after 36 steps": "grpo",
        f"never asked {percent(grpo['test_before'])} and {percent(grpo['test_after'])}": "grpo",
        f"{percent(grpo['silent'])} of the groups had nothing to teach": "grpo",
    }


def of_the_real_run() -> dict[str, str]:
    """Text on the page → the one run of real_run.py that was written down (one seed, SmolLM2)."""
    found = json.loads((LESSON / "measured" / "real_run.json").read_text(encoding="utf-8"))
    before, after = found["before"], found["after"]
    won = f"After {found['step']} steps it wins {100 * after['win_rate']:.0f}% of 8 held-out pairs"
    return {
        f"{won} with a margin of {after['margin']:.1f}": "real_run",
        f"{after['length']:.1f} tokens, {before['length']:.1f} before": "real_run",
    }


def of_the_reference() -> dict[str, str]:
    """Text on the page → where it comes from, computed by the reference."""
    loss = REFERENCE["preference_loss"]
    apart, equal = loss(torch.tensor([0.7]), torch.tensor([0.3])), loss(torch.zeros(1), torch.zeros(1))
    return {f"The rewards 0.7 and 0.3 cost {apart:.4f}, equal ones ln 2 = {equal:.4f}": "preference_loss"}


def plain(text: str) -> str:
    """Without line breaks: sentences may be wrapped anywhere."""
    return re.sub(r"\s+", " ", text)


def test_the_page_says_what_the_reference_computes() -> None:
    assert [text for text in of_the_reference() if text not in plain(PAGE)] == []
    assert math.isclose(REFERENCE["preference_loss"](torch.zeros(1), torch.zeros(1)), math.log(2), rel_tol=1e-6)


def test_the_page_says_what_was_measured() -> None:
    assert [text for text in of_experiments() | of_the_real_run() if text not in plain(PAGE)] == []


def test_no_figure_is_unexplained() -> None:
    """Every number of two digits or more, or with a fraction, is computed above or given with its source."""
    prose = re.sub(r"arxiv\.org/abs/[\d.]+|\*Picture \d+", "", PAGE[: PAGE.index("## Your turn")])
    known = set(GIVEN) | {
        number for text in [*of_the_reference(), *of_experiments(), *of_the_real_run()] for number in _numbers(text)
    }
    assert [number for number in _numbers(prose) if len(number) > 1 and number not in known] == []


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)?", re.sub(r"(?<=\d)[,.](?=\s|$)", "", text))


def test_a_quoted_reply_was_measured() -> None:
    """The run-on reply on the page is one of those written down."""
    found = json.loads((LESSON / "measured" / "dpo.json").read_text(encoding="utf-8"))
    said = [row[-1] for seed in found["seeds"] for row in seed["rows"] if row[0] == "DPO on means"]
    (quoted,) = re.findall(r'so do some replies: "([^"]+)"', plain(PAGE))
    assert quoted in [plain(one) for one in said]


def test_what_the_page_says_of_estimates() -> None:
    """The table of k1, k2 and k3: which is right on average, and whose gradient is."""
    kinds = measured("estimates_as_losses")
    assert all(abs(value - 1) < 1e-6 for kind in ("k1", "k3") for value in kinds[f"value_{kind}"])
    assert kinds["value_k2"][1] - kinds["value_k2"][0] > 0.05
    assert kinds["off_k2"][1] < 1e-9 < 0.1 < kinds["off_k3"][0]


def test_k3_misses_what_the_policy_rules_out() -> None:
    """A policy that never says token 1, of a reference that says it half of the time."""
    logp, logp_ref = torch.tensor([0.0]), torch.tensor([math.log(0.5)])
    kl = REFERENCE["kl_divergence"](torch.tensor([[0.0, -math.inf]]), torch.zeros(1, 2))
    assert math.isclose(REFERENCE["kl_estimate"](logp, logp_ref, "k3"), kl - 0.5, rel_tol=1e-6)


def test_what_a_clip_of_the_ratio_alone_gets_wrong() -> None:
    """Slopes of the objective over the ratio, at 0.7 and 1.3, for advantage 1 and -1."""

    def slopes(objective) -> list[float]:
        found = []
        for advantage in (1.0, -1.0):
            for at in (0.7, 1.3):
                ratio = torch.tensor(at, requires_grad=True)
                found += torch.autograd.grad(objective(ratio, advantage) + 0 * ratio, ratio)
        return [float(slope) for slope in found]

    def ppo(ratio: torch.Tensor, advantage: float) -> torch.Tensor:
        same = torch.ones(1, 1)
        return -REFERENCE["ppo_clip_loss"](ratio.log().view(1, 1), 0 * same, advantage * same, same, 0.2)

    assert slopes(ppo) == [1, 0, 0, -1]
    assert slopes(lambda ratio, advantage: ratio.clamp(0.8, 1.2) * advantage) == [0, 0, 0, 0]
    assert slopes(lambda ratio, advantage: ratio.clamp(max=1.2) * advantage) == [1, 0, -1, 0]
