"""Dropout is switched off by setting its probabilities to 0, and on again afterwards; modes are not touched."""

_reference_step = rlhf_step


def rlhf_step(
    policy,
    reference,
    reward_model,
    prompts,
    optimizer,
    beta,
    max_new_tokens,
    stop_id,
    clip=0.2,
    updates=1,
    generator=None,
):
    kept = []
    for model in (policy, reference, reward_model):
        for module in model.modules() if isinstance(model, nn.Module) else ():
            if isinstance(module, nn.Dropout):
                kept.append((module, module.p))
                module.p = 0.0
    try:
        return _reference_step(
            policy, reference, reward_model, prompts, optimizer, beta, max_new_tokens, stop_id, clip, updates, generator
        )
    finally:
        for module, p in kept:
            module.p = p
