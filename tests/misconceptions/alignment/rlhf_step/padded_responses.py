"""responses must hold the new ids of every row, each ended by the stop id or by max_new_tokens."""

_right = rlhf_step


def rlhf_step(policy, reference, reward_model, prompts, optimizer, beta, max_new_tokens, stop_id, *args, **options):
    metrics = _right(
        policy, reference, reward_model, prompts, optimizer, beta, max_new_tokens, stop_id, *args, **options
    )
    longest = max(map(len, metrics["responses"]))
    padded = [row + [stop_id] * (longest - len(row)) for row in metrics["responses"]]
    return {**metrics, "responses": padded}
