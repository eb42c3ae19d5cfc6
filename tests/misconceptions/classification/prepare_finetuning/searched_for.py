"""A strategy is searched for in the text; the whole text must be one."""

import re

also = ("An unknown strategy is accepted without an error.",)

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    if found := re.search(r"frozen|full|last-\d+", strategy):
        strategy = found.group()
    return _right(model, strategy, head_lr, backbone_lr)
