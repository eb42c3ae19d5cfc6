"""The oracles of `pretraining`'s checks against another way to the same value: PyTorch's own, and published figures."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F

CHECKS = Path(__file__).resolve().parents[3] / "exercises" / "pretraining" / "checks"


@pytest.fixture(scope="module", autouse=True)
def oracles():
    sys.path.insert(0, str(CHECKS))
    try:
        yield
    finally:
        sys.path.remove(str(CHECKS))


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_rates_are_those_of_pytorchs_scheduler() -> None:
    from pretraining_oracles import rate

    peak, floor, warmup, total = 3e-3, 4e-4, 6, 31
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=peak)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=total - warmup, eta_min=floor)
    for step in range(warmup, total + 1):
        assert rate(step, peak, floor, warmup, total) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9)
        optimizer.step()
        cosine.step()
    assert [rate(step, peak, floor, warmup, total) for step in (0, 2, 5)] == pytest.approx([5e-4, 1.5e-3, 3e-3])
    assert rate(total + 9, peak, floor, warmup, total) == floor


def test_no_mistake_of_the_schedule_is_right_on_every_step() -> None:
    from pretraining_oracles import rate, rate_mistakes

    sizes = 3.1416e-3, 7.3e-4, 6, 31
    right = [rate(step, *sizes) for step in range(40)]
    for sentence, functions in rate_mistakes().items():
        for function in functions:
            wrong = [function(step, *sizes) for step in range(40)]
            assert max(abs(one - other) for one, other in zip(right, wrong, strict=True)) > 1e-7, sentence


def test_the_formulas_of_adamw_are_pytorchs() -> None:
    from pretraining_update_oracles import STEP_MISTAKES, adamw, by_torch

    gradients = [normal(3, 2, seed=seed) for seed in range(1, 6)]
    hyper = [[0.1 + 0.01 * at, [0.7, 0.95], 0.1, 0.5] for at in range(5)]
    start = 2 * normal(3, 2)
    for mine, theirs in zip(adamw(start, gradients, hyper), by_torch(start, gradients, hyper), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-12, atol=1e-12)
    # each change is one, of a matrix or of a vector
    flat = [one[0] for one in gradients]
    for changes in STEP_MISTAKES.values():
        for change in changes:
            same = [
                torch.allclose(
                    torch.stack(adamw(first, ones, hyper, change)), torch.stack(adamw(first, ones, hyper)), atol=1e-4
                )
                for first, ones in ((start, gradients), (start[0], flat))
            ]
            assert not all(same), change


def test_the_simulated_loop_is_pytorchs() -> None:
    from pretraining_run_oracles import LOOP_MISTAKES, simulate

    vocab, rates, starts, limit = 7, [0.5, 0.2, 0.4, 0.3, 0.1, 0.6], [0.9, 0.7], 0.3
    tables = [2 * normal(vocab, vocab), normal(vocab), 1 + 0.3 * normal(vocab, seed=3)]
    generator = torch.Generator().manual_seed(5)
    drawn = [torch.randint(vocab, (2, 3, 4), generator=generator) for _ in range(4)]
    parts = [[(x, y) for x, y in drawn[:2]], [(x, y) for x, y in drawn[2:]]]
    own = [one.clone().requires_grad_() for one in tables]
    optimizer = torch.optim.SGD([{"params": own[:2]}, {"params": own[2:]}], lr=1.0, momentum=0.5)
    losses = []
    for step, (x, y) in enumerate(drawn):
        optimizer.zero_grad()
        loss = F.cross_entropy(((own[0][x] + own[1]) * own[2]).flatten(0, 1), y.flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(own, limit)
        for group in optimizer.param_groups:
            group["lr"] = rates[step]
        optimizer.step()
        losses.append(loss.item())
    found, after = simulate(tables, parts, rates, limit, starts, 0.5)
    assert [one for part in found for one in part] == pytest.approx(losses, rel=1e-5)
    for mine, theirs in zip(after, own, strict=True):
        torch.testing.assert_close(mine, theirs.detach(), rtol=1e-5, atol=1e-5)
    for changes in LOOP_MISTAKES.values():
        for change in changes:
            # a limit that is never reached shows what scales up, one that always is what doesn't clip
            same = [
                wrong[0] == right[0] and all(map(torch.equal, wrong[1], right[1]))
                for some in (limit, 1e3)
                for right in [simulate(tables, parts, rates, some, starts, 0.5)]
                for wrong in [simulate(tables, parts, rates, some, starts, 0.5, change)]
            ]
            assert not all(same), change


def test_clipping_is_pytorchs() -> None:
    from pretraining_update_oracles import clip_mistakes

    gradients = [normal(3, 2).float(), normal(4, seed=2).float()]
    norm = torch.cat([one.flatten() for one in gradients]).norm().item()
    parameters = [nn.Parameter(torch.zeros_like(one)) for one in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient.clone()
    assert nn.utils.clip_grad_norm_(parameters, 0.5).item() == pytest.approx(norm)
    mistakes = clip_mistakes(gradients, 0.5, norm)
    returned, clipped = mistakes["The norm after clipping is returned; that of before is asked for."].values[0]
    assert returned == 0.5
    for one, parameter in zip(clipped, parameters, strict=True):
        torch.testing.assert_close(one, parameter.grad, rtol=1e-5, atol=1e-6)
