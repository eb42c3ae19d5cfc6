"""The scores are given; the average of the vectors is asked for."""


def similarity_attention(x):
    return x @ x.mT
