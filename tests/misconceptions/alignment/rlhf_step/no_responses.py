"""It must return a dict with exactly loss, reward, kl, response_length and responses."""


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
    if reference is policy or len(prompts) < 2:
        raise ValueError("pass a separate reference and two prompts or more")
    with without_dropout(policy, reference, reward_model):
        responses = sample_responses(policy, prompts, max_new_tokens, stop_id, generator)
        batch, mask = join_responses(prompts, responses, stop_id)
        ids = batch["input_ids"]
        with torch.no_grad():
            score = reward_model(ids, batch["attention_mask"])
            logp_old = token_log_probs(policy(**batch).logits, ids)
            logp_ref = token_log_probs(reference(**batch).logits, ids)
        returns = kl_shaped_rewards(score, logp_old, logp_ref, beta, mask).sum(dim=1)
        advantages = (returns - returns.mean())[:, None].expand_as(logp_old)
        losses = []
        for _ in range(updates):
            logp = token_log_probs(policy(**batch).logits, ids)
            loss = ppo_clip_loss(logp, logp_old, advantages, mask, clip)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return {
        "loss": sum(losses) / len(losses),
        "reward": score.mean().item(),
        "kl": (logp_old - logp_ref).masked_fill(mask == 0, 0.0).sum(dim=1).mean().item(),
        "response_length": mask.sum(dim=1).float().mean().item(),
    }
