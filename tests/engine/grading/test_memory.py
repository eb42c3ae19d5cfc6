"""How much memory a submission may take, and how many are graded at the same time by what the machine has."""

import os
from pathlib import Path

import pytest

from autograder.cli import screen
from autograder.common.errors import CourseError
from autograder.common.text import size, size_of
from autograder.grading import memory
from autograder.grading.memory import available_bytes, workers_that_fit
from autograder.sandbox import Limits, detect

MIB = 1 << 20
GREEDY = "torch.ones(50 << 20); return x + x"  # 200 MiB


def machine(tmp_path, available=None, cgroup="", **files):
    """A root folder as Linux shows it: MiB of MemAvailable, /proc/self/cgroup, and files of control groups."""
    for path, text in {
        "proc/meminfo": "" if available is None else f"MemTotal: 1 kB\nMemAvailable: {available * 1024} kB\n",
        "proc/self/cgroup": cgroup,
        **files,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def second(path, limit, used, gives_back=0):
    return {
        f"{path}/memory.max": f"{limit}\n",
        f"{path}/memory.current": f"{used * MIB}\n",
        f"{path}/memory.stat": f"anon 5\ninactive_file {gives_back * MIB}\n",
    }


def first(path, limit, used, gives_back=0):
    found = {
        "memory.limit_in_bytes": limit,
        "memory.usage_in_bytes": used * MIB,
        "memory.stat": f"inactive_file 1\ntotal_inactive_file {gives_back * MIB}",  # without and with groups within
    }
    return {f"{path}/{name}": f"{text}\n" for name, text in found.items()}


def test_what_is_available_is_the_least_of_machine_and_groups(tmp_path):
    assert available_bytes(machine(tmp_path / "a", 5000)) == 5000 * MIB
    groups = second("sys/fs/cgroup/job", 3000 * MIB, 1000, 400) | second("sys/fs/cgroup/job/step", "max", 900)
    assert available_bytes(machine(tmp_path / "b", 5000, "0::/job/step\n", **groups)) == 2400 * MIB
    assert available_bytes(machine(tmp_path / "c", 2000, "0::/job/step\n", **groups)) == 2000 * MIB
    outside = second("sys/fs/cgroup", 1500 * MIB, 0)  # a container: its own group lies at the top
    assert available_bytes(machine(tmp_path / "d", 5000, "0::/not/in/view\n", **outside)) == 1500 * MIB


def test_the_first_version_of_control_groups(tmp_path):
    lines = "5:cpu,cpuacct:/job\n4:memory:/job\n0::/\n"
    groups = first("sys/fs/cgroup/memory/job", 900 * MIB, 300, 100) | first("sys/fs/cgroup/memory", 2**63 - 4096, 700)
    assert available_bytes(machine(tmp_path, 5000, lines, **groups)) == 700 * MIB


def test_a_group_over_its_limit_has_nothing_left(tmp_path):
    """As one whose limit was lowered below what it uses."""
    groups = second("sys/fs/cgroup/job", 500 * MIB, 600, 50)
    assert available_bytes(machine(tmp_path, 5000, "0::/job\n", **groups)) == 0


def test_a_system_that_tells_nothing_holds_all_workers(tmp_path):
    assert available_bytes(tmp_path) is None and workers_that_fit(7, 1 << 40, tmp_path) == 7


def test_fewer_workers_where_memory_ends_and_never_none(tmp_path):
    root = machine(tmp_path, 4000)
    assert workers_that_fit(8, 512 * MIB, root) == 4
    assert workers_that_fit(3, 512 * MIB, root) == 3
    assert workers_that_fit(8, 4096 * MIB, root) == workers_that_fit(8, 1 << 60, root) == 1


def test_this_machine_tells_what_it_has():
    if not Path("/proc/meminfo").exists():
        pytest.skip("not on Linux")
    assert 0 < available_bytes() <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def test_fewer_workers_are_said_in_a_line(monkeypatch, capsys):
    monkeypatch.setattr(memory, "available_bytes", lambda root: 2600 * MIB)
    assert screen.workers(1) == 1 and capsys.readouterr().out == ""
    assert screen.workers(4, 512 * MIB) == 2
    assert capsys.readouterr().out == "2 of 4 workers: there is no memory for more, at 512M a submission.\n"


@pytest.mark.parametrize(
    ("text", "bytes_"), [("512M", 512 * MIB), ("2G", 2048 * MIB), ("3gib", 3 << 30), ("7 MB", None)]
)
def test_sizes(text, bytes_):
    if bytes_ is None:
        with pytest.raises(CourseError, match="'7 MB' is no amount of memory: write it as 512M or 2G."):
            size_of(text)
    else:
        assert size_of(text) == bytes_ and size_of(size(bytes_)) == bytes_


def scores(toy):
    path = toy.root / "out/toy/grades.csv"
    return {line.split(",")[0]: line.split(",")[2] for line in path.read_text().splitlines()[1:]}


@pytest.mark.slow
@pytest.mark.skipif(detect().tier == "none", reason="no sandbox here")
def test_another_bound_is_another_result(toy, command):
    """Each bound takes a zygote of its own."""
    toy.write("class/ann.py", toy.reference)
    toy.write("class/bob.py", toy.with_double(GREEDY))
    grade = ("grade", "toy", "class", "--out", "out", "--workers", "1", "--memory")
    code, out, err = command(*grade, "128M")
    assert (code, err) == (0, "") and scores(toy) == {"ann": "7", "bob": "2"}
    assert "can't allocate memory" in (toy.root / "out/toy/bob.md").read_text()
    code, out, err = command(*grade, "512M")
    assert (code, err) == (0, "") and scores(toy) == {"ann": "7", "bob": "7"} and "kept" not in out
    toy.write("solutions/toy/toy.py", toy.with_double(GREEDY))
    code, out, err = command(*grade, "128M")
    assert (code, err.count("\n")) == (2, 1) and scores(toy) == {"ann": "7", "bob": "7"}
    assert err.startswith("autograder: With 128M of memory in the sandbox the course's own solution fails test_double")
    assert err.endswith(", which it passes outside: give submissions more with --memory.\n")


@pytest.mark.usefixtures("zygote")
def test_at_tier_none_no_bound_makes_another_result(toy, command):
    toy.write("class/ann.py", toy.reference)
    grade = ("grade", "toy", "class", "--out", "out", "--tier", "none", "--memory")
    assert command(*grade, "2G")[0] == 0
    code, out, _ = command(*grade, "3G")
    assert code == 0 and "1 of them kept from an earlier run" in out
    code, out, _ = command(*grade[:5], "--memory", "3G")
    assert code == 0 and "kept" not in out


@pytest.mark.parametrize("text", ["much", "0M", "-1G", "512", "1.5G"])
def test_a_size_that_is_none_is_one_sentence(toy, command, text):
    toy.write("class/ann.py", toy.reference)
    code, out, err = command("grade", "toy", "class", "--out", "out", "--memory", text)
    assert code == 2 and err == f"autograder: '{text}' is no amount of memory: write it as 512M or 2G.\n"
    assert not (toy.root / "out").exists()


def test_help_says_the_default(command):
    code, out, _ = command("grade", "--help")
    assert code == 0 and f"(default: {size(Limits.memory_bytes)})" in " ".join(out.replace("│", " ").split())
