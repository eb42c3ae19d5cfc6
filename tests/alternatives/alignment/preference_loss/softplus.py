"""softplus of the difference the other way round."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.size() != rejected.size():
        raise ValueError("sizes differ")
    return F.softplus(rejected - chosen + (margin if margin is not None else 0)).mean()
