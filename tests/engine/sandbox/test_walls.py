"""What a submission may not do, tried from inside, at every tier that has walls.

Children of these zygotes have not imported torch, so that a zygote starts in 0.2 s.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.checking.student import Session, Student
from autograder.checking.submission import Submission
from autograder.common.errors import ExecutorDied, StudentError
from autograder.sandbox import Limits, Zygote, detect, is_readable

REPOSITORY = Path(__file__).resolve().parents[3]
WALLED = [tier for tier in ("full", "uid", "process") if sys.platform == "linux" and tier not in detect().missing]
pytestmark = pytest.mark.skipif(not WALLED, reason="no sandbox here")

INSIDE = """
import ctypes, fcntl, os, random, resource, signal, socket, subprocess, sys, tempfile, threading, time

libc = ctypes.CDLL(None, use_errno=True)


def error_of(function, *args):
    try:
        function(*args)
    except Exception as error:
        return type(error).__name__
    return "nothing"


def read(path): return error_of(lambda: open(path).read(1))
def listing(path): return error_of(os.listdir, path)
def write(path): return error_of(lambda: open(path, "w").close())
def execute(source): exec(source, globals())
def evaluate(source): return eval(source, globals())
def outcome(source): return error_of(exec, source, globals())


def syscall(number, *args):
    ctypes.set_errno(0)
    return ctypes.get_errno() if libc.syscall(number, *[ctypes.c_long(a) for a in args]) < 0 else 0


def status(name):
    with open("/proc/self/status") as file:
        return next(line.split()[1:] for line in file if line.startswith(name + ":"))


def fill(size, deleted):
    files = []
    while True:
        files.append(open(f"part{len(files)}", "wb", buffering=0))
        if deleted:
            os.unlink(f"part{len(files) - 1}")
        for _ in range(8):
            assert files[-1].write(bytes(size)) == size
"""


@pytest.fixture(scope="module", params=WALLED)
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    with Zygote.start(request.param, preload=False) as zygote:
        yield zygote


@contextmanager
def student(zygote: Zygote, source: str = INSIDE) -> Iterator[Student]:
    submission = Submission("someone", Path("someone.py"), {"lesson/lesson.py": source.encode()})
    session = Session("lesson", submission, zygote.spawn)
    try:
        session.begin(seed=1)
        yield Student(session)
    finally:
        session.close()


@pytest.fixture
def inside(zygote: Zygote) -> Iterator[Student]:
    with student(zygote) as found:
        yield found


def test_nothing_of_the_repository_or_the_machine_can_be_read(inside, tmp_path):
    secret = tmp_path / "secret.py"
    secret.write_text("1")
    for path in [__file__, REPOSITORY / "pyproject.toml", secret, "/etc/passwd", "/proc/1/environ", "/proc/version"]:
        assert inside.read(str(path)) in ("PermissionError", "FileNotFoundError"), path
    for folder in ["/", "/root", "/tmp", REPOSITORY, REPOSITORY / "tests", REPOSITORY / "solutions", "/proc"]:
        assert inside.listing(str(folder)) in ("PermissionError", "FileNotFoundError"), folder
    assert inside.read(f"/proc/{os.getpid()}/environ") in ("PermissionError", "FileNotFoundError")


def test_python_and_the_engine_can_be_read(inside):
    assert inside.outcome("import this, autograder.common.stubs, xmlrpc.client, lzma") == "nothing"
    assert is_readable(os.__file__) and not is_readable(__file__)


def test_only_the_scratch_folder_can_be_written(inside, tmp_path):
    assert inside.outcome("open('a', 'w').write('b'); os.mkdir('c'); os.rename('a', 'c/a')") == "nothing"
    assert inside.outcome("tempfile.NamedTemporaryFile().write(b'1')") == "nothing"
    assert inside.evaluate("os.getcwd() == os.environ['HOME'] == os.environ['TMPDIR'] == tempfile.gettempdir()")
    for path in ["/tmp/autograder-outside", "/dev/shm/autograder-outside", str(tmp_path / "a"), os.__file__]:
        assert inside.write(path) in ("PermissionError", "FileNotFoundError", "OSError"), path
    assert not Path("/tmp/autograder-outside").exists()
    assert inside.outcome(f"os.open({os.__file__!r}, os.O_RDONLY | os.O_TRUNC)") in ("PermissionError", "OSError")


def test_files_outside_keep_their_modes_and_times(inside):
    before = os.stat(os.__file__)
    path = repr(os.__file__)
    for call in [f"os.chmod({path}, 0o777)", f"os.utime({path}, (1, 1))", f"os.chown({path}, 1, 1)",
                 f"os.setxattr({path}, 'user.a', b'1')", f"os.fchmod(open({path}).fileno(), 0)",
                 f"os.truncate({path}, 0)", f"os.link({path}, 'own')"]:  # fmt: skip
        assert inside.outcome(call) in ("PermissionError", "OSError"), call
    after = os.stat(os.__file__)
    assert (before.st_mode, before.st_mtime, before.st_uid) == (after.st_mode, after.st_mtime, after.st_uid)


def test_no_network_not_even_to_this_machine(inside):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        assert inside.outcome(f"socket.create_connection({server.getsockname()!r}, 1)") == "PermissionError"
        with pytest.raises(TimeoutError):
            server.accept()
    for kind in ["AF_INET, socket.SOCK_DGRAM", "AF_INET6", "AF_UNIX", "AF_NETLINK"]:
        assert inside.outcome(f"socket.socket(socket.{kind})") == "PermissionError", kind
    assert inside.outcome("a, b = socket.socketpair(); a.send(b'1'); assert b.recv(1) == b'1'") == "nothing"
    assert inside.outcome("a, b = socket.socketpair(type=socket.SOCK_DGRAM); a.sendto(b'1', '/dev/log')") == (
        "PermissionError"
    )
    assert inside.outcome("a, b = socket.socketpair(); socket.send_fds(a, [b'1'], [0])") == "PermissionError"


def test_no_other_processes(inside):
    for call in ["os.fork()", f"os.execv({sys.executable!r}, ['python'])", f"subprocess.run([{sys.executable!r}])",
                 "os.posix_spawn('/bin/true', ['true'], {})", "os.system('true') == 0 or 1 / 0"]:  # fmt: skip
        assert inside.outcome(call) in ("PermissionError", "ZeroDivisionError"), call


def test_nobody_else_can_be_signalled(inside):
    for target in [os.getpid(), 1, 0, -1]:
        assert inside.outcome(f"os.kill({target}, 0)") == "PermissionError", target
    assert inside.outcome("os.kill(os.getppid(), 9)") == "PermissionError"
    assert inside.outcome("os.kill(os.getpid(), 0)") == "nothing"
    assert inside.outcome("fcntl.fcntl(1, fcntl.F_SETOWN, os.getppid())") == "PermissionError"
    assert inside.outcome("resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))") == "PermissionError"
    assert inside.outcome("os.sched_setaffinity(os.getppid(), {0})") == "PermissionError"


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="system call numbers of x86_64")
def test_dangerous_system_calls_are_refused(inside):
    calls = dict(ptrace=101, process_vm_readv=310, memfd_create=319, io_uring_setup=425, userfaultfd=323, bpf=321,
                 keyctl=250, mount=165, unshare=272, setns=308, perf_event_open=298, shmget=29, pidfd_open=434,
                 open_by_handle_at=304, seccomp=317, add_key=248, chroot=161, setuid=105, syslog=103, personality=135,
                 mknod=133, setsid=112, vfork=58, execveat=322, landlock_create_ruleset=444, init_module=175,
                 inotify_init1=294, pidfd_send_signal=424, rt_sigqueueinfo=129, setpriority=141)  # fmt: skip
    refused = {name: inside.syscall(number, 0, 0, 0, 0) for name, number in calls.items()}
    assert refused == dict.fromkeys(calls, 1)  # EPERM
    assert inside.syscall(435, 0, 0) == 38 and inside.syscall(437, 0, 0) == 38  # clone3 and openat2: ENOSYS


def test_foreign_calls_end_the_process(zygote):
    with student(zygote) as inside, pytest.raises(ExecutorDied, match="signal 31"):
        inside.syscall(0x40000000 + 39)  # getpid of x32


def test_no_privilege_is_left(inside):
    assert inside.status("CapEff") == inside.status("CapPrm") == inside.status("CapAmb") == ["0" * 16]
    assert inside.status("NoNewPrivs") == ["1"] and inside.status("Seccomp") == ["2"]


def test_user_ids(zygote):
    own_uid = zygote.tier == "uid" or (zygote.tier == "full" and detect().own_uid)
    with student(zygote) as one, student(zygote) as other:
        ids = [inside.evaluate("[*os.getresuid(), *os.getresgid()]") for inside in (one, other)]
        if own_uid:
            assert len(set(ids[0])) == len(set(ids[1])) == 1
            assert ids[0] != ids[1] and os.getuid() not in ids[0] + ids[1]
            assert one.evaluate("os.getgroups()") == []
        else:
            assert ids[0][:3] == [os.getuid()] * 3


def test_one_childs_scratch_is_closed_to_another(zygote):
    with student(zygote) as one, student(zygote) as other:
        one.execute("open('mine', 'w').write('secret')")
        path = one.evaluate("os.path.abspath('mine')")
        assert other.read(path) in ("PermissionError", "FileNotFoundError")


def test_descriptors_and_environment_hold_nothing(monkeypatch, zygote):
    monkeypatch.setenv("TOKEN", "secret")
    with Zygote.start(zygote.tier, preload=False) as fresh, student(fresh) as inside:
        links = inside.evaluate("[os.path.realpath(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')]")
        others = [link for link in links if link != "/dev/null"]
        assert len(links) == 5 and len(others) == 2  # the data socket, and what listing the folder took
        assert sum("socket:" in link for link in others) == 1
        assert "TOKEN" not in inside.evaluate("dict(os.environ)")
        assert b"secret" not in inside.evaluate("open('/proc/self/environ', 'rb').read()")


def test_children_draw_different_numbers(zygote):
    source = "import random\nfirst = random.random()\ndef f(): return first\n"
    with student(zygote, source) as one, student(zygote, source) as other:
        assert one.f() != other.f()


def test_a_flood_of_output_goes_nowhere(inside):
    started = time.monotonic()
    inside.execute("for _ in range(200): os.write(1, bytes(1 << 20)); os.write(2, bytes(1 << 20))")
    assert inside.evaluate("1 + 1") == 2 and time.monotonic() - started < 9


@contextmanager
def limited(tier: str, source: str = INSIDE, **limits: int) -> Iterator[Student]:
    with Zygote.start(tier, Limits(**limits), preload=False) as zygote, student(zygote, source) as inside:
        yield inside


def test_memory_is_bounded_and_its_lack_is_an_exception(zygote):
    with limited(zygote.tier, memory_bytes=64 << 20) as inside:
        with pytest.raises(StudentError, match="MemoryError"):
            inside.execute("block = bytearray(80 << 20)")
        assert inside.evaluate("1 + 1") == 2


@pytest.mark.parametrize(("taken", "said"), [(16, "ran out of memory"), (0, "was ended by signal 9")])
def test_who_is_killed_had_much_memory_or_is_not_told_so(zygote, taken, said):
    """As the system ends a process when memory runs out; what came with the fork is nothing that it took."""
    with limited(zygote.tier, memory_bytes=48 << 20) as inside:
        inside.execute(f"block = bytearray(b'1') * ({taken} << 20)")
        with pytest.raises(ExecutorDied, match=said):
            inside.execute("os.kill(os.getpid(), signal.SIGKILL)")


def test_processor_time_is_bounded(zygote):
    with (
        limited(zygote.tier, cpu_seconds=1) as inside,
        pytest.raises(ExecutorDied, match="more than 1 seconds of proc"),
    ):
        inside.execute("while True: pass")


def test_files_are_bounded_in_size_and_number(zygote):
    with limited(zygote.tier, scratch_bytes=1 << 20, open_files=16) as inside:
        assert inside.outcome("open('a', 'wb').write(bytes(2 << 20))") == "OSError"
        assert inside.outcome("kept = [open('/dev/null') for _ in range(16)]") == "OSError"


@pytest.mark.parametrize("deleted", [False, True])
def test_the_scratch_folder_is_bounded(zygote, deleted):
    with limited(zygote.tier, scratch_bytes=4 << 20) as inside:
        if zygote.tier == "full":  # the kernel's own bound
            with pytest.raises(StudentError, match="No space left"):
                inside.fill(1 << 18, deleted)
        else:
            with pytest.raises(ExecutorDied, match="wrote more than 4 MiB into its scratch folder"):
                inside.execute(f"try: fill(1 << 18, {deleted})\nexcept OSError: time.sleep(5)")


def test_the_number_of_files_is_bounded(zygote):
    with limited(zygote.tier, scratch_files=100) as inside, pytest.raises((StudentError, ExecutorDied)) as caught:
        inside.execute("for number in range(200): open(str(number), 'w').close()\ntime.sleep(5)")
    assert "No space left" in str(caught.value) or "created more than 100 files" in str(caught.value)


def test_threads_are_bounded(zygote):
    with limited(zygote.tier, threads=20) as inside, pytest.raises((StudentError, ExecutorDied)) as caught:
        inside.execute("for _ in range(40): threading.Thread(target=time.sleep, args=(5,), daemon=True).start()\n"
                   "time.sleep(5)")  # fmt: skip
    assert "can't start new thread" in str(caught.value) or "started more than 20 threads" in str(caught.value)


def test_what_a_child_wrote_is_removed_whatever_its_shape(zygote):
    nest = "os.mkdir('top')\nos.chdir('top')\nfor _ in range(1500): os.mkdir('d'); os.chdir('d')\n"
    odd = "os.umask(0o777)\nos.mkdir('closed')\nos.symlink('/', 'link')\nos.umask(0o77)\nos.chdir(os.environ['HOME'])\n"
    with student(zygote) as inside:
        home = inside.evaluate("os.environ['HOME']")
        try:
            inside.execute(odd + nest)
        except ExecutorDied as error:  # where an ordinary folder is watched
            assert zygote.tier != "full" and ("nested folders" in str(error) or "hid files" in str(error))
    assert not Path(home).exists()


def test_a_worker_that_cannot_be_shut_in_is_nobodys_fault(zygote):
    from autograder.common.errors import SandboxError

    with Zygote.start(zygote.tier, Limits(open_files=-5), preload=False) as broken, broken.spawn() as worker:
        with pytest.raises(SandboxError, match="could not be shut in"):
            worker.exchange(b"", time.monotonic() + 10)


def test_any_tree_can_be_removed(tmp_path):
    from autograder.sandbox import scratch

    folder = tmp_path / "scratch"
    folder.mkdir()
    (folder / "link").symlink_to("/")
    here = os.open(folder, os.O_RDONLY)
    for _ in range(2000):  # deeper than paths and recursion go
        os.mkdir("d", dir_fd=here)
        open(os.open("f", os.O_CREAT | os.O_WRONLY, dir_fd=here), "w").close()
        here, above = os.open("d", os.O_RDONLY, dir_fd=here), here
        os.close(above)
    os.fchmod(here, 0)
    os.close(here)
    scratch.remove(str(folder))
    assert not folder.exists() and os.path.exists("/")
