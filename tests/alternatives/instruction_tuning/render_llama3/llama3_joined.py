"""Pieces in a list."""


def render_llama3(messages, add_generation_prompt=False):
    pieces = ["<|begin_of_text|>"]
    for message in messages:
        role = message["role"]
        if role not in ("user", "assistant", "system"):
            raise ValueError(role)
        pieces += ["<|start_header_id|>", role, "<|end_header_id|>\n\n", message["content"].strip(), "<|eot_id|>"]
    if add_generation_prompt:
        pieces += ["<|start_header_id|>", "assistant", "<|end_header_id|>\n\n"]
    return "".join(pieces)
