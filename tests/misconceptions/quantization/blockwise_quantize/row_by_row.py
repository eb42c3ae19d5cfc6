"""Blocks begin anew in every row; they go on from one row into the next."""

_right = blockwise_quantize


def blockwise_quantize(w, block_size, bits):
    rows = [_right(row, block_size, bits) for row in w] if w.ndim == 2 else [_right(w, block_size, bits)]
    return torch.cat([codes for codes, _ in rows]).view(w.shape), torch.cat([scales for _, scales in rows])
