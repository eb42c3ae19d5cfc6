"""Grades the class with Dask workers, each a job under Slurm: python dask_slurm.py 20

Run it where jobs can be submitted and reach back, in a folder that every node sees. It ends its workers.
"""

import os
import subprocess
import sys
from pathlib import Path

from dask_jobqueue import SLURMCluster
from distributed import Security

HERE = Path(__file__).resolve().parent


def cluster(tls: Path, **scheduler: object) -> SLURMCluster:
    """A scheduler here, and jobs of one worker each; only who can read the folder `tls` can talk to them."""
    security = Security.temporary()
    tls.mkdir(mode=0o700, exist_ok=True)
    for name in ("tls_ca_file", "tls_client_cert", "tls_client_key"):
        with open(os.open(tls / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(getattr(security, name))
    return SLURMCluster(
        job_name="grade-$lesson",
        cores=1,
        processes=1,
        memory="3GB",  # one submission at a time: the engine, the sandbox, and what --memory gives
        walltime="02:00:00",
        python=sys.executable,
        security=security,
        shared_temp_directory=str(tls),
        log_directory=str(HERE / "logs"),
        scheduler_options={"dashboard": False, **scheduler},
    )


def main(workers: int) -> int:
    tls = HERE / "tls"
    with cluster(tls) as started:
        started.scale(workers)
        started.wait_for_workers(1)  # the others come when Slurm has room, and are asked then
        command = ["autograder", "grade", "$lesson", "submissions", "--out", "results"]
        command += ["--cluster", started.scheduler_address, "--cluster-tls-ca", str(tls / "tls_ca_file")]
        command += [
            "--cluster-tls-cert",
            str(tls / "tls_client_cert"),
            "--cluster-tls-key",
            str(tls / "tls_client_key"),
        ]
        return subprocess.run(command, cwd=HERE).returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
