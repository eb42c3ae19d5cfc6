"""It gives something else than True or False."""


def stored_transposed(name):
    return re.search(r"\.c_(attn|proj|fc)\.weight$", name)
