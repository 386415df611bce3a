"""Imports on the desk: hostile uploads, what a form may say, who may do it, how many queries a list takes."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.commerce.models import ImportProfile, ImportRun, Order
from regulars.commerce.queries.imports import folder_of, import_run, import_runs
from regulars.commerce.rules.imports import Field, ImportState
from regulars.desk.imports.uploading import shown_name
from regulars.foundation import clock, queue
from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.shop import actions as shop

BY = Actor.system("test")
CSV = b"order number,date,sku,quantity,price,customer id\n1,2026-01-05,TEA,2,350,K1\n2,2026-01-06,=1+2,1,free,K1\n"


@pytest.fixture
def owner(db: None, settings: Any, tmp_path: Path) -> Client:
    settings.HOME = tmp_path / "home"
    now = clock.now()
    shop.set_up_shop(name="Лавка", base_currency="RUB", time_zone="Europe/Moscow", language="en", by=BY, now=now)
    staff_id = shop.add_staff(email="o@tea.example", name="Olga", role=Role.OWNER, by=BY, now=now)
    client = Client()
    client.force_login(get_user_model().objects.get(pk=staff_id))
    return client


def bring(client: Client, content: bytes = CSV, name: str = "orders.csv", **said: str) -> Any:
    return client.post("/imports/upload", {"file": SimpleUploadedFile(name, content), **said}, follow=True)


def form_of(answer: Any) -> dict[str, str]:
    form = answer.context["form"]
    return {bound.html_name: str(bound.value() or "") for bound in form}


def only_run() -> Any:
    return import_runs().rows[0]


def test_a_file_is_brought_looked_at_and_taken_in(owner: Client) -> None:
    answer = bring(owner)
    run = only_run()
    assert answer.redirect_chain == [(f"/imports/{run.id}", 302)]
    assert (run.state, run.file_name, run.definition.columns[Field.SKU]) == (ImportState.UPLOADED, "orders.csv", 2)
    assert "The price is not a number." in answer.content.decode()
    owner.post(f"/imports/{run.id}", {**form_of(answer), "wish": "start"})
    assert only_run().is_waiting
    assert not Order.objects.exists()
    queue.drain(clock.now, names=["commerce.import"])
    done = owner.get(f"/imports/{run.id}").content.decode()
    assert "Where each row went" in done
    assert Order.objects.count() == 1
    rejects = b"".join(owner.get(f"/imports/{run.id}/rejects").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert rejects.splitlines()[1].startswith("3,price,free,")


def test_a_file_of_visits_is_brought_looked_at_and_taken_in(owner: Client) -> None:
    visits = (
        b"event,time,visitor id,page\npage_view,2026-01-05 10:00,v1,/tea\npage_view,2026-01-05 10:01,v2,/tea\n"
        b"scroll,2026-01-05 10:02,v2,/tea\n"
    )
    answer = bring(owner, visits, "visits.csv")
    page = answer.content.decode()
    assert "Visitors" in page
    assert "We do not know what this event is." in page
    run = only_run()
    owner.post(f"/imports/{run.id}", {**form_of(answer), "wish": "start"})
    queue.drain(clock.now, names=["commerce.import"])
    done = owner.get(f"/imports/{run.id}").content.decode()
    assert "Visits of the site" in done
    assert only_run().counts["created"] == 2


def test_columns_are_corrected_and_kept_as_a_profile(owner: Client) -> None:
    answer = bring(owner, CSV.replace(b"price", b"xyz").replace(b"350", b"n/a"))
    assert "Still missing" in answer.content.decode()
    run = only_run()
    said = {**form_of(answer), "column_4": "price", "source": "Касса", "profile_name": "Касса", "wish": "profile"}
    owner.post(f"/imports/{run.id}", said)
    assert import_run(run.id).definition.columns[Field.PRICE] == 4  # type: ignore[union-attr]
    assert ImportProfile.objects.get().name == "Касса"
    answer = bring(owner, CSV.replace(b"price", b"xyz"), profile="Касса")
    assert "Still missing" not in answer.content.decode()
    assert only_run().source == "Касса"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"zone": "Mars/Base"}, "Choose a zone of the list"),
        ({"currency": "rubles"}, "at most 3 characters"),
        ({"currency": "12€"}, "Three letters of ISO 4217"),
        ({"column_4": "sku"}, "Another column is read as this already."),
        ({"go_live_date": "soon"}, "Enter a valid date."),
        ({"kind": "everything"}, "Select a valid choice."),
    ],
)
def test_what_the_form_refuses(owner: Client, said: dict[str, str], error: str) -> None:
    answer = bring(owner)
    run = only_run()
    refused = owner.post(f"/imports/{run.id}", {**form_of(answer), **said, "wish": "start"})
    assert refused.status_code == 422
    assert error in refused.content.decode()
    assert only_run().state == ImportState.UPLOADED


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\orders.csv", "orders.csv"),
        ("orders\x00.csv\n", "orders.csv"),
        ("заказы\u202evsc.exe", "заказыvsc.exe"),
        ("", "?"),
        ("x" * 500, "x" * 200),
    ],
)
def test_names_are_shown_and_never_paths(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_an_upload_lies_in_its_runs_folder_whatever_its_name(owner: Client, tmp_path: Path) -> None:
    bring(owner, name="../../../outside.csv")
    run = only_run()
    assert Path(run.path) == folder_of(run.id) / "upload"
    assert not list(tmp_path.glob("outside*"))


def test_too_large_an_upload_is_dropped(owner: Client, settings: Any) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"upload_max_mib": 1})
    answer = bring(owner, CSV + b"x" * 2_000_000)
    assert "larger than 1 MiB" in answer.content.decode()
    assert not ImportRun.objects.exists()
    assert not [path for path in (settings.HOME / "imports").iterdir() if path.is_dir()]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"a,b,c\n", "a header and nothing below it"),
        (b"%PDF-1.7", "no table that can be read"),
        (b"\x1f\x8b\x08\x00broken", "cut off on its way"),
    ],
)
def test_files_that_are_no_tables_leave_nothing(owner: Client, content: bytes, said: str) -> None:
    answer = bring(owner, content)
    assert said in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_a_stopped_import_goes_on_and_a_running_one_stops(owner: Client) -> None:
    answer = bring(owner)
    run = only_run()
    owner.post(f"/imports/{run.id}", {**form_of(answer), "wish": "look"})
    ImportRun.objects.update(
        state=ImportState.RUNNING, step="orders", rows_done=1, rows_total=4, started_at=clock.now(), beat_at=clock.now()
    )
    piece = owner.get(f"/imports/{run.id}/progress")
    assert "every 1s" in piece.content.decode()
    owner.post(f"/imports/{run.id}/stop")
    assert only_run().is_stop_asked
    owner.post(f"/imports/{run.id}/remove")
    assert Path(run.path).exists(), "a running import keeps its file"
    ImportRun.objects.update(state=ImportState.INTERRUPTED, is_stop_asked=False, finished_at=clock.now())
    assert owner.get(f"/imports/{run.id}/progress")["HX-Refresh"] == "true"
    owner.post(f"/imports/{run.id}/go-on")
    assert only_run().is_waiting
    queue.drain(clock.now, names=["commerce.import"])
    assert only_run().state == ImportState.DONE
    owner.post(f"/imports/{run.id}/remove")
    assert not Path(run.path).exists()
    assert owner.get(f"/imports/{run.id}").status_code == 200


def test_the_list_takes_as_many_queries_for_three_as_for_one(owner: Client) -> None:
    bring(owner)
    counts = []
    for _ in range(2):
        owner.get("/imports/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert owner.get("/imports/").status_code == 200
        counts.append(len(queries))
        bring(owner)
        bring(owner)
    assert counts[0] == counts[1]
    assert counts[0] <= 8
