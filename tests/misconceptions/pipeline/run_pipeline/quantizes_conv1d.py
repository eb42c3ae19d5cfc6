"""QuantizedLinear takes an nn.Linear; it is given something else."""


def _quantize(tools: Any, base: Base, model: Any, tokenizer: Any) -> None:
    for block in model.transformer.h:
        for name in LAYERS:
            linear = block.get_submodule(name)
            block.set_submodule(name, tools.QuantizedLinear(linear, base.bits, base.block_size))
