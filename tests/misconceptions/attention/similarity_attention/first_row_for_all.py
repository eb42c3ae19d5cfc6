"""The weights of one row are taken for all."""


def similarity_attention(x):
    scores = x @ x.mT
    weights = safe_softmax(scores)
    return weights[:, :1].expand_as(weights) @ x
