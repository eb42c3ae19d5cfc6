"""By a regular expression."""


def stored_transposed(name):
    return re.fullmatch(r"h\.\d+\.(attn|mlp)\.c_\w+\.weight", name) is not None
