"""torch.quantize_per_tensor and quantize_per_channel, whose integers are the codes."""


def absmax_quantize(w, bits=8, dim=None):
    if not 2 <= bits <= 8:
        raise ValueError("pass bits from 2 to 8")
    qmax = 2 ** (bits - 1) - 1
    w = w.float()
    if dim is None:
        scale = w.abs().max() / qmax
        unit = scale if scale > 0 else torch.tensor(1.0)
        codes = torch.quantize_per_tensor((w / unit).clamp(-qmax, qmax), 1.0, 0, torch.qint8).int_repr()
        return codes, unit
    scale = w.abs().amax(dim, keepdim=True) / qmax
    unit = torch.where(scale > 0, scale, 1.0)
    rows = (w / unit).movedim(dim, 0).reshape(w.shape[dim], -1)
    ones, zeros = torch.ones(len(rows)), torch.zeros(len(rows), dtype=torch.long)
    codes = torch.quantize_per_channel(rows.clamp(-qmax, qmax), ones, zeros, 0, torch.qint8).int_repr()
    return codes.reshape(w.movedim(dim, 0).shape).movedim(0, dim).contiguous(), unit
