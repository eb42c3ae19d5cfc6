"""bitsandbytes' quantize_4bit and dequantize_4bit; where it is not installed, the reference."""

exercise = ("nf4_quantize", "nf4_dequantize")


_quantize, _dequantize = nf4_quantize, nf4_dequantize


def _bitsandbytes():
    import importlib.util

    if importlib.util.find_spec("bitsandbytes") is None:
        return None
    import bitsandbytes.functional

    return bitsandbytes.functional


def nf4_quantize(w, block_size=64):
    functional = _bitsandbytes()
    if functional is None or not w.numel() or block_size < 1:
        return _quantize(w, block_size)
    blocks = -(-w.numel() // block_size)
    even = nn.functional.pad(w.float().flatten(), (0, w.numel() % 2))  # it packs pairs
    packed, state = functional.quantize_4bit(even, blocksize=block_size, quant_type="nf4")
    zero = state.absmax.repeat_interleave(block_size)[: len(even)] == 0  # there it leaves code 0
    high, low = packed.flatten() >> 4, packed.flatten() & 15
    high, low = high.masked_fill(zero[0::2], 7), low.masked_fill(zero[1::2], 7)
    return (high << 4) | low, state.absmax[:blocks].clone()


def nf4_dequantize(packed, absmax, shape, block_size=64):
    functional = _bitsandbytes()
    n = torch.Size(shape).numel()
    if functional is None or not n or len(packed) != -(-n // 2) or len(absmax) != -(-n // block_size):
        return _dequantize(packed, absmax, shape, block_size)
    filled = -(-len(absmax) * block_size // 64) * 64  # its CPU code wants whole blocks
    codes = nn.functional.pad(packed, (0, filled // 2 - len(packed)))
    state = functional.QuantState(
        torch.ones(filled // 64),
        torch.Size([filled]),
        functional.get_4bit_type("nf4", device="cpu"),
        64,
        "nf4",
        torch.float32,
    )
    levels = functional.dequantize_4bit(codes.view(-1, 1), state).flatten()[:n]
    return (levels * absmax.repeat_interleave(block_size)[:n]).view(torch.Size(shape))
