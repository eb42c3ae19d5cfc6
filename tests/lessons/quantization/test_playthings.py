"""The weights that are shown come back as the reference gives them back."""

import runpy
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = runpy.run_path(str(ROOT / "solutions/quantization/quantization.py"))
pytestmark = pytest.mark.xdist_group("chromium")


@pytest.mark.parametrize("outlier", ["none", "the largest, 4 times as large"])
@pytest.mark.parametrize("name", ["8 bits", "4 bits", "3 bits", "2 bits", "NF4 (4 bits)"])
def test_what_comes_back(opened, name, outlier):
    one = opened("quantization", "levels")
    one.set("format", name)
    one.set("outlier", outlier)
    slider = one.control("weight")
    shown = []
    for index in range(int(slider.get_attribute("max")) + 1):
        slider.fill(str(index))
        shown.append(one.numbers(r"is ([-\d.]+) and comes back as ([-\d.]+)\. .*block: ([\d.]+); (\d+) of"))
    w, back, error, lost = torch.tensor(shown).T
    if name.startswith("NF4"):
        packed, absmax = REFERENCE["nf4_quantize"](w, len(w))
        expected = REFERENCE["nf4_dequantize"](packed, absmax, w.shape, len(w))
    else:
        expected = REFERENCE["absmax_dequantize"](*REFERENCE["absmax_quantize"](w, int(name[0])))
    torch.testing.assert_close(back, expected, atol=2e-4, rtol=0)
    assert error[0].item() == pytest.approx(REFERENCE["reconstruction_error"](w, expected), abs=6e-4)
    assert lost[0] == (expected == 0).sum()
    levels = {"8 bits": 255, "4 bits": 15, "3 bits": 7, "2 bits": 3, "NF4 (4 bits)": 16}[name]
    assert f"{levels} levels" in one.section.locator("svg").text_content()
