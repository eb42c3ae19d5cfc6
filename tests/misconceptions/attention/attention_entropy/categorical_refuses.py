"""It raises an error for a row of zeros; that has 0."""

also = ("Something is added inside the logarithm, or weights are cut off below; 0 ln 0 counts as 0 without it.",)


def attention_entropy(weights):
    return torch.distributions.Categorical(probs=weights).entropy()
