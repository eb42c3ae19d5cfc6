"""A layer is quantized from another dtype than its own; a new nn.Linear is float32."""


def _quantize(tools: Any, base: Base, model: Any, tokenizer: Any) -> None:
    for block in model.transformer.h:
        for name, widths in LAYERS.items():
            linear = as_linear(block.get_submodule(name), widths * model.config.hidden_size).float()
            block.set_submodule(name, tools.QuantizedLinear(linear, base.bits, base.block_size))
