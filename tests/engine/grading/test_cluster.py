"""Grading on Dask workers: the results of a local run, also when a worker is killed; and who is refused."""

import os
import pickle
import signal
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.checking.report import Times
from autograder.checking.student import TimeLimits
from autograder.checking.submission import Submission, collect
from autograder.common.errors import CourseError, SandboxError
from autograder.grading import cluster, station
from autograder.grading.cluster import Cluster, Tls, batches
from autograder.grading.grade import Settings, grade

distributed = pytest.importorskip("distributed", reason="needs Dask: pip install -e '.[cluster]'")
pytestmark = pytest.mark.xdist_group("cluster")

SEED = "autumn-7319-for-this-test-alone"


def hand_in(toy, number=16):
    kinds = [toy.reference, toy.with_double("return x * x"), toy.stub, "x = [/]\n"]
    for index in range(number):
        toy.write(f"class/s{index}.py", kinds[index % 4])
    return collect([toy.root / "class"], "toy")


def graded(toy, out, on_report=lambda report: None, **settings):
    submissions = collect([toy.root / "class"], "toy")
    return grade(toy.course, toy.lesson, submissions, toy.root / out, Settings(seed=SEED, **settings), on_report)


def results(outcome):
    """name → its report, but for times and seconds."""
    return {
        report.submission: replace(
            report, seconds=0, times=Times(), checks=tuple(replace(check, seconds=0) for check in report.checks)
        )
        for report in outcome.reports
    }


def children(pid):
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """A cluster of two worker processes with certificates of its own: as somebody else's would be."""
    import dask

    security = distributed.Security.temporary()
    folder = tmp_path_factory.mktemp("tls")
    for name in ("tls_ca_file", "tls_client_cert", "tls_client_key"):
        (folder / name).write_text(getattr(security, name))
    # Two deaths, as in a cluster of our own: each worker that is killed takes many seconds to be there again.
    with dask.config.set({"distributed.scheduler.allowed-failures": 1}):
        with distributed.LocalCluster(
            2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, security=security, memory_limit=0,
            silence_logs=50,
        ) as started:  # fmt: skip
            started.folder = folder
            yield started


@pytest.fixture
def there(scheduler):
    """That cluster, as the command line names it."""
    files = (scheduler.folder / name for name in ("tls_ca_file", "tls_client_cert", "tls_client_key"))
    return Cluster.of(scheduler.scheduler_address, Tls(*files))


# --- what it gives --------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.usefixtures("zygote")
def test_a_killed_worker_is_made_up_for_and_results_are_those_of_a_local_run(toy, scheduler, there):
    hand_in(toy)
    killed, seen = [], []

    def kill_one(report):
        """Of the workers, the one with a station, once the first results are there."""
        seen.append(report.submission)
        if not killed:
            worker = next(nanny.pid for nanny in scheduler.workers.values() if children(nanny.pid))
            (own_station,) = children(worker)
            killed.extend([worker, own_station, *children(own_station)])
            os.kill(worker, signal.SIGKILL)

    outcome = graded(toy, "far", kill_one, prepare=there.prepared)
    assert len(killed) >= 3 and sorted(seen) == sorted(f"s{number}" for number in range(16)), "each is told once"
    assert outcome.lost == [] and outcome.reused == 0
    assert results(outcome) == results(graded(toy, "near"))
    deadline = time.monotonic() + 60
    while any(map(is_running, killed)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(is_running, killed)), "its station and what that had started ended with it"
    again = graded(toy, "near", prepare=there.prepared)
    assert again.reused == 16, "a local run's results are kept on a cluster"


@pytest.mark.slow
@pytest.mark.whole
def test_who_ends_several_workers_is_named_and_nobody_beside_it(toy, there, monkeypatch):
    hand_in(toy, 6)
    toy.write("class/poison.py", f"{toy.reference}\n# POISON\n")

    def grade_poison(*given):
        from autograder.grading.station import grade

        if any(b"POISON" in pair for pair in given[-1]):
            os.kill(os.getpid(), signal.SIGKILL)  # in the worker, which the fixture started
        return grade(*given)

    monkeypatch.setattr(station, "grade", grade_poison)
    outcome = graded(toy, "out", prepare=there.prepared)
    assert outcome.lost == ["poison"]
    assert {report.submission for report in outcome.reports} == {f"s{number}" for number in range(6)}


@pytest.mark.slow
def test_the_command_grades_with_workers_of_its_own_which_only_this_machine_reaches(toy, command, monkeypatch):
    import psutil

    hand_in(toy, 4)
    ports = []
    real = cluster.OnCluster.grade

    def look_first(self, job, submissions):
        me = psutil.Process()
        for process in (me, *me.children(recursive=True)):
            ports.extend(one.laddr.ip for one in process.net_connections("inet") if one.status == psutil.CONN_LISTEN)
        workers = self.client.run(os.getpid)
        assert len(set(workers.values()) - {os.getpid()}) == 2 and all(map(children, workers.values()))
        assert all(name.startswith("tls://127.0.0.1:") for name in workers)
        return real(self, job, submissions)

    monkeypatch.setattr(cluster.OnCluster, "grade", look_first)
    code, out, err = command("grade", "toy", "class", "--out", "out", "--seed", SEED, "--cluster", "local:2")
    assert (code, err) == (0, "") and "4 graded at tier" in out
    assert len(ports) >= 3 and set(ports) == {"127.0.0.1"}


# --- who can't grade -------------------------------------------------------------------------------------------------


def refused(toy, there, **settings):
    """What is said, before anything is graded."""
    hand_in(toy, 1)
    with pytest.raises(SandboxError) as problem:
        graded(toy, "out", prepare=there.prepared, **settings)
    assert not list((toy.root / "out/toy").glob("*.json"))
    assert "\n" not in str(problem.value)
    return str(problem.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("engine_digest", lambda: "0" * 64, "Its engine is another one"),
        ("installed_versions", lambda: ("torch 1.0", "transformers 1.0", "peft 1.0"), "here it is torch 1.0"),
        ("reference_digest", lambda reference: "0" * 64, "own solution is another one there"),
    ],
)
def test_a_worker_that_is_not_as_this_machine_is_refused(toy, there, monkeypatch, name, value, said):
    monkeypatch.setattr(cluster, name, value)
    found = refused(toy, there)
    assert found.startswith("The worker tls://127.0.0.1:") and said in found


def test_a_worker_with_other_checks_is_refused(toy, there, monkeypatch):
    real = cluster.collect_checks
    monkeypatch.setattr(cluster, "collect_checks", lambda *given: replace(real(*given), digest="0" * 64))
    assert "Its checks are other ones" in refused(toy, there)
    monkeypatch.setattr(cluster, "collect_checks", lambda *given: replace(real(*given), unmet={"test_x": "needs CUDA"}))
    assert "Only one of it and this machine has what test_x requires" in refused(toy, there)


def test_a_worker_without_the_tier_is_refused(toy, there, monkeypatch):
    assert "There is no sandbox tier 'steel'" in refused(toy, there, tier="steel")
    monkeypatch.setattr(station, "best_tier", lambda tier: "steel")  # the first worker's; others lack it
    assert "There is no sandbox tier 'steel'" in refused(toy, there)


def test_a_scheduler_that_does_not_answer_is_a_sentence(toy, command):
    hand_in(toy, 1)
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        code, _, err = command("grade", "toy", "class", "--out", "out", "--cluster", address)
    assert code == 2 and f"No Dask scheduler answers at {address}" in err and err.count("\n") == 1
    assert not list((toy.root / "out").rglob("*.json"))


# --- what is typed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("local:0", "starts no workers"),
        ("local:", "starts no workers"),
        ("local:-1", "starts no workers"),
        ("local:9999", "starts no workers"),
        ("nowhere", "is no address"),
        ("host:8786", "is no address"),
        ("tcp://host", "is no address"),
        ("tcp://:8786", "is no address"),
        ("tcp://127.0.0.1:99999", "is no address"),
        ("tcp://127.0.0.1:x", "is no address"),
        ("tcp://[::1:8786", "is no address"),
        ("tcp://127.0.0.1:8786/x", "is no address"),
        ("http://127.0.0.1:8786", "is no address"),
        ("inproc://1/2", "is no address"),
        ("tcp://a b:8786", "is no address"),
        ("", "is no address"),
        ("tcp://10.0.0.1:8786", "say --cluster-plaintext"),
        ("tcp://127.0.0.1.example.org:8786", "say --cluster-plaintext"),
    ],
)
def test_what_is_no_cluster_is_a_sentence(toy, command, address, said):
    hand_in(toy, 1)
    code, _, err = command("grade", "toy", "class", "--out", "out", f"--cluster={address}")
    assert code == 2 and said in err and err.startswith("autograder: ") and err.count("\n") == 1
    assert not (toy.root / "out").exists()


def test_plain_text_is_for_this_machine_or_for_who_asks_for_it():
    for address in ("tcp://127.0.0.1:8786", "tcp://localhost:8786", "tcp://[::1]:8786"):
        assert Cluster.of(address).address == address
    assert Cluster.of("tcp://10.0.0.1:8786", plaintext=True).address == "tcp://10.0.0.1:8786"
    assert Cluster.of("local:3").workers == 3


def test_files_for_tls_are_there_and_for_tls(tmp_path, toy, command):
    (tmp_path / "ca.pem").write_text("")
    with pytest.raises(CourseError, match="There is no file"):
        Cluster.of("tls://127.0.0.1:8786", Tls(ca=tmp_path / "none.pem"))
    with pytest.raises(CourseError, match="are for a scheduler at tls://"):
        Cluster.of("tcp://127.0.0.1:8786", Tls(ca=tmp_path / "ca.pem"))
    hand_in(toy, 1)
    code, _, err = command("grade", "toy", "class", "--out", "out", "--cluster", "tls://127.0.0.1:8786")
    assert code == 2 and "wants certificates: give --cluster-tls-ca" in err


def test_without_dask_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setattr(cluster.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match=r"pip install -e '\.\[cluster\]'"):
        Cluster.of("local:2")


# --- its parts -------------------------------------------------------------------------------------------------------


def test_batches_keep_all_busy_and_are_small():
    class_of = [(Submission(f"s{number}", Path(), {"a": b"x"}), "") for number in range(1000)]
    for threads, most in ((1, 16), (10, 16), (50, 5), (900, 1)):
        cut = list(batches(class_of, threads))
        assert [index for batch in cut for index in batch] == list(range(1000)) and max(map(len, cut)) == most
    heavy = [(Submission(f"s{number}", Path(), {"a": bytes(5 << 20)}), "") for number in range(4)]
    assert list(batches(heavy, 1)) == [[0], [1], [2], [3]]
    assert list(batches([], 4)) == []


class Dying:
    """A station that dies of one submission, after it gave what came before it."""

    started = 0

    def __init__(self, order):
        Dying.started += 1

    def reports(self, batch, pairs):
        for place, pair in enumerate(pairs):
            if pair == b"poison":
                raise EOFError
            yield place, b"report of " + pair

    def end(self):
        pass


def test_a_station_that_dies_is_replaced_and_who_ends_two_is_left(monkeypatch):
    monkeypatch.setattr(station, "_Station", Dying)
    found = station.grade("a run", b"", b"", [b"ann", b"poison", b"bob"])
    assert found == [b"report of ann", None, b"report of bob"]
    assert Dying.started == 3
    station.end("a run")
    with pytest.raises(station.Unfit, match="has ended"):
        station.grade("a run", b"", b"", [b"ann"])


@pytest.mark.slow
def test_a_station_is_kept_between_batches_and_its_death_costs_nothing(toy):
    (submission,) = hand_in(toy, 1)
    from autograder.checking.collecting import collect_checks
    from autograder.checking.digest import engine_digest, installed_versions
    from autograder.grading.reference import Reference

    collected = collect_checks(toy.course, toy.lesson)
    order = pickle.dumps(
        station.Order(
            str(toy.root), "toy", "", SEED, "process", 1 << 30, engine_digest(), installed_versions(), collected.digest,
            station.reference_digest(Reference.of(toy.course, toy.lesson)), (),
        )
    )  # fmt: skip
    batch = pickle.dumps(station.Batch(frozenset({"test_double_adds"}), TimeLimits()))
    try:
        assert station.start("run", order) == {}
        pid = station._stations["run"].process.pid
        for number in (1, 2):
            (raw,) = station.grade("run", order, batch, [pickle.dumps((submission, f"key {number}"))])
            report = pickle.loads(raw)
            assert (report.key, report.score, report.max_score) == (f"key {number}", *[report.checks[0].points] * 2)
            assert [check.name for check in report.checks] == ["test_double_adds"]
        assert station._stations["run"].process.pid == pid
        os.kill(pid, signal.SIGKILL)
        (raw,) = station.grade("run", order, batch, [pickle.dumps((submission, "key 3"))])
        assert pickle.loads(raw).key == "key 3" and station._stations["run"].process.pid != pid
    finally:
        station.end("run")
