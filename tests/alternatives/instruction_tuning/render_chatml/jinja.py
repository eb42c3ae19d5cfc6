"""The Jinja template that models on the hub carry."""


def render_chatml(messages, add_generation_prompt=False):
    from jinja2 import Template

    for message in messages:
        if message["role"] not in {"system", "user", "assistant"}:
            raise ValueError(f"{message['role']} is no role: use system, user or assistant")
    template = Template(
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>'"
        " + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
    )
    return template.render(messages=messages, add_generation_prompt=add_generation_prompt)
