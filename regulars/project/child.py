"""One job in a process of its own, under a memory limit: `python -m regulars.project.child JOB_ID CLAIM_NUMBER`.

The worker starts it and prolongs the lease while it lives. It ends with 0 whether the job was done or failed: the
outcome stands in the job's row. Any other end is an end without an outcome, which the worker reports.
"""

import os
import resource
import sys
from uuid import UUID

from regulars.project.processes import end_with_parent


def main(job_id: UUID, claim_number: int) -> None:
    end_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.project.settings")
    import django
    from django.conf import settings

    django.setup()
    # Data, not address space: DuckDB and Arrow reserve far more addresses than they use.
    limit = settings.ENVIRONMENT.job_memory_mib * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    os.nice(5)  # pages come first
    from regulars.foundation import clock, queue

    try:
        job = queue.claimed(job_id, claim_number=claim_number)
    except queue.LeaseLost:
        return
    queue.run_claimed(job, clock=clock.now)


if __name__ == "__main__":
    main(UUID(sys.argv[1]), int(sys.argv[2]))
