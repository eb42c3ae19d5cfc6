"""chosen and rejected are the wrong way round."""


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
    chosen = beta * (policy_chosen - ref_chosen)
    rejected = beta * (policy_rejected - ref_rejected)
    return -F.logsigmoid(rejected - chosen).mean(), chosen.detach(), rejected.detach()
