"""The module that Hugging Face's GPT-2 has."""


def gelu(x):
    from transformers.activations import NewGELUActivation

    return NewGELUActivation()(x)
