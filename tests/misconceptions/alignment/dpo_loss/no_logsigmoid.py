"""There is no logsigmoid: the plain difference can grow for ever."""


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
    chosen = beta * (policy_chosen - ref_chosen)
    rejected = beta * (policy_rejected - ref_rejected)
    return -(chosen - rejected).mean(), chosen.detach(), rejected.detach()
