"""Runs a command beside a PostgreSQL cluster of its own: `python tests/throwaway_postgres.py [--if-found] COMMAND …`.

The cluster listens on a socket in a new folder and on no network address, writes with fsync on, and is stopped and
removed afterwards. DATABASE_URL tells the command where it is. Ends with 3 where PostgreSQL's programs are not found;
with --if-found the command is passed over then, but not in CI.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`: on the PATH, or where Debian puts them; the newest."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name))
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


def main(command: list[str]) -> int:
    bin_ = programs()
    if command[0] == "--if-found":
        command = command[1:]
        if bin_ is None and not os.environ.get("CI"):
            print("Passed over: PostgreSQL's programs were not found (Debian: postgresql)")  # noqa: T201
            return 0
    if bin_ is None:
        print("PostgreSQL's programs were not found (Debian: postgresql)", file=sys.stderr)  # noqa: T201
        return 3
    # PostgreSQL refuses to run as root, so its own user runs it then.
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    user = "postgres" if as_user else pwd.getpwuid(os.getuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="regulars-pg-"))
    data = folder / "data"
    if as_user:
        shutil.chown(folder, "postgres")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c max_connections=200 -c shared_buffers=256MB"
    quiet = {"stdout": subprocess.DEVNULL, "cwd": folder}
    subprocess.run(
        [*as_user, bin_ / "initdb", "-D", data, "-U", user, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
        check=True,
        **quiet,
    )
    subprocess.run(
        [*as_user, bin_ / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start"], check=True, **quiet
    )
    try:
        subprocess.run([*as_user, bin_ / "createdb", "-h", folder, "-U", user, "regulars"], check=True, **quiet)
        url = f"postgresql://{user}@/regulars?host={quote(str(folder), safe='')}"
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
    finally:
        subprocess.run([*as_user, bin_ / "pg_ctl", "-D", data, "-m", "fast", "-w", "stop"], check=False, **quiet)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
