"""Checks of `adaptation_fraction`."""

import torch
from pipeline_oracles import Row, expect_only_counted, expect_rows, gpt2_parameters, made_up_word
from torch import nn

from autograder import builders
from autograder.checks import AnyOf, exercise, expect_close, probe


@probe
def fractions(student, settings, methods, num_classes, r):
    model = builders.tiny_gpt2(3, **settings)
    return {method: student.adaptation_fraction(model, method, num_classes, r) for method in methods}


@probe
def fractions_by_default(student, settings, methods):
    model = builders.tiny_gpt2(3, **settings)
    return [student.adaptation_fraction(model, method) for method in methods]


@exercise("adaptation_fraction")
def test_the_fraction_of_each_method(student, rng):
    width, layers, r, classes = (
        rng.choice([16, 24]),
        rng.choice([2, 3]),
        rng.choice([3, 5, 7]),
        rng.choice([3, 5, 7]),
    )
    settings = {"width": width, "heads": 2, "layers": layers}
    total = gpt2_parameters(width, layers, vocabulary=53, positions=32)
    twice = total + 53 * width
    head, lora = (width + 1) * classes, layers * r * (width + 3 * width)
    right = {
        "none": 0.0,
        "classification_head": head / total,
        "lora": lora / total,
        "sft": 1.0,
        "alignment": 1.0,
        "full_finetuning": 1.0,
    }
    expect_close(
        student.run(fractions, settings, list(right), classes, r),
        right,
        what="adaptation_fraction",
        rtol=1e-6,
        atol=0.0,
        mistakes={
            "The output layer shares its weight with the embeddings; it is counted twice.": lambda: {
                **right,
                "classification_head": head / twice,
                "lora": lora / twice,
            },
            "The bias of the head is not counted.": lambda: {**right, "classification_head": width * classes / total},
            "What a head or an adapter adds is counted among the model's own numbers.": lambda: {
                **right,
                "classification_head": head / (total + head),
                "lora": lora / (total + lora),
            },
            "An adapter has r · (d_in + d_out) parameters; its two matrices are multiplied out.": lambda: {
                **right,
                "lora": layers * 3 * width * width / total,
            },
            "Adapters are counted in one block only.": lambda: {**right, "lora": lora / layers / total},
            "c_attn is taken for a square layer; it puts out queries, keys and values.": lambda: {
                **right,
                "lora": layers * r * 2 * width / total,
            },
            "SFT trains every weight: it is another loss and other data, not fewer weights.": lambda: {
                **right,
                "sft": lora / total,
            },
            "It gives percent instead of a fraction.": lambda: {name: 100 * value for name, value in right.items()},
            "A width of 768 is built in.": lambda: {**right, "classification_head": 769 * classes / total},
            "Twelve blocks are built in.": lambda: {**right, "lora": 12 * lora / layers / total},
            "The rank is not used.": lambda: {**right, "lora": 8 * lora / r / total},
            "Where the method is none, nothing is trained.": lambda: {**right, "none": 1.0},
            "The number of classes is not used.": lambda: {**right, "classification_head": 2 * (width + 1) / total},
        },
    )
    by_default = [2 * (width + 1) / total, layers * 8 * 4 * width / total]
    expect_close(
        student.run(fractions_by_default, settings, ["classification_head", "lora"]),
        by_default,
        what="adaptation_fraction without num_classes and r",
        rtol=1e-6,
        atol=0.0,
        advice="The defaults of the signature are 2 classes and a rank of 8.",
    )


@exercise("adaptation_fraction")
def test_an_unknown_method_is_an_error(student, rng):
    settings, classes, r = {"width": 16, "heads": 2, "layers": 1}, rng.randint(2, 20), rng.randint(2, 20)
    total = gpt2_parameters(16, 1, vocabulary=53, positions=32)
    rows = [Row(name, unknown=name) for name in ("prompting", made_up_word(rng), "LoRA")]
    rows += [Row("classification_head", 17 * classes / total), Row("lora", r * 64 / total)]
    what = "adaptation_fraction with a method that doesn't exist"
    expect_rows(
        rng,
        lambda method: student.run(fractions, settings, [method], classes, r)[method],
        rows,
        "adaptation_fraction",
        unknown=(what, "The error doesn't name the method that doesn't exist."),
        rtol=1e-6,
    )


@exercise("adaptation_fraction")
def test_the_model_is_only_counted(student, rng):
    width, classes, r = rng.choice([12, 16]), rng.randint(2, 20), rng.randint(2, 20)
    total = gpt2_parameters(width, 1, vocabulary=29, positions=32)
    settings = {"width": width, "heads": 2, "layers": 1, "vocabulary": 29}
    asked = [("lora", 2, r), ("classification_head", classes, 8), ("sft", 2, 8)]
    rights = [r * 4 * width / total, (width + 1) * classes / total, 1.0]
    expect_only_counted(student, rng, settings, asked, rights)


@probe
def fractions_untied(student, settings, methods, num_classes, r):
    """The fractions of a model whose output layer has a weight of its own."""
    model = builders.tiny_gpt2(3, **settings)
    model.lm_head = nn.Linear(settings["width"], model.config.vocab_size, bias=False)
    return {method: student.adaptation_fraction(model, method, num_classes, r) for method in methods}


@exercise("adaptation_fraction")
def test_an_output_layer_with_its_own_weight_counts(student, rng):
    width, classes, r = rng.choice([16, 24]), rng.randint(2, 20), rng.randint(2, 20)
    tied = gpt2_parameters(width, 1, vocabulary=53, positions=32)
    head, lora, total = classes * (width + 1), r * 4 * width, tied + 53 * width
    right = {"classification_head": head / total, "lora": lora / total, "sft": 1.0}
    sentence = "An output layer that is not tied has parameters of its own, which are left out."
    expect_close(
        student.run(fractions_untied, {"width": width, "heads": 2, "layers": 1}, list(right), classes, r),
        right,
        what="adaptation_fraction of a model whose output layer is not tied",
        rtol=1e-6,
        atol=0.0,
        mistakes={
            sentence: AnyOf(
                {"classification_head": head / tied, "lora": lora / tied, "sft": 1.0},
                {"classification_head": head / tied, "lora": lora / tied, "sft": total / tied},
            ),
        },
    )


@probe
def fractions_beside_buffers(student, settings, methods, buffers, num_classes, r):
    """The fractions of a model that has so many numbers in a buffer, as GPT-2 had its causal mask in one."""
    model = builders.tiny_gpt2(3, **settings)
    model.transformer.h[0].attn.register_buffer("mask", torch.ones(buffers))
    return {method: student.adaptation_fraction(model, method, num_classes, r) for method in methods}


@exercise("adaptation_fraction")
def test_buffers_are_no_parameters(student, rng):
    width, buffers, classes, r = rng.choice([16, 24]), rng.randint(100, 400), rng.randint(2, 20), rng.randint(2, 20)
    total = gpt2_parameters(width, 1, vocabulary=53, positions=32)
    head, lora = classes * (width + 1), r * 4 * width
    right = {"classification_head": head / total, "lora": lora / total, "sft": 1.0}
    settings = {"width": width, "heads": 2, "layers": 1}
    with_buffers = {"classification_head": head / (total + buffers), "lora": lora / (total + buffers)}
    expect_close(
        student.run(fractions_beside_buffers, settings, list(right), buffers, classes, r),
        right,
        what="adaptation_fraction of a model with a buffer",
        rtol=1e-6,
        atol=0.0,
        mistakes={
            "Buffers are counted; they are no parameters.": AnyOf(
                {**with_buffers, "sft": 1.0}, {**with_buffers, "sft": total / (total + buffers)}
            ),
        },
    )
