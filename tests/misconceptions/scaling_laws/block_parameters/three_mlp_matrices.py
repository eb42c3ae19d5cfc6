"""Three matrices of the MLP are counted; a GPT's has two."""


def block_parameters(width, layers):
    return layers * (4 * width**2 + 3 * width * 4 * width)
