"""A process that imports a file and may be killed: `python -m tests.commerce.interrupted RUN_ID`."""

import os
import sys
from pathlib import Path
from uuid import UUID


def main(run_id: UUID) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = os.environ["REGULARS_TEST_DATABASE"]
    from regulars.commerce.actions import imports
    from regulars.commerce.actions.imports import progress
    from regulars.commerce.queries.imports import import_run
    from regulars.connectors.csv import FileSource, source
    from regulars.foundation import clock
    from regulars.foundation.actors import Actor

    # Small pieces: more places to be killed at.
    progress.LEAST_ROWS = progress.FIRST_ROWS = progress.MOST_ROWS = 60
    source.BATCH_ROWS = 100
    run = import_run(run_id)
    assert run is not None
    file = FileSource(Path(run.path), run.definition, now=clock.now())
    imports.run_import(run_id=run_id, source=file, by=Actor.system("test"), clock=clock.now)


if __name__ == "__main__":
    main(UUID(sys.argv[1]))
