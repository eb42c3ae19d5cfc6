"""It needs a module as reward model; any function must do."""

_right = rlhf_step


def rlhf_step(policy, reference, reward_model, *args, **options):
    metrics = _right(policy, reference, reward_model, *args, **options)
    reward_model.train(reward_model.training)
    return metrics
