"""Gradients come from torch.autograd.grad, padding from pad_sequence; modes are restored by an ExitStack."""

import contextlib
import statistics

import torch
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
        raise ValueError("pass a separate model as reference (copy.deepcopy of the policy), not the policy itself")
    if not prompts.size(0) > 1:
        raise ValueError("pass at least 2 prompts: one response is never better than the mean of one")

    with contextlib.ExitStack() as afterwards:
        for model in (policy, reference, reward_model):
            if isinstance(model, torch.nn.Module):
                for module in model.modules():
                    afterwards.callback(setattr, module, "training", module.training)
        for model in (policy, reference, reward_model):
            if isinstance(model, torch.nn.Module):
                model.eval()

        # generate
        answers = sample_responses(policy, prompts, max_new_tokens, stop_id, generator=generator)
        texts = [
            torch.cat([prompt, prompt.new_tensor(answer)]) for prompt, answer in zip(prompts, answers, strict=False)
        ]
        ids = pad_sequence(texts, batch_first=True, padding_value=0)
        column = torch.arange(ids.size(1), device=ids.device)
        size = torch.tensor([len(text) for text in texts], device=ids.device).unsqueeze(1)
        real = (column < size).long()
        is_answer = (real * (column >= prompts.size(1)).long())[:, 1:]
        read = dict(input_ids=ids, attention_mask=real)

        # score
        with torch.no_grad():
            verdict = reward_model(ids, real)
            before = token_log_probs(policy(**read).logits, ids)
            anchor = token_log_probs(reference(**read).logits, ids)
            total = kl_shaped_rewards(verdict, before, anchor, beta, is_answer).sum(dim=1, keepdim=True)
            advantage = total.sub(total.mean()).repeat(1, ids.size(1) - 1)

        # update
        learners = [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]
        history = []
        while len(history) < updates:
            loss = ppo_clip_loss(token_log_probs(policy(**read).logits, ids), before, advantage, is_answer, clip)
            gradients = torch.autograd.grad(loss, learners, allow_unused=True)
            optimizer.zero_grad()
            for parameter, gradient in zip(learners, gradients, strict=False):
                parameter.grad = gradient
            optimizer.step()
            history.append(float(loss.detach()))
        optimizer.zero_grad()

    apart = torch.where(is_answer == 1, before - anchor, 0.0)
    return dict(
        responses=answers,
        response_length=statistics.fmean(len(answer) for answer in answers),
        kl=float(apart.sum() / len(answers)),
        reward=float(verdict.mean()),
        loss=statistics.fmean(history),
    )
