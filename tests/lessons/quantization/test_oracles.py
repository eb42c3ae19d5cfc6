"""The reference of `quantization` against bitsandbytes and against published figures.

bitsandbytes comes with `pip install -e '.[quant]'`; without it, what needs it is skipped and the rest is not.
"""

from __future__ import annotations

import runpy
import warnings
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "quantization" / "quantization.py"))
LEVELS = torch.tensor(REFERENCE["NF4_LEVELS"], dtype=torch.float64)
MIDDLE = (LEVELS[1:] + LEVELS[:-1]) / 2


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def bitsandbytes():
    pytest.importorskip("bitsandbytes")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import bitsandbytes.functional

        yield bitsandbytes.functional


def halves(packed: torch.Tensor) -> torch.Tensor:
    return torch.stack([packed.flatten() >> 4, packed.flatten() & 15], dim=1).flatten()


def test_the_levels_are_bitsandbytes(bitsandbytes) -> None:
    assert bitsandbytes.get_4bit_type("nf4", device="cpu").tolist() == LEVELS.float().tolist()


@pytest.mark.parametrize(("shape", "block_size"), [((256, 192), 64), ((100, 128), 128), ((31, 64), 32), ((50, 66), 64)])
@pytest.mark.parametrize("seed", range(3))
def test_nf4_is_bitsandbytes(bitsandbytes, shape, block_size, seed) -> None:
    """Block maxima bit for bit; codes too, except within 1e-6 of a midpoint. Numbers on midpoints are there."""
    w = normal(*shape, seed=seed)
    w.view(-1)[: 2 * block_size] = torch.cat([torch.ones(1), MIDDLE.float()]).repeat(2 * block_size)[: 2 * block_size]
    theirs, state = bitsandbytes.quantize_4bit(w, blocksize=block_size, quant_type="nf4")
    packed, absmax = REFERENCE["nf4_quantize"](w, block_size)
    assert torch.equal(absmax, state.absmax)
    normalised = w.double().flatten() / absmax.double().repeat_interleave(block_size)[: w.numel()]
    near = (normalised[:, None] - MIDDLE).abs().amin(1) < 1e-6
    differ = halves(packed) != halves(theirs)
    assert near.sum() >= 15
    assert not (differ & ~near).any()


def test_nf4_comes_back_as_from_bitsandbytes(bitsandbytes) -> None:
    w = normal(96, 128)
    packed, state = bitsandbytes.quantize_4bit(w, blocksize=64, quant_type="nf4")
    back = REFERENCE["nf4_dequantize"](packed.flatten(), state.absmax, w.shape)
    assert torch.equal(back, bitsandbytes.dequantize_4bit(packed, state))


def test_absmax_per_row_is_bitsandbytes(bitsandbytes) -> None:
    w = normal(200, 300).half()
    theirs, maxima, _ = bitsandbytes.int8_vectorwise_quant(w)
    q, scale = REFERENCE["absmax_quantize"](w, dim=1)
    steps = w.double() / (w.double().abs().amax(1, keepdim=True) / 127)
    tie = (steps - steps.floor() - 0.5).abs() < 1e-4
    assert not ((q != theirs) & ~tie).any()
    assert torch.allclose(scale[:, 0] * 127, maxima, rtol=1e-6)


def test_the_published_error_of_nf4() -> None:
    """bitsandbytes' own table: 0.072798 ± 0.000074 for N(0, 1) in blocks of 64, 4 million numbers here."""
    w = normal(2048, 2048)
    back = REFERENCE["nf4_dequantize"](*REFERENCE["nf4_quantize"](w), w.shape)
    assert (back - w).abs().mean().item() == pytest.approx(0.072798, abs=3 * 0.000074)


def test_the_error_of_fine_steps_is_a_twelfth() -> None:
    """Rounding to steps much smaller than the numbers errs uniformly within half a step: scale / sqrt(12)."""
    w = normal(1024, 1024)
    q, scale = REFERENCE["absmax_quantize"](w)
    found = REFERENCE["reconstruction_error"](w, REFERENCE["absmax_dequantize"](q, scale))
    assert found == pytest.approx((scale / 12**0.5 / w.square().mean().sqrt()).item(), rel=0.01)
    q, scale, zero = REFERENCE["zero_point_quantize"](w.abs())
    found = REFERENCE["reconstruction_error"](w.abs(), REFERENCE["zero_point_dequantize"](q, scale, zero))
    assert found == pytest.approx((scale / 12**0.5 / w.square().mean().sqrt()).item(), rel=0.01)
