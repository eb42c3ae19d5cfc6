"""The softmax of each block is added up: blocks count alike, whatever their scores are."""


def online_softmax(state, scores, values):
    if scores.dtype != torch.float64:
        scores = scores.float()
    values = values.to(scores.dtype)
    greatest = scores.amax(dim=-1)
    if state is not None:
        greatest = torch.maximum(state[0], greatest)
    total, read = torch.ones_like(greatest), scores.softmax(dim=-1) @ values
    if state is not None:
        total, read = total + state[1], read + state[2]
    return greatest, total, read
