"""The scores are squared; they are the dot products."""


def similarity_attention(x):
    return safe_softmax((x @ x.mT) ** 2) @ x
