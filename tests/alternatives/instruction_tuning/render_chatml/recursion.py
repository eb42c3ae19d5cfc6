"""Recursion over the messages: the first one, then the rest."""


def render_chatml(messages, add_generation_prompt=False):
    if len(messages) == 0:
        return (IM_START + "assistant" + "\n") * bool(add_generation_prompt)
    first, rest = messages[0], messages[1:]
    if first["role"] in ROLES:
        turn = "".join((IM_START, first["role"], "\n", first["content"], IM_END, "\n"))
        return turn + render_chatml(rest, add_generation_prompt)
    raise ValueError("the role {!r} is none of system, user, assistant".format(first["role"]))
