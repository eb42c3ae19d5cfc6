"""The newline after <|im_end|> is missing."""

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    return _right(messages, add_generation_prompt).replace("<|im_end|>\n", "<|im_end|>")
