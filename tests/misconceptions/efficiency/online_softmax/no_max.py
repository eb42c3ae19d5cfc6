"""No greatest score is taken off, so great scores overflow."""


def online_softmax(state, scores, values):
    if scores.dtype != torch.float64:
        scores = scores.float()
    values = values.to(scores.dtype)
    greatest = torch.zeros_like(scores[..., 0])
    shift = greatest.masked_fill(greatest == -math.inf, 0.0)
    powers = (scores - shift[..., None]).exp()
    total, read = powers.sum(dim=-1), powers @ values
    if state is not None:
        kept = (state[0] - shift).exp()
        total, read = total + kept * state[1], read + kept[..., None] * state[2]
    return greatest, total, read
