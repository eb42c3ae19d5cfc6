"""The text does not begin with <|begin_of_text|>."""

_right = render_llama3


def render_llama3(messages, add_generation_prompt=False):
    return _right(messages, add_generation_prompt).removeprefix("<|begin_of_text|>")
