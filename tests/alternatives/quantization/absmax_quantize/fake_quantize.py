"""torch's own fake quantization, per tensor or per channel, and the codes read off it."""


def absmax_quantize(w, bits=8, dim=None):
    if not 2 <= bits <= 8:
        raise ValueError("pass bits from 2 to 8")
    qmax = 2 ** (bits - 1) - 1
    w = w.float()
    if not w.numel():  # torch's has no answer to that
        return w.to(torch.int8), w.new_zeros([1 if axis == dim else size for axis, size in enumerate(w.shape)])
    rows = w.reshape(1, -1) if dim is None else w.movedim(dim, -1).reshape(-1, w.shape[dim])
    scale = rows.abs().amax(dim=1) / qmax
    unit = torch.where(scale > 0, scale, 1.0)
    # In units of the scale: torch wants scales that are no smaller than an fp32 epsilon.
    steps = torch.fake_quantize_per_channel_affine(
        rows / unit[:, None], torch.ones_like(unit), torch.zeros(len(unit), dtype=torch.int32), 0, -qmax, qmax
    ).to(torch.int8)
    if dim is None:
        return steps.reshape(w.shape), scale[0]
    left = [*w.shape]
    width = left.pop(dim)
    return steps.reshape([*left, width]).movedim(-1, dim), scale.reshape(left).unsqueeze(dim)
