"""o is divided by l after each block; that comes after the last."""


def online_softmax(state, scores, values):
    if scores.dtype != torch.float64:
        scores = scores.float()
    values = values.to(scores.dtype)
    greatest = scores.amax(dim=-1)
    if state is not None:
        greatest = torch.maximum(state[0], greatest)
    shift = greatest.masked_fill(greatest == -math.inf, 0.0)
    powers = (scores - shift[..., None]).exp()
    total, read = powers.sum(dim=-1), powers @ values
    if state is not None:
        kept = (state[0] - shift).exp()
        read = read + (kept * state[1])[..., None] * state[2]
        total = total + kept * state[1]
    return greatest, total, read / total[..., None]
