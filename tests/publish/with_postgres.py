"""Run a command beside a Postgres of its own: `python -m tests.publish.with_postgres COMMAND…`.

The cluster lives in a temporary folder, listens on a Unix socket in it and nowhere else, and is gone at
the end. Its address is in KIT_TEST_POSTGRES. Postgres refuses to run as root; then it runs as
`postgres` or `nobody`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVERS = Path("/usr/lib/postgresql")
"""Where Debian keeps them: not on the PATH."""


def program(name: str) -> Path:
    """A program of the server, the newest; exits with what to install when there is none."""
    if found := shutil.which(name):
        return Path(found)
    versions = sorted(SERVERS.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    if not versions:
        sys.exit(f"{name} was not found: install PostgreSQL's server (Debian: apt-get install postgresql)")
    return versions[-1]


def unprivileged() -> str | None:
    """Who the server runs as when we are root; None for ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    sys.exit("Postgres does not run as root, and there is no user postgres or nobody")


@contextmanager
def cluster() -> Iterator[str]:
    """A running server; its address as libpq takes it."""
    user = unprivileged()
    home = Path(tempfile.mkdtemp(prefix="kit-pg-"))
    try:
        if user is not None:
            shutil.chown(home, user)

        def run(name: str, *arguments: str) -> None:
            subprocess.run(
                [program(name), *arguments], user=user, cwd=home, check=True, stdout=subprocess.DEVNULL
            )

        data = home / "data"
        # trust: nobody else reaches the socket, since the folder is private
        run("initdb", "-D", str(data), "-A", "trust", "-U", "kit", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={home} -c fsync=off"
        run("pg_ctl", "-D", str(data), "-l", str(home / "log"), "-o", options, "-w", "-t", "60", "start")
        try:
            run("createdb", "-h", str(home), "-U", "kit", "kit")
            yield f"postgresql://kit@/kit?host={home}"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(home)


def main(command: list[str]) -> int:
    """The command's own exit status."""
    with cluster() as conninfo:
        return subprocess.run(
            command, env=os.environ | {"KIT_TEST_POSTGRES": conninfo}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
