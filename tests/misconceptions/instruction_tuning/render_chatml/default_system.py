"""A system message is added that nobody wrote."""

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    if not messages or messages[0]["role"] != "system":
        messages = [{"role": "system", "content": "You are a helpful assistant."}, *messages]
    return _right(messages, add_generation_prompt)
