"""The averages of the docstring's X"""

also = ("All tokens have the same weight; similarity must decide.",)


def similarity_attention(x):
    centred = x - x.mean(dim=-1, keepdim=True)
    return safe_softmax(centred @ centred.mT) @ x
