"""gunicorn's settings: two processes of four threads; the address comes from the command line."""

from pathlib import Path

worker_class = "gthread"
workers = 2
threads = 4
# No header of a proxy is believed here; Django believes what its settings name.
forwarded_allow_ips = ""
# Seconds. The supervisor kills what is left after 12.
graceful_timeout = 8
timeout = 60
keepalive = 75
# A worker's heartbeat file on a busy disk stalls it.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (a heartbeat only)
# Nobody steers it from outside, and the account may have no home to put a socket in.
control_socket_disable = True


def post_worker_init(worker: object) -> None:
    """Read the project's files before the first visitor is there: pages are kept by what is in them."""
    from tenants.domain.release import code_fingerprint

    code_fingerprint()
