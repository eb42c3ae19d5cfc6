"""Two newlines follow a header; here is one."""

_right = render_llama3


def render_llama3(messages, add_generation_prompt=False):
    return _right(messages, add_generation_prompt).replace("\n\n", "\n")
