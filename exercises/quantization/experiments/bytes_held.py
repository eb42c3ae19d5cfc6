"""The bytes behind a model's QuantizedLinear layers, beside what they say and what they need, and their perplexity."""

from __future__ import annotations

from ._shared import as_linear, bytes_of, competent, layers_of, perplexity, pieces, round_trip, with_weights

CLAIM = "A quantized layer holds the bytes that it says, and computes what its codes say"
NEEDS = ("QuantizedLinear",)
COLUMNS = ("weights of the blocks", "bytes held, with biases", "bits a weight", "perplexity")

BITS, BLOCK = (8, 4), 64


def measure(student, backbone, seed, track):
    base, tokenizer = backbone()
    tokens = pieces(tokenizer, seed, 4)  # (4, 256)
    before = competent(base, tokens)
    layers = layers_of(base)
    weights = sum(layer.weight.numel() for layer in layers.values())
    biases = sum(4 * layer.bias.numel() for layer in layers.values() if layer.bias is not None)
    scales = sum(4 * -(-layer.weight.numel() // BLOCK) for layer in layers.values())
    found = {"fp32": sum(bytes_of(layer) for layer in layers.values())}
    for bits in track(BITS, "replacing layers"):
        # Replace every layer
        model, _ = backbone()
        for name, layer in layers_of(model).items():
            model.set_submodule(name, student.QuantizedLinear(as_linear(layer), bits, BLOCK))
        replaced = [model.get_submodule(name) for name in layers]

        # What it holds, says and needs, and what it computes
        found[f"held {bits}"] = sum(bytes_of(layer) for layer in replaced)
        found[f"said {bits}"] = sum(layer.memory_bytes() for layer in replaced)
        found[f"expected {bits}"] = weights * bits // 8 + scales + biases
        found[f"perplexity {bits}"] = perplexity(model, tokens)
        simulated = with_weights(base, round_trip(student, f"block {BLOCK}", bits))
        found[f"perplexity of codes {bits}"] = perplexity(simulated, tokens)
    sizes = {"layers": len(layers), "weights": weights, "bytes of biases": biases}
    return {"perplexity": before, **found, **sizes}


def rows(figures):
    found = vars(figures)
    yield "fp32", f"{found['fp32']:,}", "32.00", round(figures.perplexity, 4)
    for bits in BITS:
        held = found[f"held {bits}"]
        yield (
            f"{bits} bits in blocks of {BLOCK}",
            f"{held:,}",
            f"{8 * (held - found['bytes of biases']) / figures.weights:.2f}",
            round(found[f"perplexity {bits}"], 4),
        )


def claims(figures):
    # Exact: nothing here depends on the seed.
    found = vars(figures)
    for bits in BITS:
        held, said, expected = (found[f"{what} {bits}"] for what in ("held", "said", "expected"))
        yield (
            said == held and abs(held - expected) <= 64 * figures.layers,
            f"at {bits} bits the layers hold {held:,} bytes, say {said:,}, and need {expected:,}: "
            f"{held / found['fp32']:.3f} of what they took in fp32",
        )
        after, same = found[f"perplexity {bits}"], found[f"perplexity of codes {bits}"]
        yield (
            abs(after / same - 1) < 1e-4,
            f"at {bits} bits their perplexity is {after:.4f}, that of their codes {same:.4f}",
        )


def draw(axes, figures):
    held = {"fp32": figures.fp32, **{f"{bits} bits": vars(figures)[f"held {bits}"] for bits in BITS}}
    axes.barh(list(held), [size / 1e6 for size in held.values()], 0.6, color="#4c72b0")
    for position, size in enumerate(held.values()):
        axes.text(size / 1e6 + 0.02, position, f"{size / 1e6:.2f} MB", va="center")
    axes.invert_yaxis()
    axes.set_xlabel("MB held by the linear layers of the blocks")
