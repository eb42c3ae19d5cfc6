"""A newline stands between messages."""

_right = render_llama3


def render_llama3(messages, add_generation_prompt=False):
    return _right(messages, add_generation_prompt).replace("<|eot_id|>", "<|eot_id|>\n")
