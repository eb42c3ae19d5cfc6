"""Multiplies by qmax / max instead of dividing by the scale."""


def absmax_quantize(w, bits=8, dim=None):
    if bits not in range(2, 9):
        raise ValueError("pass bits from 2 to 8")
    qmax = 2 ** (bits - 1) - 1
    w = w.to(torch.float32)
    magnitude = torch.linalg.vector_norm(w, ord=float("inf"), dim=dim, keepdim=dim is not None).double()
    steps_in_one = torch.where(magnitude > 0, qmax / magnitude, 0.0)
    return torch.round(w * steps_in_one).to(torch.int8), (magnitude / qmax).float()
