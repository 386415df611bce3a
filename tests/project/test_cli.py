"""The command line: one document with --json, errors that say what to do, both languages."""

import json
import re
from pathlib import Path

import pytest

from regulars.project import cli, commands, environment
from tests.scratch import ROOT, Scratch, scratch_installation


@pytest.fixture
def scratch(tmp_path: Path):
    with scratch_installation(tmp_path / "home") as made:
        yield made


def test_every_command_of_the_product_is_there() -> None:
    assert set(commands.NAMES) >= {
        "demo",
        "import",
        "analyse",
        "serve",
        "worker",
        "doctor",
        "backup",
        "restore",
        "user",
    }


@pytest.mark.parametrize("name", commands.NAMES)
def test_every_command_explains_itself_in_both_languages(name: str, monkeypatch, capsys) -> None:
    texts = {}
    for language in ("en", "ru"):
        monkeypatch.setenv("REGULARS_LANGUAGE", language)
        with pytest.raises(SystemExit) as end:
            cli.run([name, "--help"])
        assert end.value.code == 0
        texts[language] = capsys.readouterr().out
    assert "--json" in texts["en"]
    assert re.search("[а-я]{4}", texts["ru"])
    assert not re.search("[а-я]{4}", texts["en"])


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["user"], ["serve", "--port", "many"]])
def test_wrong_usage_is_one_document_and_exit_code_two(arguments: list[str], capsys) -> None:
    assert cli.run([*arguments, "--json"]) == cli.WRONG_USAGE
    document = json.loads(capsys.readouterr().out)
    assert document["error"]["code"] == "usage"
    assert document["error"]["message"]


def test_a_wrong_setting_says_what_it_is_for(scratch: Scratch) -> None:
    document = scratch.regulars("doctor", REGULARS_JOB_MEMORY_MIB="lots")
    assert (document["code"], document["error"]["code"]) == (2, "settings")
    assert "REGULARS_JOB_MEMORY_MIB" in document["error"]["message"]
    assert "Memory limit of one import" in document["error"]["message"]


def test_people_are_added_and_changed_from_the_command_line(scratch: Scratch) -> None:
    anna = scratch.regulars("user", "add", "anna@example.com", "--name", "Анна", "--address", "https://shop.example")
    assert anna["link"].startswith("https://shop.example/account/invitation/")
    scratch.regulars("user", "add", "boris@example.com", "--role", "seller")
    assert scratch.regulars("user", "role", "boris@example.com", "lead") == {
        "email": "boris@example.com",
        "role": "lead",
        "code": 0,
    }
    refusal = scratch.regulars("user", "close", "anna@example.com")
    assert (refusal["code"], refusal["error"]["code"]) == (1, "refused")
    assert "last owner" in refusal["error"]["message"]
    assert {(user["email"], user["role"]) for user in scratch.regulars("user", "list")["users"]} == {
        ("anna@example.com", "owner"),
        ("boris@example.com", "lead"),
    }


def test_two_first_starts_at_once_make_one_set_of_tables(scratch: Scratch) -> None:
    processes = [scratch.start("-m", "regulars", "worker", "--until-done", "--json") for _ in range(3)]
    outcomes = [(process.communicate(timeout=120)[0], process.returncode) for process in processes]
    assert [code for _, code in outcomes] == [0, 0, 0]
    assert all(json.loads(text)["dead"] == 0 for text, _ in outcomes)


def test_the_manual_lists_every_setting() -> None:
    manual = (ROOT / "docs/operations.md").read_text()
    for name, field in environment.Environment.model_fields.items():
        row = next(line for line in manual.splitlines() if line.startswith(f"| `{environment.variable_of(name)}`"))
        assert field.description in row
