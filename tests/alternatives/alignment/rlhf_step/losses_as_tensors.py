"""Losses are kept as tensors, the padding is id 0, kl comes from kl_estimate, gradients are cleared at the end too."""

from contextlib import ExitStack

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence


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
    if policy is reference:
        raise ValueError("pass a copy of the policy as the reference")
    if prompts.shape[0] < 2:
        raise ValueError("pass at least 2 prompts")
    with ExitStack() as stack:
        for m in {id(m): m for m in (policy, reference, reward_model) if isinstance(m, nn.Module)}.values():
            stack.callback(m.train, m.training)
            m.eval()
        replies = sample_responses(policy, prompts, max_new_tokens, stop_id, generator)
        whole = [torch.cat([p, p.new_tensor(r, dtype=p.dtype)]) for p, r in zip(prompts, replies, strict=True)]
        ids = pad_sequence(whole, batch_first=True)
        mask = pad_sequence([torch.ones_like(x) for x in whole], batch_first=True)
        spoken = mask.clone()
        spoken[:, : prompts.shape[1]] = 0
        spoken = spoken[:, 1:]

        def say(m):
            return token_log_probs(m(input_ids=ids, attention_mask=mask).logits, ids)

        with torch.no_grad():
            judged, before, frozen = reward_model(ids, mask), say(policy), say(reference)
        gain = kl_shaped_rewards(judged.to(before.dtype), before, frozen, beta, spoken).sum(1)
        advantage = (gain - gain.mean())[:, None].repeat(1, spoken.shape[1])
        losses = []
        for _ in range(updates):
            optimizer.zero_grad(set_to_none=True)
            with torch.enable_grad():
                losses.append(ppo_clip_loss(say(policy), before, advantage, spoken, clip))
                losses[-1].backward()
            optimizer.step()
        optimizer.zero_grad()
        kl = kl_estimate(before, frozen, "k1").masked_fill(spoken == 0, 0).sum() / len(ids)
    return dict(
        responses=replies,
        response_length=float(sum(map(len, replies))) / len(replies),
        kl=float(kl),
        reward=float(judged.float().mean()),
        loss=float(torch.stack(losses).detach().mean()),
    )
