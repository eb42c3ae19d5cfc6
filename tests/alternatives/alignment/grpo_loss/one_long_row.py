"""The batch is flattened into one long row, in which each response's advantage is repeated T times."""


def grpo_loss(logp, logp_old, advantages, mask, clip):
    length = logp.shape[1]
    one_row = [tensor.reshape(1, -1) for tensor in (logp, logp_old, advantages.repeat_interleave(length), mask)]
    return ppo_clip_loss(*one_row, clip)
