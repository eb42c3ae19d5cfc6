"""The weights are cut off from the gradient; x decides them too."""


def similarity_attention(x):
    scores = x @ x.mT
    return safe_softmax(scores.detach()) @ x
