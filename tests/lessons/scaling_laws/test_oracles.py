"""The reference of `scaling_laws` against fits of numpy, PyTorch's counts, and the figures that its docstrings give."""

from __future__ import annotations

import math
import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

ROOT = Path(__file__).resolve().parents[3]
LESSON = SimpleNamespace(**runpy.run_path(str(ROOT / "solutions" / "scaling_laws" / "scaling_laws.py")))


def runs(count: int, seed: int) -> tuple[list[float], list[float]]:
    drawn = np.random.default_rng(seed)
    sizes = 10 ** drawn.uniform(4, 8, count)
    return sizes.tolist(), (90 * sizes**-0.2 * np.exp(drawn.normal(0, 0.1, count))).tolist()


def test_parameters_are_those_of_matrices() -> None:
    layer = nn.TransformerEncoderLayer(16, 4, dim_feedforward=64)
    matrices = sum(one.numel() for one in layer.parameters() if one.dim() == 2)
    assert LESSON.block_parameters(16, 3) == 3 * matrices
    assert LESSON.block_parameters(768, 12) == 84_934_656


def test_flops_are_those_that_pytorch_counts() -> None:
    width, tokens = 16, 10
    matrix = torch.randn(width, 3 * width, requires_grad=True)
    x = torch.randn(tokens, width, requires_grad=True)
    with FlopCounterMode(display=False) as counter:
        q, k, v = (x @ matrix).split(width, dim=-1)
        read = (q @ k.T) @ v  # the softmax between them isn't counted
    forward = counter.get_total_flops()
    assert forward == tokens * LESSON.flops_per_token(matrix.numel(), 1, width, tokens, training=False)
    with counter:
        read.sum().backward()
    assert forward + counter.get_total_flops() == tokens * LESSON.flops_per_token(matrix.numel(), 1, width, tokens)


def test_attention_of_gpt2() -> None:
    assert LESSON.flops_per_token(124_439_808, 12, 768, 1024) == 746_638_848 + 113_246_208
    assert LESSON.training_flops(124_439_808, 1) == 746_638_848


def test_days_of_chinchilla() -> None:
    flops = LESSON.training_flops(70e9, 1.4e12)
    assert flops == pytest.approx(5.88e23)
    assert LESSON.training_days(flops, 1024, 312e12, 0.4) == pytest.approx(53.25, abs=0.005)


@pytest.mark.parametrize("seed", range(5))
def test_a_law_is_numpys_line(seed: int) -> None:
    sizes, losses = runs(6, seed)
    slope, height = np.polyfit(np.log(sizes), np.log(losses), 1)
    assert LESSON.fit_power_law(sizes, losses) == pytest.approx((math.exp(height), -slope), rel=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_a_surface_is_numpys(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    sizes, tokens = 10 ** drawn.uniform(5, 7, 9), 10 ** drawn.uniform(7, 9, 9)
    losses = 1.7 + 90 * sizes**-0.34 + 300 * tokens**-0.28 + drawn.normal(0, 0.05, 9)
    columns = np.stack([np.ones(9), sizes**-0.34, tokens**-0.28], axis=1)
    expected = np.linalg.lstsq(columns, losses, rcond=None)[0]
    found = LESSON.fit_surface(sizes.tolist(), tokens.tolist(), losses.tolist(), 0.34, 0.28)
    assert found == pytest.approx(expected, rel=1e-9)


def test_the_best_size_is_where_a_grid_is_lowest() -> None:
    flops, numbers = 5.76e23, (406.4, 410.7, 0.34, 0.28)
    size, tokens = LESSON.compute_optimal(flops, *numbers)
    assert (size, tokens) == pytest.approx((3.22e10, 2.98e12), rel=0.002)
    assert 6 * size * tokens == pytest.approx(flops)
    grid = np.geomspace(size / 3, size * 3, 20_001)
    losses = 406.4 * grid**-0.34 + 410.7 * (flops / 6 / grid) ** -0.28
    assert grid[losses.argmin()] == pytest.approx(size, rel=2e-4)


@pytest.mark.parametrize("seed", range(5))
def test_a_valley_is_numpys_parabola(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    sizes = 10 ** drawn.uniform(4, 7, 7)
    losses = 2 + 0.1 * (np.log(sizes) - 12) ** 2 + drawn.normal(0, 0.02, 7)
    c, b, _ = np.polyfit(np.log(sizes), losses, 2)
    assert LESSON.isoflop_minimum(sizes.tolist(), losses.tolist()) == pytest.approx(math.exp(-b / (2 * c)), rel=1e-8)


def test_an_error_is_that_of_the_runs_without_the_largest() -> None:
    sizes, losses = runs(6, seed=1)
    order = np.argsort(sizes)
    x, y = np.log(sizes)[order], np.log(losses)[order]
    predicted = np.polyval(np.polyfit(x[:-1], y[:-1], 1), x[-1])
    assert LESSON.extrapolation_error(sizes, losses) == pytest.approx(math.exp(predicted - y[-1]) - 1, rel=1e-9)
