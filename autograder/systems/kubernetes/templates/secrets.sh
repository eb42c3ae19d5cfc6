#!/usr/bin/env bash
# Makes two secrets, once: the seed, and the certificates that scheduler, workers and job know each other by.
# Wants kubectl, and the engine's environment with the extra cluster.
set -euo pipefail
folder=$$(mktemp -d)
trap 'rm -rf "$$folder"' EXIT
python - "$$folder" <<'PYTHON'
import pathlib, secrets, sys
from distributed import Security

folder, security = pathlib.Path(sys.argv[1]), Security.temporary()
(folder / "seed").write_text(secrets.token_hex(16) + "\n")
(folder / "ca.pem").write_text(security.tls_ca_file)
(folder / "cert.pem").write_text(security.tls_client_cert)
(folder / "key.pem").write_text(security.tls_client_key)
PYTHON
kubectl create secret generic grading-seed --from-file=seed="$$folder/seed"
kubectl create secret generic grading-tls --from-file="$$folder/ca.pem" --from-file="$$folder/cert.pem" \
  --from-file="$$folder/key.pem"
cp "$$folder/seed" grading-seed
chmod 600 grading-seed
echo "Keep grading-seed: who grades again needs it."
