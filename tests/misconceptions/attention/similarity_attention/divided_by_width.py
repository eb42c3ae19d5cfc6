"""The scores are scaled; here they are the dot products."""


def similarity_attention(x):
    scores = x @ x.mT
    return safe_softmax(scores / x.shape[-1]) @ x
