"""No gradient reaches one of the two responses; the loss learns from both."""


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
    chosen = beta * (policy_chosen - ref_chosen)
    rejected = beta * (policy_rejected - ref_rejected)
    return -F.logsigmoid(chosen - rejected.detach()).mean(), chosen.detach(), rejected.detach()
