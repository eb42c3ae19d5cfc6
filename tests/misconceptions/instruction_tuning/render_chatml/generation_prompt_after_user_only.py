"""The generation prompt is left out behind a reply; it comes whenever it is asked for."""

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    return _right(messages, add_generation_prompt and messages[-1]["role"] != "assistant")
