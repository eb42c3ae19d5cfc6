"""The weights are cut off from the gradient; x decides them too."""


def similarity_attention(x):
    with torch.no_grad():
        weights = safe_softmax(x @ x.mT)
    return weights @ x
