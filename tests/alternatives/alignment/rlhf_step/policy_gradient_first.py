"""A single update takes the policy gradient, which is the same; several take the clipped loss."""

_with_clip = rlhf_step


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
    if updates > 1 or reference is policy or len(prompts) < 2:
        return _with_clip(
            policy, reference, reward_model, prompts, optimizer, beta, max_new_tokens, stop_id, clip, updates, generator
        )
    with without_dropout(policy, reference, reward_model):
        responses = sample_responses(policy, prompts, max_new_tokens, stop_id, generator)
        batch, mask = join_responses(prompts, responses, stop_id)
        logp = token_log_probs(policy(**batch).logits, batch["input_ids"])
        with torch.no_grad():
            score = reward_model(batch["input_ids"], batch["attention_mask"])
            logp_ref = token_log_probs(reference(**batch).logits, batch["input_ids"])
            kl = (logp - logp_ref).masked_fill(mask == 0, 0.0).sum(dim=1)
            advantages = score - beta * kl - (score - beta * kl).mean()
        loss = -(logp * advantages[:, None] * mask).sum() / mask.sum()
        policy.zero_grad()
        loss.backward()
        optimizer.step()
    return {
        "loss": -float((advantages[:, None] * mask).sum() / mask.sum()),
        "reward": float(score.mean()),
        "kl": float(kl.mean()),
        "response_length": float(mask.sum(dim=1).float().mean()),
        "responses": responses,
    }
