"""Every response goes through the models alone, unpadded; the loss is put together from rows."""


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
        raise ValueError("the reference must be a copy")
    if prompts.shape[0] == 1:
        raise ValueError("pass two prompts or more")
    modules = [one for one in (policy, reference, reward_model) if isinstance(one, nn.Module)]
    modes = [one.training for one in modules]
    for one in modules:
        one.eval()
    responses = sample_responses(policy, prompts, max_new_tokens, stop_id, generator=generator)
    texts = [
        torch.cat([prompt, prompt.new_tensor(said)])[None] for prompt, said in zip(prompts, responses, strict=True)
    ]
    start = prompts.shape[1] - 1

    def of_response(model, text):
        return token_log_probs(model(input_ids=text, attention_mask=torch.ones_like(text)).logits, text)[:, start:]

    with torch.no_grad():
        width = max(text.shape[1] for text in texts)
        padded = torch.cat([F.pad(text, (0, width - text.shape[1])) for text in texts])
        real = torch.cat([F.pad(torch.ones_like(text), (0, width - text.shape[1])) for text in texts])
        scores = reward_model(padded, real)
        old = [of_response(policy, text) for text in texts]
        near = [of_response(reference, text) for text in texts]
        kls = torch.stack([(a - b).sum() for a, b in zip(old, near, strict=True)])
        returns = scores - beta * kls
        advantages = returns - returns.mean()
    count, total = sum(len(said) for said in responses), 0.0
    for _ in range(updates):
        optimizer.zero_grad(set_to_none=True)
        for text, before, advantage in zip(texts, old, advantages, strict=True):
            ratio = (of_response(policy, text) - before).exp()
            loss = -torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage).sum() / count
            loss.backward()
            total += float(loss)
        optimizer.step()
    for one, mode in zip(modules, modes, strict=True):
        one.train(mode)
    return dict(
        loss=total / updates,
        reward=float(scores.mean()),
        kl=float(kls.mean()),
        responses=responses,
        response_length=count / len(responses),
    )
