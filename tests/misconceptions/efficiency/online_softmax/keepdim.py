"""m and l keep a dimension of 1; they are (..., Tq)."""


def online_softmax(state, scores, values):
    if state is not None:
        state = state[0].flatten(-2), state[1].flatten(-2), state[2]
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
        total, read = total + kept * state[1], read + kept[..., None] * state[2]
    return greatest[..., None], total[..., None], read
