"""Which tier a machine gets, on this one and on machines made poorer in a subprocess; and the filter's own logic."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.common.errors import SandboxError
from autograder.sandbox import Zygote, detect, tiers
from autograder.sandbox.paths import closed_folders, outermost, readable_paths

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to make poorer machines")

NOTHING_WRONG = dict.fromkeys(
    ["landlock", "seccomp", "own_uid", "own_uid_reads", "own_uid_uncovered", "namespaces_root", "namespaces_user"], ""
)


def judge(closed: list[str] | None = None, **problems: str) -> tiers.TierReport:
    return tiers._judge({"problems": NOTHING_WRONG | problems, "landlock_abi": 4, "closed": closed or []})


def test_the_best_tier_follows_from_what_works():
    denied = "Operation not permitted"
    assert judge().tier == "full" and judge().namespaces == "root" and judge().own_uid
    user = judge(namespaces_root=denied, own_uid=denied)
    assert (user.tier, user.namespaces, user.own_uid) == ("full", "user", False)
    assert judge(namespaces_root=denied, namespaces_user=denied).tier == "uid"
    assert judge(namespaces_root=denied, namespaces_user=denied, own_uid=denied).tier == "process"
    assert judge(landlock=denied).tier == judge(seccomp=denied).tier == "none"


def test_a_private_home_is_uncovered_or_said():
    shut = judge(["/root"], own_uid_reads="Permission denied")
    assert shut.setup("uid").uncover and not shut.setup("full").uncover
    worse = judge(["/root"], own_uid_reads="no", own_uid_uncovered="no", namespaces_root="no", namespaces_user="no")
    assert worse.tier == "process"
    with pytest.raises(SandboxError, match="Python lies under /root, .* run chmod o.x /root"):
        worse.setup("uid")


def test_a_tier_that_is_missing_is_refused_in_one_sentence():
    report = judge(namespaces_root="no", namespaces_user="Operation not permitted")
    with pytest.raises(SandboxError, match=r"tier full is not available here: .*\(Operation not permitted\)"):
        report.setup("full")
    assert report.setup("process").tier == "process" and not report.setup("process").own_uid
    with pytest.raises(SandboxError, match="no sandbox tier 'strong'"):
        report.setup("strong")


def test_none_is_never_chosen_unasked():
    with pytest.raises(SandboxError, match="No sandbox is available here: Landlock is missing"):
        judge(landlock="the kernel does not offer Landlock").setup()
    assert judge(landlock="no").setup("none").tier == "none"


def test_other_systems_get_tier_none(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    report = tiers.detect.__wrapped__()
    assert report.tier == "none" and not any(one.available for one in report.primitives[1:])
    monkeypatch.delattr(os, "fork")
    with pytest.raises(SandboxError, match="can't fork; grade inside WSL"):
        tiers.detect.__wrapped__().setup("none")


def test_it_can_be_imported_without_unix_modules():
    program = (
        "import sys\n"
        "for name in ('fcntl', 'resource', 'pwd', 'grp'): sys.modules[name] = None\n"
        "import autograder.sandbox\n"
        "assert 'torch' not in sys.modules and 'autograder.sandbox.linux' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_setup_that_fails_in_the_zygote_is_told():
    report = detect()
    if report.tier != "full":
        pytest.skip("needs tier full")
    tempfiles = set(Path("/tmp").glob("autograder-*"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiers.TierReport, "setup", lambda self, tier: tiers.Setup("full", namespaces="sideways"))
        patch.setattr("autograder.sandbox.client.tempfile.mkdtemp", lambda **_: "/nonexistent/autograder")
        with pytest.raises(SandboxError, match=r"\(tier full\) could not be set up: FileNotFoundError"):
            Zygote.start(preload=False)
    assert set(Path("/tmp").glob("autograder-*")) <= tempfiles


@linux
def test_what_children_may_read_is_narrow():
    repository = Path(__file__).resolve().parents[3]
    paths = readable_paths()
    for path in map(Path, paths):
        assert path not in repository.parents and path != repository
        assert path.parent != repository or path.name == "autograder"
    assert sys.prefix not in paths or Path(sys.prefix).name == "lib"
    assert outermost(["/a/b", "/a", "/ab", "/a/c/d"]) == ["/a", "/ab"]


def test_closed_folders_are_the_outermost(tmp_path):
    (tmp_path / "home" / "inner").mkdir(parents=True)
    (tmp_path / "home").chmod(0o700)
    (tmp_path / "home" / "inner").chmod(0o700)
    found = closed_folders([str(tmp_path / "home" / "inner" / "python")])
    assert found == closed_folders([str(tmp_path / "home" / "python")])
    assert any(str(tmp_path / "home").startswith(folder) for folder in found)


# Poorer machines

POORER_MACHINE = Path(__file__).resolve().parents[2] / "_poorer_machine.py"

ON_ANOTHER_MACHINE = """
import json, os, sys, time
from autograder import wire
from autograder.sandbox import Zygote, detect
tests, wanted = sys.argv[1:]
report = detect()
wanted = wanted or (None if report.tier != "none" else "none")
with Zygote.start(wanted, preload=False) as zygote, zygote.spawn() as worker:
    source = b"import os\\ndef look(path):\\n    try: return str(os.listdir(path))\\n"
    source += b"    except OSError as error: return type(error).__name__\\n"
    source += b"def status(): return open('/proc/self/status').read()\\n"
    def ask(**message): return wire.decode(worker.exchange(wire.encode(message), time.monotonic() + 20))
    ask(op="load", lesson="l", path="l.py", files={"l/l.py": source})
    call = lambda name, *args: ask(op="call", name=name, args=list(args), kwargs={})["value"]
    print(json.dumps({"tier": zygote.tier, "namespaces": report.namespaces, "tests": call("look", tests),
                      "home": call("look", "."), "status": call("status"), "uid": worker.uid, "mine": os.getuid()}))
"""


def on_a_machine(how: str, tier: str = "") -> dict:
    """What a child finds after `how`, at the best tier there is then or the one named."""
    command = [sys.executable, POORER_MACHINE, how, ON_ANOTHER_MACHINE, os.path.dirname(__file__), tier]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd="/")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["home"] == "[]"
    if found["tier"] != "none":
        assert found["tests"] in ("PermissionError", "FileNotFoundError")
        assert "CapEff:\t0000000000000000" in found["status"] and "Seccomp:\t2" in found["status"]
    return found


@linux
@root
def test_a_user_without_privileges_gets_full_from_user_namespaces():
    found = on_a_machine("open_home(); become(12345)")
    if found["tier"] == "process":
        pytest.skip("this kernel allows users no namespaces")
    assert (found["tier"], found["namespaces"], found["uid"], found["mine"]) == ("full", "user", 12345, 12345)
    assert found["tests"] == "FileNotFoundError", "nothing of the machine is in view"


@linux
@root
def test_a_user_without_namespaces_gets_process():
    found = on_a_machine("open_home(); become(12345); deny('unshare', 'mount')")
    assert (found["tier"], found["uid"]) == ("process", 12345)


@linux
@root
def test_root_in_a_locked_down_container_gets_uid():
    found = on_a_machine("open_home(); deny('unshare', 'mount')")
    assert found["tier"] == "uid" and found["uid"] not in (0, found["mine"])


@linux
@root
@pytest.mark.parametrize("mask", ["0o027", "0o077"])
@pytest.mark.parametrize("tier", ["full", "uid", "process", "none"])
def test_no_mask_of_modes_shuts_children_out(tier, mask):
    """They go through mount points that root has made for them."""
    if tier in detect().missing:
        pytest.skip(detect().missing[tier])
    found = on_a_machine(f"os.umask({mask})", tier)
    assert found["tier"] == tier and (found["uid"] != 0) == (tier in ("full", "uid"))


@linux
@root
def test_without_landlock_there_is_no_sandbox():
    assert on_a_machine("deny('landlock_create_ruleset')")["tier"] == "none"


# The filter

KILL, ALLOW, EPERM, ENOSYS = 0x80000000, 0x7FFF0000, 0x50001, 0x50026
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def verdict(machine: str, name: str, *arguments: int, architecture: int | None = None, offset: int = 0) -> int:
    """Run the filter as the kernel would."""
    from autograder.sandbox import seccomp, syscalls

    words = {0: syscalls.table(machine)[name] + offset, 4: architecture or AUDIT[machine]}
    for index, value in enumerate([*arguments, *[0] * 6][:6]):
        words[16 + 8 * index], words[20 + 8 * index] = value & 0xFFFFFFFF, value >> 32
    program, at, held = seccomp.program(4711, machine), 0, 0
    assert len(program) < 4096
    while True:
        code, if_true, if_false, operand = program[at]
        at += 1
        if code == 0x20:
            held = words[operand]
        elif code == 0x54:
            held &= operand
        elif code in (0x15, 0x35):
            at += if_true if (held == operand if code == 0x15 else held >= operand) else if_false
        else:
            assert code == 0x06
            return operand


@linux
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_decides_as_written(machine):
    def of(name: str, *arguments: int) -> int:
        return verdict(machine, name, *arguments)

    assert of("read") == of("futex") == of("exit_group") == ALLOW
    assert of("clone3") == of("openat2") == ENOSYS
    assert of("mount") == of("unshare") == of("seccomp") == of("landlock_create_ruleset") == EPERM
    assert of("clone", 0x3D0F00) == ALLOW, "a thread as glibc makes one"
    assert of("clone", 17) == of("clone", 0x4111) == of("clone", 0x3D0F00 | 0x10000000) == EPERM
    assert of("kill", 4711, 9) == of("tgkill", 4711, 5, 6) == ALLOW
    assert of("kill", 1, 9) == of("kill", 0, 9) == of("kill", 0xFFFFFFFF, 9) == of("tgkill", 1, 1, 9) == EPERM
    assert of("prctl", 15) == ALLOW and of("prctl", 22) == of("prctl", 1) == of("prctl", 4) == EPERM
    assert of("fcntl", 0, 1030) == ALLOW and of("fcntl", 0, 8) == of("fcntl", 0, 10) == EPERM
    assert of("ioctl", 0, 0x5421) == ALLOW and of("ioctl", 0, 0x5412) == EPERM  # TIOCSTI
    assert of("socketpair", 1) == ALLOW and of("socketpair", 2) == EPERM
    assert of("sendto", 3, 0, 0, 0, 0) == ALLOW
    assert of("sendto", 3, 0, 0, 0, 1) == of("sendto", 3, 0, 0, 0, 1 << 32) == EPERM
    assert of("openat", 0, 0, os.O_RDONLY) == of("openat", 0, 0, os.O_WRONLY | os.O_TRUNC) == ALLOW
    assert of("openat", 0, 0, os.O_RDONLY | os.O_TRUNC) == EPERM
    assert of("prlimit64", 0) == ALLOW and of("prlimit64", 7) == EPERM
    other = AUDIT["aarch64" if machine == "x86_64" else "x86_64"]
    assert verdict(machine, "read", architecture=other) == KILL
    assert verdict(machine, "read", offset=0x40000000) == KILL


@linux
def test_the_process_id_in_the_compiled_filter_is_unmistakable():
    from autograder.sandbox import seccomp

    assert seccomp.compiled().count(seccomp._PID.to_bytes(4, "little")) == 3  # kill, tgkill, sched_setaffinity


@linux
@pytest.mark.parametrize(("machine", "header"), [
    ("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    ("aarch64", "/usr/include/asm-generic/unistd.h"),
])  # fmt: skip
def test_call_numbers_are_the_kernels(machine, header):
    from autograder.sandbox.syscalls import table

    if not Path(header).exists():
        pytest.skip(f"{header} is not installed")
    pattern = re.compile(r"#define __NR(?:3264)?_(\w+)\s+(\d+)")
    theirs = {name: int(value) for name, value in pattern.findall(Path(header).read_text())}
    theirs["newfstatat"] = theirs.get("newfstatat") or theirs["fstatat"]
    known = {name: value for name, value in table(machine).items() if name in theirs}
    assert len(known) > 100 and known == {name: theirs[name] for name in known}
    assert platform.machine() not in AUDIT or table() == table(platform.machine())
