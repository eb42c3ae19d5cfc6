"""The values are cut off from the gradient; only the weights pass it on."""


def similarity_attention(x):
    scores = x @ x.mT
    return safe_softmax(scores) @ x.detach()
