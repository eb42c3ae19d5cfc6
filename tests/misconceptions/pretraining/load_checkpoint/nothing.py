"""Nothing is loaded."""

import copy


def load_checkpoint(path, model, optimizer):
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    copy.deepcopy(model).load_state_dict(checkpoint["model"])
    return checkpoint["step"]
