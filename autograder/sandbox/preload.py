"""What the zygote imports, so that no child has to. `AUTOGRADER_TRACE_IMPORTS=1` shows what is missing here."""

from __future__ import annotations

import importlib

THREADS = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}

_MODULES = """
autograder.common.wire autograder.inside.executor autograder.common.notebook_code
autograder.common.effects autograder.inside.alone autograder.inside.budget
asyncio ctypes dataclasses decimal fractions functools inspect itertools json math multiprocessing.heap
multiprocessing.shared_memory multiprocessing.synchronize queue random re statistics string tempfile textwrap
threading typing encodings.unicode_escape encodings.utf_8_sig
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
peft peft.tuners.lora peft.tuners.lora.bnb peft.utils.transformers_weight_conversion torch.profiler._cupti_monitor
torch.utils.flop_counter torch.utils.module_tracker
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
    _warm_up()


def _warm_up() -> None:
    """Have the tables built that libraries build on first use: 0.1 to 0.3 s that every child would spend again."""
    from autograder import builders

    try:
        builders.tiny_gpt2(0)  # keeps the skeleton that checks copy
        from transformers.conversion_mapping import get_checkpoint_conversion_mapping

        get_checkpoint_conversion_mapping("gpt2")  # for save_pretrained, and for PEFT on a transformers model
    except ImportError:  # no transformers, or another version of it: then the first use pays
        pass
