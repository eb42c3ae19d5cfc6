"""The mean of each vector is taken off it; dot products are of the vectors as they are."""

also = ("All tokens have the same weight; similarity must decide.",)


def similarity_attention(x):
    centred = x - x.mean(dim=-1, keepdim=True)
    return safe_softmax(centred @ centred.mT) @ x
