"""What the zygote imports, so that no child has to. `AUTOGRADER_TRACE_IMPORTS=1` shows what is missing here."""

from __future__ import annotations

import importlib

THREADS = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}

_MODULES = """
autograder.wire autograder.worker
asyncio ctypes dataclasses decimal fractions functools inspect itertools json math queue random re statistics
string tempfile textwrap threading typing encodings.unicode_escape encodings.utf_8_sig
""".split()

_HEAVY = """
numpy torch torch._dynamo torch.nn.functional torch.nn.utils.parametrize torch.optim torch.optim.lr_scheduler
torch.utils.checkpoint torch.utils.data torch.utils.serialization.config torch.profiler numpy.ctypeslib
safetensors.torch autograder.builders
""".split()

_OPTIONAL = """
transformers transformers.models.gpt2.modeling_gpt2 transformers.models.gpt2.tokenization_gpt2
transformers.models.auto.modeling_auto transformers.models.auto.tokenization_auto
transformers.generation.utils transformers.optimization transformers.tokenization_utils_fast
peft peft.tuners.lora peft.utils.transformers_weight_conversion torch.profiler._cupti_monitor
""".split()


def preload(everything: bool = True) -> None:
    """Import with one thread, torch and its kin only if told. A GPU is never touched: a context can't be forked."""
    for name in [*_MODULES, *_HEAVY] if everything else _MODULES:
        importlib.import_module(name)
    if not everything:
        return
    for name in _OPTIONAL:
        try:
            importlib.import_module(name)
        except ImportError:  # lessons that need it say so themselves
            continue
    import torch

    torch.set_num_threads(1)
