"""The error about a single prompt doesn't say what to pass."""

_right = rlhf_step


def rlhf_step(policy, reference, reward_model, prompts, *others, **more):
    if len(prompts) == 1:
        raise ValueError
    return _right(policy, reference, reward_model, prompts, *others, **more)
