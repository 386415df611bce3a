"""`regulars demo` as a person runs it: built once, in an installation of its own."""

import json
from pathlib import Path

from tests.scratch import scratch_installation


def test_the_command_builds_once_and_says_what(tmp_path: Path) -> None:
    arguments = ("demo", "--no-serve", "--customers", "12")
    with scratch_installation(tmp_path) as scratch:
        refused = scratch.regulars(*arguments, "--until", "2999-01-01")
        assert (refused["code"], refused["error"]["code"]) == (1, "until")
        built = scratch.regulars(*arguments, "--until", "2026-01-31")
        assert (built["code"], built["is_built"], built["customers"]) == (0, True, 12)
        assert json.loads(Path(built["truth"]).read_text())["end_date"] == "2026-01-31"
        assert scratch.regulars(*arguments) == {"is_built": False, "code": 0}
        (tmp_path / "sample-unfinished").touch()
        refused = scratch.regulars(*arguments)
        assert (refused["code"], refused["error"]["code"]) == (1, "unfinished")
