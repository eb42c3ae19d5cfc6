"""What hidden checks of the lesson on GPT share: Hugging Face's GPT-2 with given numbers."""

import torch
from gpt_oracles import named_parameters_of

from autograder import builders


def gpt2_of(reading, sizes):
    """Hugging Face's GPT-2 of these sizes with the numbers of a reading; its maps are stored (in, out)."""
    model = builders.tiny_gpt2(
        0,
        width=sizes.width,
        heads=sizes.heads,
        layers=len(reading["blocks"]),
        vocabulary=sizes.vocab,
        positions=sizes.positions,
    )
    theirs = model.transformer.state_dict()
    with torch.no_grad():
        for name, one in named_parameters_of(reading).items():
            theirs[name].copy_(one.T if name.endswith(("attn.weight", "proj.weight", "fc.weight")) else one)
    return model
