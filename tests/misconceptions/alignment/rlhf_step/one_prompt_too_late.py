"""The generator has moved on before the error; nothing may have changed."""

_right = rlhf_step


def rlhf_step(policy, reference, reward_model, prompts, optimizer, beta, max_new_tokens, stop_id, *args, **options):
    if len(prompts) < 2:
        sample_responses(policy, prompts, max_new_tokens, stop_id, options.get("generator"))
    return _right(policy, reference, reward_model, prompts, optimizer, beta, max_new_tokens, stop_id, *args, **options)
