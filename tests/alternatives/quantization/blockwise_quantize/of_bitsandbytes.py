"""bitsandbytes' quantize_blockwise with an evenly spaced table; where it is not installed, the reference."""

_reference = blockwise_quantize


def blockwise_quantize(w, block_size, bits):
    import importlib.util

    if importlib.util.find_spec("bitsandbytes") is None:
        return _reference(w, block_size, bits)
    if block_size < 1 or not 2 <= bits <= 8:
        raise ValueError("pass a block_size of 1 or more and bits from 2 to 8")
    import bitsandbytes.functional as functional

    if not w.numel():
        return w.to(torch.int8), torch.zeros(0)
    qmax = 2 ** (bits - 1) - 1
    table = torch.arange(-qmax, 256 - qmax).clamp(max=qmax) / qmax  # the codec wants 256 entries
    q, state = functional.quantize_blockwise(w.double().flatten(), code=table, blocksize=block_size)
    codes = q.int().clamp(max=2 * qmax) - qmax
    nothing = state.absmax.repeat_interleave(block_size)[: w.numel()] == 0
    return codes.masked_fill(nothing, 0).to(torch.int8).view(w.shape), state.absmax / qmax
