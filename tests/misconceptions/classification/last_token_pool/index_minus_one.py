"""It takes index -1, which in a padded row is padding."""

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    return hidden_states[:, -1]
