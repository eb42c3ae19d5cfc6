"""softplus of the difference the other way round."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.size() != rejected.size():
        raise ValueError(f"sizes differ: {chosen.shape} and {rejected.shape}")
    return F.softplus(rejected - chosen + (margin if margin is not None else 0)).mean()
