"""Where two values differ, in words."""

import pytest
import torch

from autograder.checks import CheckFailure, expect_close

GRID = torch.arange(5 * 54).reshape(5, 54).float()


def failure(got, expected):
    with pytest.raises(CheckFailure) as caught:
        expect_close(got, expected, what="x")
    caught.value.locate()
    return caught.value


def changed(tensor, *places, to=0.5):
    tensor = tensor.clone()
    for place in places:
        tensor[place] = to
    return tensor


@pytest.mark.parametrize(
    ("got", "expected", "said"),
    [
        (
            changed(GRID, (slice(None), slice(18, 36))), GRID,
            "first at [0, 18]: 0.5 instead of 18; 18 of 54 columns differ, 18 to 35",
        ),
        (changed(GRID, 1, 3), GRID, "first at [1, 0]: 0.5 instead of 54; 2 of 5 rows differ, 1, 3"),
        (changed(GRID, (2, 3)), GRID, "first at [2, 3]: 0.5 instead of 111; 1 of 54 columns differs"),
        (GRID + 1, GRID, "all 270 elements differ"),
        (
            changed(GRID.reshape(5, 6, 9), (slice(None), 4)), GRID.reshape(5, 6, 9),
            "first at [0, 4, 0]: 0.5 instead of 36; along dimension 1, 1 of 6 differ, 4",
        ),
        (torch.tensor([1, 2, 3]), torch.tensor([1, 2, 4]), "first at [2]: 3 instead of 4; 1 of 3 elements differs"),
        (
            changed(torch.zeros(20), *range(0, 16, 2)), torch.zeros(20),
            "first at [0]: 0.5 instead of 0; 8 of 20 elements differ, 0, 2, 4, 6, 8, 10, ...",
        ),
        (torch.eye(2), 1 - torch.eye(2), ""),
        (torch.tensor([2**63], dtype=torch.uint64), torch.tensor([1], dtype=torch.uint64), ""),
        ([1, 2, 3, 4], [1, 5, 3, 5], "first at [1]: 2 instead of 5; 2 of 4 entries differ"),
        ([1, 2], [1, 3, 4], "2 entries instead of 3; first at [1]: 2 instead of 3"),
        (
            [torch.zeros(2), torch.zeros(3)], [torch.zeros(2), torch.eye(3)[2]],
            "first at [1][2]: 0 instead of 1; 1 of 3 elements differs",
        ),
        ({"a": {"b": [1, "x"]}}, {"a": {"b": [1, "y"]}}, "first at ['a']['b'][1]: 'x' instead of 'y'"),
        ({"a": 1, "c": 2}, {"b": 1, "c": 3}, "lacks 'b'; has too much: 'a'"),
        (1.0, 2.0, ""),
        ([1.0], [2.0], ""),
        (torch.zeros(2, 3), torch.zeros(3, 2), ""),
        ([1, torch.zeros(4)], [1, torch.zeros(3)], "first at [1]: shape (4,) instead of (3,)"),
        ({"a": torch.zeros(3)}, {"a": torch.zeros(3).long()}, "first at ['a']: float32 instead of int64"),
        ([1, GRID + 1], [1, GRID], "first at [1]: all 270 elements differ"),
        ([1, [2.0]], [1, 2.0], "first at [1]: [2.0] instead of 2"),
    ],
)  # fmt: skip
def test_where_it_differs(got, expected, said):
    assert failure(got, expected).differs == said


def test_of_a_large_tensor_the_place_that_differs_is_shown():
    caught = failure(changed(GRID, (0, 20)), GRID)
    assert caught.expected == "[..., 20.0, 21.0, 22.0, 23.0, 24.0, 25.0, 26.0, 27.0, ...]  (float32, shape (5, 54))"
    assert caught.got.startswith("[..., 0.5, 21.0, ")
    assert failure(changed(GRID, (4, 53)), GRID).got == "[..., 0.5]  (float32, shape (5, 54))"
    assert failure(changed(GRID, (0, 3)), GRID).got.startswith("[0.0, 1.0, 2.0, 0.5, 4.0, 5.0, 6.0, 7.0, ...]")


def test_what_is_within_the_tolerance_does_not_differ():
    assert failure(torch.tensor([1.0 + 1e-7, 2.5]), torch.tensor([1.0, 2.0])).differs.startswith("first at [1]: ")
    assert failure([1.0 + 1e-7, 2.5], [1.0, 2.0]).differs == "first at [1]: 2.5 instead of 2"
