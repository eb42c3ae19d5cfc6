"""The mean is taken of the ids; it is taken of their rows."""


def mean_embedding(ids, table):
    embed(ids, table)
    return embed(ids.double().mean(dim=1).long(), table)
