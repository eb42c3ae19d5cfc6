"""The gradient is scaled down (gradient clipping) before the step."""

_right = rlhf_step


def rlhf_step(policy, reference, *others, **more):
    optimizer = others[2]

    def scaled_down():
        nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
        return step()

    step, optimizer.step = optimizer.step, scaled_down
    try:
        return _right(policy, reference, *others, **more)
    finally:
        del optimizer.step
