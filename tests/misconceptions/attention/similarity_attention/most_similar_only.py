"""Each token takes the most similar one alone; all have their share."""

also = ("The weights are cut off from the gradient; x decides them too.",)


def similarity_attention(x):
    scores = x @ x.mT
    return torch.nn.functional.one_hot(scores.argmax(dim=-1), x.shape[1]).to(x.dtype) @ x
