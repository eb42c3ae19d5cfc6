"""One key after the other; what is -inf changes nothing."""


def online_softmax(state, scores, values):
    exact = torch.float64 if scores.dtype is torch.float64 else torch.float32
    scores, values = scores.to(exact), values.to(exact)
    shape = scores.shape[:-1]
    if state is None:
        state = torch.full(shape, -torch.inf), torch.zeros(shape), torch.zeros(*shape, values.shape[-1])
    m, summed, o = (one.to(exact) for one in state)
    for key in range(scores.shape[-1]):
        score, value = scores[..., key], values[..., key : key + 1, :]
        greater = score > m
        new = torch.where(greater, score, m)
        down = torch.where(greater, (m - new).exp(), 1.0)
        power = torch.where(score == -torch.inf, 0.0, (score - new).exp())
        m, summed, o = new, summed * down + power, o * down[..., None] + power[..., None] * value
    return m, summed, o
