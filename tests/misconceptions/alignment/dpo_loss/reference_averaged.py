"""The reference is averaged over the batch; each pair has its own."""

_right = dpo_loss


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
    chosen, rejected = (ref.mean().expand_as(ref) for ref in (ref_chosen, ref_rejected))
    loss = _right(policy_chosen, policy_rejected, chosen, rejected, beta)[0]
    return (loss, *_right(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta)[1:])
