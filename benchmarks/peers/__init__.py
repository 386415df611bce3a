"""Peers that we measure ourselves against, each in an environment of its own that is never ours.

A folder for each environment: `requirements.in` and its lock `requirements.txt`, made into `.venv` when first asked
for, and the programs that run there. A program reads its arguments, works, and prints one JSON document.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def ask(peer: str, program: str, *arguments: str | Path | int) -> Any:
    """What `benchmarks/peers/<peer>/<program>.py` prints, run in that peer's environment."""
    script = FOLDER / peer / f"{program}.py"
    command = [environment(peer), script, *arguments]
    ran = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise RuntimeError(f"{peer}: {program} failed\n{ran.stderr[-2000:]}")
    return json.loads(ran.stdout.strip().splitlines()[-1])


def environment(peer: str) -> Path:
    """The Python of a peer's environment, which is made if it is missing or its lock has changed."""
    home = FOLDER / peer
    python, lock, made = home / ".venv" / "bin" / "python", home / "requirements.txt", home / ".venv" / ".made"
    if not made.exists() or made.read_text() != lock.read_text():
        print(f"Making the environment of {peer} …", file=sys.stderr)
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "-q", "--clear", "--python", sys.executable, home / ".venv"], check=True)
        install = ["pip", "install", "-q", "--python", python, "--require-hashes", "-r", lock]
        subprocess.run([uv, *install], check=True)
        made.write_text(lock.read_text())
    return python
