"""Each query takes one value alone; all have their share."""

also = (
    "The weights are cut off from the gradient; they are learnt too.",
    "No gradient reaches the queries.",
)


def attend(q, k, v, mask=None):
    weights = attention_weights(attention_scores(q, k), mask)
    return torch.nn.functional.one_hot(weights.argmax(dim=-1), k.shape[-2]).to(v.dtype) @ v
