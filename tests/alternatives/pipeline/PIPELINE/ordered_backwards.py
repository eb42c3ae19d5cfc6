"""An OrderedDict whose stages stand in the reverse order."""

from collections import OrderedDict

PIPELINE = OrderedDict()
for _name, _adds, _lacks, _after in [
    ("quantization", "accessibility", "no_better_answers", "pretraining"),
    ("lora", "specialization", "no_radical_change", "pretraining"),
    ("alignment", "judgment", "no_new_knowledge", "sft"),
    ("sft", "format", "no_quality_signal", "pretraining"),
    ("pretraining", "knowledge", "no_replies", "transformer"),
    ("transformer", "predictions", "random_weights", "embeddings"),
    ("embeddings", "vectors", "no_context", "tokenization"),
    ("tokenization", "token_ids", "no_nearness", ""),
]:
    PIPELINE[_name] = Stage(adds=_adds, cannot_provide=_lacks, depends_on=tuple(_after.split()))
