"""The texts for the reward model are padded on the left; they belong padded on the right."""


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
    if reference is policy:
        raise ValueError("reference is the policy itself: pass a frozen copy, made with copy.deepcopy before training")
    if len(prompts) < 2:
        raise ValueError(f"{len(prompts)} prompt: pass two rows or more, the baseline is the mean over the batch")
    with without_dropout(policy, reference, reward_model):
        responses = sample_responses(policy, prompts, max_new_tokens, stop_id, generator)
        batch, mask = join_responses(prompts, responses, stop_id)
        with torch.no_grad():
            ids = [[*p, *r] for p, r in zip(prompts.tolist(), responses, strict=True)]
            most = max(map(len, ids))
            score = reward_model(
                torch.tensor([[stop_id] * (most - len(row)) + row for row in ids], device=prompts.device),
                torch.tensor([[0] * (most - len(row)) + [1] * len(row) for row in ids], device=prompts.device),
            )
            logp_old = token_log_probs(policy(**batch).logits, batch["input_ids"])
            logp_ref = token_log_probs(reference(**batch).logits, batch["input_ids"])
        returns = kl_shaped_rewards(score, logp_old, logp_ref, beta, mask).sum(dim=1)
        advantages = (returns - returns.mean())[:, None].expand_as(logp_old)
        losses = []
        for _ in range(updates):
            logp = token_log_probs(policy(**batch).logits, batch["input_ids"])
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
        "responses": responses,
    }
