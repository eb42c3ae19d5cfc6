"""The policy's gradient is another after the error; nothing may have changed."""

_right = dpo_step


def dpo_step(policy, reference, batch, optimizer, beta):
    policy.zero_grad()
    return _right(policy, reference, batch, optimizer, beta)
