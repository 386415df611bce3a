import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from regulars.foundation.ids import new_id


def test_ids_rise_within_a_process() -> None:
    ids = [new_id() for _ in range(20_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {id_.version for id_ in ids} == {7}


def test_ids_of_threads_are_unique_and_rise_within_each() -> None:
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda _: [new_id() for _ in range(5_000)], range(8)))
    assert all(run == sorted(run) for run in runs)
    assert len({id_ for run in runs for id_ in run}) == 40_000


def test_ids_of_processes_are_unique_and_sort_by_time() -> None:
    code = "from regulars.foundation.ids import new_id\nfor _ in range(2000): print(new_id())"
    processes = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    found = [UUID(line) for process in processes for line in process.communicate()[0].split()]
    assert len(set(found)) == 6000
    assert new_id() > max(found)
