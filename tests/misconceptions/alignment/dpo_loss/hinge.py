"""That is a hinge loss, not -log sigmoid."""


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
    chosen = beta * (policy_chosen - ref_chosen)
    rejected = beta * (policy_rejected - ref_rejected)
    return (1 - (chosen - rejected)).clamp(min=0).mean(), chosen.detach(), rejected.detach()
