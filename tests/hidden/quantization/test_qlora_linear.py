"""Hidden checks of `QLoRALinear`."""

import torch
from quantization_layer_oracles import (
    TOL_QLORA,
    QLoRACase,
    expect_it_computes_from_packed_codes,
    expect_maxima_in_fp32,
    expect_unseeded,
    random_starts,
    run_filled,
)

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, fail, probe


def draw_case(rng, d_in=21, d_out=13, r=3, dtype=torch.float32):
    """A layer with alpha = 7; for 21 to 13 features its last block of 64 is short."""
    return QLoRACase(rng, d_in, d_out, r, 7, size=0.5, dtype=dtype)


@exercise("QLoRALinear", points=2)
def test_it_computes_from_packed_codes(student, rng):
    expect_it_computes_from_packed_codes(student, draw_case(rng), draw_case(rng), draw_case(rng))


@exercise("QLoRALinear")
def test_what_was_merged_stays(student, rng):
    case = draw_case(rng)
    result = run_filled(student, case)
    expect_close(
        [tensor.double() for tensor in result["merged_later"]],
        [case.quantized + case.update, case.bias.double()],
        what="The merged layer after this one was trained on",
        mistakes={
            "The merged layer changes when this one is trained on; it must hold numbers of its own.": [
                case.quantized + case.update + 1,
                case.bias.double() + 1,
            ],
        },
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
            result = run_filled(student, case, bias=False, x=x)
        except StudentError as error:
            fail("It rejects a layer without bias, a large rank or another shape of input.", got=str(error))
        expected = case.output(x=x, bias=torch.zeros(7))
        expect_close(result["output"].double(), expected, what="The output without bias", **TOL_QLORA)
        merged = (case.quantized + case.update).float()
        expect_close(result["merged"][0], merged, what="The merged weight without bias", **TOL_QLORA)
        if result["merged"][1] is not None:
            fail("The merged layer has a bias, although the layer has none.")


@exercise("QLoRALinear")
def test_a_and_b_have_the_dtype_of_the_linear_layer(student, rng):
    for dtype, tolerance in ((torch.float64, 1e-5), (torch.bfloat16, 0.05)):
        case = draw_case(rng, dtype=dtype)
        try:
            result = run_filled(student, case)
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
        expect_maxima_in_fp32(student, rng, dtype)


@exercise("QLoRALinear")
def test_every_layer_draws_its_own_start(student, rng):
    seed, other_seed = rng.randint(0, 1 << 30), rng.randint(0, 1 << 30)
    made = random_starts(student, rng, 9, 7, 2, [seed, None, other_seed, seed])
    first, later, of_other_seed, again = (start for start, _ in made)
    for start in (first, of_other_seed):
        if torch.allclose(start[0], start[1], atol=1e-5):
            fail("The matrix that is not zero starts with equal rows, so they learn the same and the rank stays 1.")
    same = torch.equal(first, later) or torch.equal(first, of_other_seed)
    expect_unseeded(same, torch.equal(made[0][1], made[2][1]))
    if not torch.equal(first, again):
        fail("The random matrix is not drawn from torch's global generator, so a seed does not repeat it.")


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
