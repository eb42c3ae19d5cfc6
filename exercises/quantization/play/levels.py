"""A block of weights in 8, 4, 3 and 2 bits and in NF4: the levels, where each weight goes, and how far off it is."""

import torch

WEIGHTS = 32
LARGEST = [1, 2, 4, 8]  # times as large as it was drawn


def data(lesson):
    drawn = torch.randn(WEIGHTS, generator=torch.Generator().manual_seed(2)).sort().values
    blocks = []
    for times in LARGEST:
        w = drawn.clone()
        w[w.abs().argmax()] *= times
        blocks.append({"weights": rounded(w), "formats": list(formats(lesson, w))})
    return {"times": LARGEST, "blocks": blocks}


def formats(lesson, w):
    for bits in (8, 4, 3, 2):
        q, scale = lesson.absmax_quantize(w, bits)
        codes = torch.arange(-(2 ** (bits - 1) - 1), 2 ** (bits - 1)).to(torch.int8)
        back, levels = lesson.absmax_dequantize(q, scale), lesson.absmax_dequantize(codes, scale)
        yield told(lesson, f"{bits} bits", w, back, levels)
    packed, absmax = lesson.nf4_quantize(w, WEIGHTS)
    back = lesson.nf4_dequantize(packed, absmax, w.shape, WEIGHTS)
    yield told(lesson, "NF4 (4 bits)", w, back, torch.tensor(lesson.NF4_LEVELS) * absmax)


def told(lesson, name, w, back, levels):
    error = round(lesson.reconstruction_error(w, back), 4)
    return {"name": name, "levels": rounded(levels), "back": rounded(back), "error": error}


def rounded(values):
    return [round(one, 4) for one in values.tolist()]
