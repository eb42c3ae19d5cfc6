"""Files for Slurm and Kubernetes, held against the tools that read them, as far as that goes without a cluster."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.systems import Settings, export


@pytest.fixture
def slurm(toy, tmp_path):
    export("slurm", toy.course, toy.lesson, tmp_path / "slurm", Settings())
    return tmp_path / "slurm"


@pytest.fixture
def kubernetes(toy, tmp_path):
    export("kubernetes", toy.course, toy.lesson, tmp_path / "kubernetes", Settings())
    return tmp_path / "kubernetes"


def stand_in(folder, **commands):
    """An environment in which these commands are scripts of ours."""
    for name, script in commands.items():
        (folder / name).write_text(f"#!/usr/bin/env bash\n{script}\n")
        (folder / name).chmod(0o755)
    return os.environ | {"PATH": f"{folder}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def scripts(folder):
    return sorted(path for path in folder.iterdir() if path.suffix in (".sh", ".sbatch"))


def test_shell_scripts_are_whole_and_clean(slurm, kubernetes):
    found = [*scripts(slurm), *scripts(kubernetes)]
    assert [path.name for path in found] == ["grade.sbatch", "merge.sbatch", "submit.sh", "secrets.sh"]
    for path in found:
        assert subprocess.run(["bash", "-n", path]).returncode == 0
        assert path.suffix == ".sbatch" or os.access(path, os.X_OK)
    checker = shutil.which("shellcheck", path=Path(sys.executable).parent) or shutil.which("shellcheck")
    if checker is None:
        pytest.skip("shellcheck is not installed: pip install -e '.[dev]'")
    done = subprocess.run([checker, *found], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


# --- slurm ----------------------------------------------------------------------------------------------------------

SBATCH = """\
[ "$1" = --parsable ] && { shift; echo 4711; }
echo "$@" >> submitted
"""


def test_submitting_gives_one_seed_an_array_and_what_merges_it(slurm, tmp_path):
    environment = stand_in(tmp_path, sbatch=SBATCH)
    for arguments in ([], ["--array=3,7"]):
        done = subprocess.run([slurm / "submit.sh", *arguments], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        seed = (slurm / "grading-seed").read_text()
        assert len(seed) == 33 and (slurm / "grading-seed").stat().st_mode & 0o77 == 0
    assert (slurm / "grading-seed").read_text() == seed, "the same for who is graded once more"
    merge = "--dependency=afterany:4711 merge.sbatch"
    assert (slurm / "submitted").read_text().splitlines() == ["grade.sbatch", merge, "--array=3,7 grade.sbatch", merge]


@pytest.mark.slow
def test_the_jobs_grade_in_shards_and_merge(toy, slurm, tmp_path):
    """Each script as Slurm runs it: in the folder it was submitted from, with its task's number."""
    engine = f'exec {sys.executable} -m autograder "$1" "${{@:2}}" --course {toy.root}'
    environment = stand_in(tmp_path, autograder=engine) | {"OMP_NUM_THREADS": "1", "SLURM_CPUS_PER_TASK": "1"}
    (slurm / "submissions").mkdir()
    for name in ("ann", "bob", "cid"):
        (slurm / f"submissions/{name}.py").write_text(toy.reference)
    (slurm / "grading-seed").write_text("autumn-7319-for-this-test-alone\n")
    text = (slurm / "grade.sbatch").read_text()
    assert "#SBATCH --array=1-20\n" in text and "shards=20 " in text
    (slurm / "grade.sbatch").write_text(text.replace("shards=20", "shards=2"))
    for task in ("1", "2"):
        job = environment | {"SLURM_ARRAY_TASK_ID": task}
        done = subprocess.run(["bash", "grade.sbatch"], cwd=slurm, env=job, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    done = subprocess.run(["bash", "merge.sbatch"], cwd=slurm, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and "toy: 3 reports" in done.stdout, done.stderr
    assert {path.stem for path in (slurm / "results/toy").glob("*.json")} == {"ann", "bob", "cid"}


def test_dask_jobqueue_takes_the_script(slurm, tmp_path):
    pytest.importorskip("dask_jobqueue", reason="needs dask-jobqueue: pip install -e '.[cluster]'")
    spec = importlib.util.spec_from_file_location("dask_slurm", slurm / "dask_slurm.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.cluster(slurm / "tls", host="127.0.0.1") as started:
        job = started.job_script()
        assert started.scheduler_address.startswith("tls://127.0.0.1:") and started.scheduler_address in job
    assert "#SBATCH -J grade-toy" in job and "#SBATCH --cpus-per-task=1" in job and "#SBATCH --mem=3G" in job
    assert "--nthreads 1" in job and "--tls-key" in job and str(slurm / "tls") in job
    assert {path.stat().st_mode & 0o77 for path in [slurm / "tls", *(slurm / "tls").iterdir()]} == {0}
    (tmp_path / "job").write_text(job)
    assert subprocess.run(["bash", "-n", tmp_path / "job"]).returncode == 0


# --- kubernetes -----------------------------------------------------------------------------------------------------


def documents(path):
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    return list(yaml.safe_load_all(path.read_text()))


def assert_is(manifest, kind):
    """A manifest holds what the client's model of its kind knows, and nothing more: what is misspelt would be gone."""
    client = pytest.importorskip("kubernetes.client", reason="needs kubernetes: pip install -e '.[cluster]'")

    class Response:
        data = json.dumps(manifest)

    api = client.ApiClient()
    read = api.deserialize(Response, kind) if not _wants_text(api) else api.deserialize(
        Response.data, kind, "application/json"
    )  # fmt: skip
    assert api.sanitize_for_serialization(read) == manifest


def _wants_text(api):
    return "content_type" in api.deserialize.__code__.co_varnames


def test_the_cluster_is_one_that_dasks_operator_takes(kubernetes):
    jsonschema = pytest.importorskip("jsonschema", reason="needs jsonschema: pip install -e '.[dev]'")
    operator = pytest.importorskip(
        "dask_kubernetes.operator", reason="needs dask-kubernetes: pip install -e '.[cluster]'"
    )
    from dask_kubernetes.operator.validation import validate_cluster_name
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT7

    package = Path(operator.__file__).resolve().parents[1]

    def retrieve(uri):
        """The operator's own templates; what they take from Kubernetes is looked at below."""
        if not uri.startswith("python://dask_kubernetes/"):
            kinds = ("core.v1.PodSpec", "core.v1.ServiceSpec", "meta.v1.ObjectMeta")
            known = {f"io.k8s.{group}.{kind}": {} for group in ("api", "apimachinery.pkg.apis") for kind in kinds}
            return Resource({"definitions": known}, DRAFT7)
        (found,) = documents(package / uri.removeprefix("python://dask_kubernetes/"))
        return Resource(found, DRAFT7)

    (manifest,) = documents(kubernetes / "cluster.yaml")
    (crd,) = documents(package / "operator/customresources/daskcluster.yaml")
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    validator = jsonschema.Draft7Validator(schema, registry=Registry(retrieve=retrieve))
    assert [error.message for error in validator.iter_errors(manifest)] == []
    broken = json.loads(json.dumps(manifest))
    broken["spec"]["worker"]["replicas"] = "ten"
    assert list(validator.iter_errors(broken)), "the schema is really asked"
    validate_cluster_name(manifest["metadata"]["name"])
    for part in ("scheduler", "worker"):
        assert_is(manifest["spec"][part]["spec"], "V1PodSpec")
    assert_is(manifest["spec"]["scheduler"]["service"], "V1ServiceSpec")


def test_workers_know_the_scheduler_by_tls_and_so_does_the_job(kubernetes):
    (cluster,) = documents(kubernetes / "cluster.yaml")
    volume, pod = documents(kubernetes / "class.yaml")
    (job,) = documents(kubernetes / "grade.yaml")
    for manifest, kind in ((volume, "V1PersistentVolumeClaim"), (pod, "V1Pod"), (job, "V1Job")):
        assert_is(manifest, kind)
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert "--cluster=tls://grading-scheduler:8786" in container["args"] and "toy" in container["args"]
    for part in ("scheduler", "worker"):
        (one,) = cluster["spec"][part]["spec"]["containers"]
        environment = {entry["name"]: entry["value"] for entry in one["env"]}
        assert environment["DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION"] == "True"
        assert environment["DASK_SCHEDULER_ADDRESS"] == "tls://grading-scheduler:8786"
        assert one["image"] == container["image"]


def test_dask_reads_the_certificates_that_the_environment_names(kubernetes, tmp_path):
    pytest.importorskip("distributed", reason="needs Dask: pip install -e '.[cluster]'")
    (cluster,) = documents(kubernetes / "cluster.yaml")
    environment = {entry["name"]: entry["value"] for entry in cluster["spec"]["worker"]["spec"]["containers"][0]["env"]}
    code = (
        "from distributed import Security; s = Security(); "
        "print(s.require_encryption, *(s.get_tls_config_for_role(r)[k] for r in ('scheduler', 'worker') "
        "for k in ('ca_file', 'cert', 'key')))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True)
    assert done.stdout.split() == ["True", *["/tls/ca.pem", "/tls/cert.pem", "/tls/key.pem"] * 2], done.stderr


def test_the_secrets_are_made_once_and_kept(kubernetes, tmp_path):
    pytest.importorskip("cryptography", reason="needs cryptography: pip install -e '.[cluster]'")
    kubectl = f'echo "$@" >> {tmp_path}/told; for one; do f="${{one##*=}}"; test -f "$f" && head -c 27 "$f"; done; true'
    environment = stand_in(tmp_path, kubectl=kubectl)
    done = subprocess.run([kubernetes / "secrets.sh"], cwd=kubernetes, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = (tmp_path / "told").read_text().splitlines()
    assert [line.split()[3] for line in told] == ["grading-seed", "grading-tls"]
    assert done.stdout.count("-----BEGIN CERTIFICATE-----") == 2 and "PRIVATE KEY" in done.stdout
    assert len((kubernetes / "grading-seed").read_text()) == 33
    assert (kubernetes / "grading-seed").stat().st_mode & 0o77 == 0
