"""Your code raises RuntimeError where it should not"""


def similarity_attention(x):
    return safe_softmax(x @ x.T) @ x
