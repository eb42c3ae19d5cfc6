"""The reference of `efficiency` against PyTorch's own functions, and the figures that its docstrings give."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch.nn import functional as F
from torch.nn.attention.bias import causal_lower_right
from torch.utils.flop_counter import FlopCounterMode

ROOT = Path(__file__).resolve().parents[3]
LESSON = SimpleNamespace(**runpy.run_path(str(ROOT / "solutions" / "efficiency" / "efficiency.py")))


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def tokens(length: int, seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return (
        drawn(2, 3, length, 4, seed=seed),
        drawn(2, 3, length, 4, seed=seed + 1),
        drawn(2, 3, length, 5, seed=seed + 2),
    )


def test_flops_are_those_that_pytorch_counts() -> None:
    m, k, n = 5, 7, 11
    with FlopCounterMode(display=False) as counter:
        torch.randn(m, k) @ torch.randn(k, n)
    moved = sum(one.numel() * 2 for one in (torch.empty(m, k), torch.empty(k, n), torch.empty(m, n)))
    assert LESSON.intensity(m, k, n) == counter.get_total_flops() / moved


def test_the_ridge_of_an_a100() -> None:
    assert LESSON.intensity(1, 4096, 4096) == pytest.approx(0.9995, abs=1e-4)
    assert LESSON.bound_by(LESSON.intensity(1, 4096, 4096), 312e12, 2e12) == "memory"
    assert LESSON.bound_by(LESSON.intensity(512, 4096, 4096), 312e12, 2e12) == "compute"
    assert LESSON.intensity(512, 4096, 4096) == pytest.approx(409.6)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_masters_step_as_sgd_does(dtype: torch.dtype) -> None:
    masters = [drawn(3, 4).float(), drawn(5, seed=1).float()]
    weights = [one.to(dtype) for one in masters]
    parameters = [torch.nn.Parameter(one.clone()) for one in masters]
    optimizer = torch.optim.SGD(parameters, lr=0.01)
    for step in range(20):
        gradients = [drawn(*one.shape, seed=step).to(dtype) for one in masters]
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient.float()
        optimizer.step()
        LESSON.master_step(weights, masters, gradients, 0.01)
    for weight, master, parameter in zip(weights, masters, parameters, strict=True):
        torch.testing.assert_close(master, parameter.detach(), rtol=1e-5, atol=1e-6)
        assert torch.equal(weight, master.to(dtype))


def test_a_thousand_small_steps() -> None:
    # below 1 two bfloat16 numbers are 2⁻⁸ apart, so a step of 0.001 is rounded away
    assert torch.finfo(torch.bfloat16).eps == 2**-7
    lost, master, weight = torch.ones(1, dtype=torch.bfloat16), torch.ones(1), torch.ones(1, dtype=torch.bfloat16)
    for _ in range(1000):
        lost -= 0.001
        LESSON.master_step([weight], [master], [torch.ones(1)], 0.001)
    assert lost.item() == 1.0
    assert master.item() == pytest.approx(0.0, abs=1e-4)


def test_the_scale_is_that_of_grad_scaler() -> None:
    theirs = torch.amp.GradScaler("cpu", init_scale=1024.0, growth_factor=3.0, backoff_factor=0.25, growth_interval=3)
    mine = LESSON.LossScaler(1024.0, 3.0, 0.25, 3)
    parameter = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.SGD([parameter], lr=0.0)
    for bad in (0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0):
        optimizer.zero_grad()
        loss = (parameter * torch.tensor([2.0, float("inf") if bad else 3.0])).sum()
        theirs.scale(loss).backward()
        assert parameter.grad is not None
        gradients = [parameter.grad.clone()]
        finite = mine.unscale(gradients)
        theirs.unscale_(optimizer)
        if finite:
            torch.testing.assert_close(gradients[0], parameter.grad)
        theirs.step(optimizer)
        theirs.update()
        mine.update(finite)
        assert finite is not bool(bad)
        assert mine.scale(torch.tensor(1.0)).item() == pytest.approx(theirs.get_scale())


def test_half_precision_vanishes_and_overflows() -> None:
    assert torch.tensor(1e-8).half().item() == 0
    assert torch.tensor(1e-8 * 65536).half().item() == pytest.approx(6.55e-4, rel=1e-2)
    assert torch.tensor(70000.0).half().item() == float("inf")


@pytest.mark.parametrize("lengths", [[9], [1] * 9, [4, 1, 3, 1], [2, 7]])
def test_a_cache_reads_what_pytorch_reads(lengths: list[int]) -> None:
    q, k, v = tokens(9, seed=3)
    cache, read, start = None, [], 0
    for length in lengths:
        some = slice(start, start + length)
        out, cache = LESSON.cached_attention(q[:, :, some], k[:, :, some], v[:, :, some], cache)
        read.append(out)
        start += length
    torch.testing.assert_close(torch.cat(read, dim=2), F.scaled_dot_product_attention(q, k, v, is_causal=True))
    assert torch.equal(cache[0], k) and torch.equal(cache[1], v)


def test_is_causal_begins_at_the_first_key() -> None:
    q, k, v = drawn(1, 1, 1, 4), drawn(1, 1, 6, 4, seed=1), drawn(1, 1, 6, 4, seed=2)
    first_alone = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    torch.testing.assert_close(first_alone, v[:, :, :1])
    with_mask = F.scaled_dot_product_attention(q, k, v, attn_mask=causal_lower_right(1, 6))
    read, _ = LESSON.cached_attention(q, k[:, :, 5:], v[:, :, 5:], (k[:, :, :5], v[:, :, :5]))
    torch.testing.assert_close(read, with_mask)


@pytest.mark.parametrize("block", [1, 3, 4, 11, 50])
@pytest.mark.parametrize("causal", [False, True])
def test_blocks_read_what_pytorch_reads(block: int, causal: bool) -> None:
    q, k, v = drawn(2, 3, 6, 4), drawn(2, 3, 11, 4, seed=1), drawn(2, 3, 11, 5, seed=2)
    mask = torch.ones(6, 11, dtype=torch.bool).tril(5) if causal else None
    expected = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    torch.testing.assert_close(LESSON.blockwise_attention(q, k, v, block, causal), expected)


def test_online_softmax_is_softmax() -> None:
    scores, values = 5 * drawn(3, 4, 12), drawn(3, 12, 2, seed=1)
    state = None
    for start, end in ((0, 5), (5, 6), (6, 12)):
        state = LESSON.online_softmax(state, scores[..., start:end], values[..., start:end, :])
    m, total, read = state
    torch.testing.assert_close(m + total.log(), scores.logsumexp(dim=-1))
    torch.testing.assert_close(read / total[..., None], scores.softmax(dim=-1) @ values)


def test_writing_with_a_cache_counts_its_tokens() -> None:
    read = []

    def forward(ids: torch.Tensor, positions: torch.Tensor, cache: int | None) -> tuple[torch.Tensor, int]:
        read.append(ids.shape[1])
        return F.one_hot((ids + 1) % 10, 10).float(), (cache or 0) + ids.shape[1]

    text = LESSON.generate_cached(forward, torch.tensor([[3]]), 6)
    assert text.tolist() == [[3, 4, 5, 6, 7, 8, 9]]
    assert sum(read) == LESSON.tokens_through(6, cached=True)
    assert LESSON.tokens_through(100, cached=False) / LESSON.tokens_through(100, cached=True) == 50.5


def test_bytes_are_those_of_tensors() -> None:
    scores = torch.empty(12, 64, 64, dtype=torch.float16)
    assert LESSON.attention_bytes(64, 12, 16, "scores") == scores.numel() * scores.element_size()
    statistics = torch.empty(2, 12, 64)
    assert LESSON.attention_bytes(64, 12, 16, "statistics") == statistics.numel() * statistics.element_size()
    assert LESSON.attention_bytes(4096, 1, 32, "scores") == 67_108_864
