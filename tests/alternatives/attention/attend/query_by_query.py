"""Each query by itself."""


def attend(q, k, v, mask=None):
    scores = attention_scores(q, k)
    weights = attention_weights(scores, mask)
    rows = [(weights[..., i, :, None] * v).sum(dim=-2) for i in range(q.shape[-2])]
    return torch.stack(rows, dim=-2)
