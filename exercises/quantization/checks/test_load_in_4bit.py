"""Checks of `load_in_4bit`."""

import torch
from quantization_oracles import distance_to_midpoint, in_nf4, normalised

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_equal, fail, probe


@probe
def loaded_by_transformers(student, seed, token_ids):
    """Save a small GPT-2 in 16 bits, load it with load_in_4bit after another: 4-bit layers, devices, dtype, logits."""
    import tempfile

    import bitsandbytes

    with tempfile.TemporaryDirectory() as folder:
        for one in (seed + 1, seed):
            model = builders.tiny_gpt2(one, width=64, heads=2, layers=1).half()
            model.save_pretrained(f"{folder}/{one}")
            loaded = student.load_in_4bit(f"{folder}/{one}").eval()
    with torch.no_grad():
        logits = loaded(token_ids).logits
    kinds = {name: isinstance(layer, bitsandbytes.nn.Linear4bit) for name, layer in loaded.named_modules()}
    return {
        "quantized": sorted(name for name, found in kinds.items() if found),
        "devices": sorted({parameter.device.type for parameter in loaded.parameters()}),
        "dtype": str(logits.dtype),
        "logits": logits.float(),
    }


@probe
def load_without_bitsandbytes(student):
    """What load_in_4bit does where bitsandbytes can't be imported."""
    import sys

    installed = sys.modules.get("bitsandbytes")
    sys.modules["bitsandbytes"] = None  # then importing it is an ImportError
    try:
        student.load_in_4bit("no such folder")
    finally:
        if installed is None:
            del sys.modules["bitsandbytes"]
        else:
            sys.modules["bitsandbytes"] = installed


@exercise("load_in_4bit")
def test_without_bitsandbytes_it_says_so(student):
    try:
        student.run(load_without_bitsandbytes)
    except StudentError as error:
        if error.type in ("ImportError", "ModuleNotFoundError") and "bitsandbytes" in error.message:
            return
        fail("Without bitsandbytes the error is not an ImportError that names it.", got=str(error))
    fail("Without bitsandbytes nothing can be loaded in 4 bits, but there is no error.")


def model_to_load(rng):
    """A seed, its model (rounded to 16 bits), and what NF4 makes of the weights of its layers, none of
    which has a number near halfway.
    """
    while True:
        seed = rng.randint(0, 1 << 30)
        model = builders.tiny_gpt2(seed, width=64, heads=2, layers=1).half().float()
        layers = {name: layer for name, layer in model.named_modules() if type(layer).__name__ == "Conv1D"}
        restored, margins = {}, []
        for name, layer in layers.items():
            rows = layer.weight.detach().T.contiguous()  # as bitsandbytes goes along them; the weight is (d_in, d_out)
            restored[name] = in_nf4(rows).T
            margins.append(distance_to_midpoint(normalised(rows, 64)).min())
        if min(margins) > 5e-7:  # bitsandbytes divides in fp32
            return seed, model, restored


@exercise("load_in_4bit", requires="bitsandbytes")
def test_a_model_loaded_in_nf4(student, rng):
    seed, model, restored = model_to_load(rng)
    token_ids = rng.randint(1, 53, (2, 7))
    result = student.run(loaded_by_transformers, seed, token_ids)
    expect_equal(result["quantized"], sorted(restored), what="The list of layers in 4 bits")
    expect_equal(result["devices"], ["cpu"], what="The list of devices that hold the model")
    if result["dtype"] != "torch.float32":
        fail(
            "The model computes in the dtype that it was saved in; it must be fp32.",
            expected="torch.float32",
            got=result["dtype"],
        )
    with torch.no_grad():
        before = model(token_ids).logits
        for name, weight in restored.items():
            model.get_submodule(name).weight.copy_(weight)
        expected = model(token_ids).logits

    def of_another():
        other = builders.tiny_gpt2(seed + 1, width=64, heads=2, layers=1).half().float()
        with torch.no_grad():
            for name in restored:
                weight = other.get_submodule(name).weight
                weight.copy_(in_nf4(weight.T.contiguous()).T)
            return other(token_ids).logits

    expect_close(
        result["logits"],
        expected,
        what="The logits of the loaded model",
        mistakes={
            "The model is loaded, but not quantized.": before,
            "The model that was loaded first is given again, whatever the path.": of_another,
        },
        advice="BitsAndBytesConfig: nf4, no double quantization, computing in fp32.",
        rtol=1e-4,
        atol=1e-4,  # NF4 moves the logits by 0.1
    )
