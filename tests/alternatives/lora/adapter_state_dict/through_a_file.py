"""The copies come from torch.save and torch.load in memory, in an OrderedDict."""

import io
from collections import OrderedDict


def adapter_state_dict(model):
    wanted = OrderedDict((n, p.data) for n, p in model.named_parameters() if p.requires_grad)
    file = io.BytesIO()
    torch.save(OrderedDict((n, t.clone()) for n, t in wanted.items()), file)
    file.seek(0)
    return torch.load(file, weights_only=True)
