"""Hidden checks of `QLoRALinear`."""

import itertools

import torch
from quantization_layer_oracles import TOL_QLORA, QLoRACase, codes_of_one_and_floats_of_other
from quantization_oracles import NF4, block_maxima, nf4_codes
from torch import nn

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, fail, probe


def draw_case(rng, d_in=21, d_out=13, r=3, dtype=torch.float32):
    """A layer with alpha = 7; for 21 to 13 features its last block of 64 is short."""
    return QLoRACase(rng, d_in, d_out, r, 7, size=0.5, dtype=dtype)


@probe
def filled_qlora(student, weight, bias, A, B, alpha, x, state):
    """A QLoRALinear, a state loaded into it (if given), A and B filled: output, state, merged layer."""
    from torch.multiprocessing.reductions import StorageWeakRef

    linear = builders.linear(weight, bias)
    original = StorageWeakRef(linear.weight.untyped_storage())
    layer = student.QLoRALinear(linear, A.shape[0], alpha)
    del linear
    if state is not None:
        layer(x)  # whoever keeps a dequantized copy makes it now
        layer.load_state_dict(state)
    builders.fill(layer, A, B)
    output, merged = layer(x), layer.merge()

    # Train this layer on: the merged one must stay. Train the merged one on: this layer must stay.
    weights = [merged.weight, merged.bias]
    with torch.no_grad():
        kept = [None if w is None else w.clone() for w in weights]
        for parameter in layer.parameters():
            if parameter.requires_grad:
                parameter += 1
        later = [None if w is None else w.clone() for w in weights]
        before = layer(x)
        for parameter in merged.parameters():
            parameter += 1
        shared = not torch.equal(before, layer(x))
    return {
        "shared": shared,
        "output": output,
        "state": dict(layer.state_dict()),
        "merged": kept,
        "merged_later": later,
        "dtypes": [str(parameter.dtype) for parameter in layer.parameters() if parameter.requires_grad],
        "holds_the_original": not original.expired(),
    }


def run_case(student, case, bias=True, x=None, state=None):
    """`filled_qlora` with what the case holds."""
    bias, x = case.bias if bias else None, case.x if x is None else x
    return student.run(filled_qlora, case.weight, bias, case.A, case.B, case.alpha, x, state)


@exercise("QLoRALinear", points=2)
def test_it_computes_from_packed_codes(student, rng):
    one, two, three = draw_case(rng), draw_case(rng), draw_case(rng)
    states = [run_case(student, case)["state"] for case in (one, two)]
    result = run_case(student, three, state=codes_of_one_and_floats_of_other(*states))
    maxima = block_maxima(two.weight, 64)[1]  # of each weight, (d_out, d_in)
    weight = NF4[nf4_codes(one.weight, 64)].view(maxima.shape) * maxima
    tolerance = {"rtol": 1e-4, "atol": 1e-5 * float(maxima.max()) + 1e-3}
    expect_close(
        result["output"].double(),
        three.output(weight=weight, bias=two.bias),
        what="The output after loading codes and block maxima",
        mistakes={
            "forward does not compute from what is in state_dict().": three.output(),
            "forward computes from a copy that was made before the state was loaded.": three.output(bias=two.bias),
            "The bias that was loaded is not used.": three.output(weight=weight),
        },
        **tolerance,
    )
    expect_close(
        result["merged"][0].double(),
        weight + three.update,
        what="The merged weight after loading codes and block maxima",
        mistakes={"merge() does not read the codes that were loaded.": three.quantized + three.update},
        **tolerance,
    )
    if result["holds_the_original"]:
        fail("The layer still holds the weight that it was made from, outside of its state.")


@exercise("QLoRALinear")
def test_what_was_merged_stays(student, rng):
    case = draw_case(rng)
    result = run_case(student, case)
    expect_close(
        [tensor.double() for tensor in result["merged_later"]],
        [case.quantized + case.update, case.bias.double()],
        what="The merged layer after this one was trained on",
        **TOL_QLORA,
    )
    if result["shared"]:
        fail("Training the merged layer changes this one too: they share a tensor, such as the bias.")


@exercise("QLoRALinear")
def test_without_bias_and_with_more_dimensions_in_nf4(student, rng):
    case = draw_case(rng, d_in=9, d_out=7, r=10)  # a rank above both sides
    for shape in ((9,), (2, 3, 9), (0, 9)):
        x = rng.randn(*shape)
        try:
            result = run_case(student, case, bias=False, x=x)
        except StudentError as error:
            fail("It rejects a layer without bias, a large rank or another shape of input.", got=str(error))
        expected = case.output(x=x, bias=torch.zeros(7))
        expect_close(result["output"].double(), expected, what="The output without bias", **TOL_QLORA)
        if result["merged"][1] is not None:
            fail("The merged layer has a bias, although the layer has none.")


@exercise("QLoRALinear")
def test_a_and_b_have_the_dtype_of_the_linear_layer(student, rng):
    for dtype, tolerance in ((torch.float64, 1e-5), (torch.bfloat16, 0.05)):
        case = draw_case(rng, dtype=dtype)
        try:
            result = run_case(student, case)
        except StudentError as error:
            if error.type != "RuntimeError":
                raise
            fail("A, B and the dequantized weight do not have the dtype of the linear layer.", got=str(error))
        if any(kind != str(dtype) for kind in result["dtypes"]):
            fail("A and B do not have the dtype of the linear layer.")
        if result["output"].dtype != dtype or result["merged"][0].dtype != dtype:
            fail("What comes out, or the merged weight, does not have the dtype of the linear layer.")
        expected = case.output()
        expect_close(
            result["output"].double(),
            expected,
            what="The output in another dtype",
            rtol=0,
            atol=tolerance * float(expected.abs().max()),
        )


@probe
def two_starts(student, seed, other_seed):
    """The random matrices of three layers: two made after one seed, one after another; and a draw after each seed."""
    starts, draws = [], []
    for count, start in ((2, seed), (1, other_seed)):
        torch.default_generator.manual_seed(start)
        for _ in range(count):
            layer = student.QLoRALinear(nn.Linear(6, 5), 2, 7)
            starts += [tensor for tensor in layer.parameters() if tensor.requires_grad and bool((tensor != 0).any())]
        draws.append(torch.rand(()))
    return {"starts": starts, "draws": draws}


@exercise("QLoRALinear")
def test_every_layer_draws_its_own_start(student, rng):
    result = student.run(two_starts, rng.randint(0, 1 << 30), rng.randint(0, 1 << 30))
    same = any(a.shape == b.shape and torch.equal(a, b) for a, b in itertools.combinations(result["starts"], 2))
    if len(result["starts"]) != 3:
        fail("Not exactly one of A and B starts at zero.")
    for start in result["starts"]:
        rows = start if start.shape[0] == 2 else start.T
        if torch.allclose(rows[0], rows[1], atol=1e-5):
            fail("The matrix that is not zero starts with equal rows, so they learn the same and the rank stays 1.")
    if same or torch.equal(*result["draws"]):
        fail("It seeds torch's random generator itself, so every layer starts with the same numbers.")
    case = draw_case(rng)
    expect_close(run_case(student, case)["output"].double(), case.output(), what="The output", **TOL_QLORA)


@probe
def train_a_step(student, weight, alpha, x, direction, rate):
    """One SGD step on everything the layer calls a parameter: trainable tensors before and after, output."""
    layer = student.QLoRALinear(builders.linear(weight), 2, alpha)
    trained = [parameter for parameter in layer.parameters() if parameter.requires_grad]
    before = [parameter.detach().clone() for parameter in trained]
    optimizer = torch.optim.SGD(layer.parameters(), lr=rate)
    (layer(x) * direction).sum().backward()
    optimizer.step()
    return {"before": before, "after": trained, "output": layer(x)}


def as_a_and_b(tensors):
    """A (2, 21) and B (13, 2) from the trainable tensors, in whatever order and orientation they come."""
    matrices = {tuple(sorted(tensor.shape)): tensor for tensor in tensors}
    if set(matrices) != {(2, 21), (2, 13)}:
        fail("The trainable tensors are not two matrices, r×d_in and d_out×r.")
    A, B = matrices[2, 21], matrices[2, 13]
    return A if A.shape[0] == 2 else A.T, B if B.shape[1] == 2 else B.T


@exercise("QLoRALinear")
def test_a_training_step(student, rng):
    case, rate, scale = draw_case(rng), 0.05, 7 / 2
    direction = rng.randn(4, 13)
    result = student.run(train_a_step, case.weight, 7, case.x, direction, rate)
    (A, B), (new_A, new_B) = as_a_and_b(result["before"]), as_a_and_b(result["after"])
    if torch.equal(A, new_A) and torch.equal(B, new_B):
        fail("The first training step changes nothing.")
    expect_close(
        [new_A, new_B],
        [A - rate * scale * (direction @ B).T @ case.x, B - rate * scale * direction.T @ (case.x @ A.T)],
        what="A and B after a training step",
        **TOL_QLORA,
    )
    expected = case.output(update=scale * new_B.double() @ new_A.double(), bias=torch.zeros(13))
    expect_close(result["output"].double(), expected, what="The output after a training step", **TOL_QLORA)
