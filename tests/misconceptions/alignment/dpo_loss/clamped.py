"""The loss stops growing far from 0: something is clamped or added inside the logarithm."""


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
    chosen = beta * (policy_chosen - ref_chosen)
    rejected = beta * (policy_rejected - ref_rejected)
    return -F.logsigmoid((chosen - rejected).clamp(-100, 100)).mean(), chosen.detach(), rejected.detach()
