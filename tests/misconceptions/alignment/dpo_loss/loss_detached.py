"""What it returns has no graph, so nothing can be learned from it."""


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
    chosen = beta * (policy_chosen - ref_chosen)
    rejected = beta * (policy_rejected - ref_rejected)
    return -F.logsigmoid(chosen.detach() - rejected.detach()).mean(), chosen.detach(), rejected.detach()
