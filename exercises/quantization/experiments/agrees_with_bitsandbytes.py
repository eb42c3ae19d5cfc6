"""Codes and scales of a model's weights and of normal numbers, compared with bitsandbytes' number by number."""

from __future__ import annotations

import torch

from ._shared import as_linear, bitsandbytes, competent, layers_of, pieces

CLAIM = "Our absmax and NF4 agree with bitsandbytes"
NEEDS = ("absmax_quantize", "nf4_quantize")
COLUMNS = ("compared", "numbers", "differ", "beyond a midpoint")


def unpack(packed):
    """The codes, two a byte, (2 · bytes,)."""
    return torch.stack([packed.flatten() >> 4, packed.flatten() & 15], dim=1).flatten()


def compare_nf4(student, library, w):
    """How many block maxima differ, how many codes, and how many of these are within 1e-6 of a midpoint."""
    levels = library.get_4bit_type("nf4", device="cpu").double()
    midpoints = (levels[1:] + levels[:-1]) / 2
    theirs, state = library.quantize_4bit(w, blocksize=64, quant_type="nf4")
    packed, absmax = student.nf4_quantize(w)
    normalised = w.flatten().double() / absmax.double().repeat_interleave(64)[: w.numel()]  # (n,)
    near = (normalised[:, None] - midpoints).abs().amin(1) < 1e-6
    differ = unpack(packed) != unpack(theirs)
    return (absmax != state.absmax).sum().item(), differ.sum().item(), (differ & near).sum().item()


def compare_int8(student, library, w):
    """How many codes and scales of the rows of w, in fp16, differ beyond a tie."""
    w = w.half()
    theirs, maxima, _ = library.int8_vectorwise_quant(w)
    codes, scale = student.absmax_quantize(w, dim=1)  # (rows, columns), (rows, 1)
    steps = w.double() / (w.double().abs().amax(1, keepdim=True) / 127)
    tie = (steps - steps.floor() - 0.5).abs() < 1e-4
    scales_differ = ~torch.isclose(maxima / 127, scale[:, 0], rtol=1e-6)
    return ((theirs != codes) & ~tie).sum().item() + scales_differ.sum().item()


def measure(student, backbone, seed, track):
    library = bitsandbytes()
    model, tokenizer = backbone()
    competent(model, pieces(tokenizer, seed, 2))
    weights = [as_linear(layer).weight.detach().contiguous() for layer in layers_of(model).values()]
    weights.append(torch.randn(256, 320))  # and normal numbers, drawn with the seed
    maxima, codes, excused, int8 = 0, 0, 0, 0
    for w in track(weights, "comparing"):
        found = compare_nf4(student, library, w)
        maxima, codes, excused = maxima + found[0], codes + found[1], excused + found[2]
        int8 += compare_int8(student, library, w)
    return {
        "numbers": sum(w.numel() for w in weights),
        "maxima_differ": maxima,
        "codes_differ": codes,
        "codes_beyond": codes - excused,
        "int8_differ": int8,
    }


def rows(figures):
    yield "NF4 block maxima", figures.numbers // 64, figures.maxima_differ, figures.maxima_differ
    yield "NF4 codes", figures.numbers, figures.codes_differ, figures.codes_beyond
    yield "absmax per row, codes and scales", figures.numbers, figures.int8_differ, figures.int8_differ


def claims(figures):
    # Not a matter of the seed: rounding decides within 1e-6 of a midpoint, nothing does beyond it.
    numbers, differ = figures.numbers, figures.codes_differ
    yield figures.maxima_differ == 0, f"{numbers // 64:,} block maxima are the same bit for bit"
    yield (
        figures.codes_beyond == 0,
        f"of {numbers:,} NF4 codes {differ} differ, {differ - figures.codes_beyond} of them within 1e-6 of a midpoint",
    )
    yield figures.int8_differ == 0, f"int8 codes and scales of every row agree, {numbers:,} numbers"
