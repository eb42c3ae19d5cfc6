"""The gradient is cleared before the first update only, and grows over the others."""

_right = rlhf_step


class _ClearedOnce:
    def __init__(self, optimizer):
        self.optimizer, self.cleared = optimizer, False

    def zero_grad(self, *arguments, **more):
        if not self.cleared:
            self.optimizer.zero_grad(*arguments, **more)
        self.cleared = True

    def step(self):
        self.optimizer.step()


def rlhf_step(policy, reference, reward_model, prompts, optimizer, *arguments, **more):
    return _right(policy, reference, reward_model, prompts, _ClearedOnce(optimizer), *arguments, **more)
