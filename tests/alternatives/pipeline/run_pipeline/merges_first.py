"""Adapters are merged into their layers before those are quantized."""


def _quantize(tools: Any, base: Base, model: Any, tokenizer: Any) -> None:
    for block in model.transformer.h:
        for name, widths in LAYERS.items():
            layer = block.get_submodule(name)
            if hasattr(layer, "merge"):
                layer.merge()
            linear = as_linear(layer, widths * model.config.hidden_size)
            block.set_submodule(name, tools.QuantizedLinear(linear, base.bits, base.block_size))
