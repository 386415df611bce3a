"""What import-linter cannot see: purity at run time, foreign keys, personal data, private rooms, web imports."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey

from regulars.foundation.personal import NO_PERSONAL_DATA, PersonalData

ROOT = Path(__file__).parents[2]
CAPABILITIES = ["foundation", "shop", "customers", "audience", "commerce", "insight"]
OWN_MODELS = [model for label in CAPABILITIES for model in apps.get_app_config(label).get_models()]
RULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for capability in CAPABILITIES
    for path in [
        *(ROOT / "regulars" / capability).glob("rules.py"),
        *(ROOT / "regulars" / capability).glob("rules/*.py"),
    ]
)


def test_import_contracts_hold() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


@pytest.mark.parametrize("module", RULES)
def test_rules_import_without_the_world(module: str) -> None:
    blocked = ["django", "duckdb", "pyarrow", "psycopg", "urllib.request", "http.client", "sqlite3"]
    code = f"import sys\nfor name in {blocked!r}: sys.modules[name] = None\nimport {module}\n"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda m: m._meta.label)
def test_foreign_keys_point_down(model: type) -> None:
    for field in model._meta.get_fields():
        if isinstance(field, ForeignKey):
            target = field.related_model._meta.app_label
            assert target in CAPABILITIES[: CAPABILITIES.index(model._meta.app_label) + 1], field


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda m: m._meta.label)
def test_every_model_declares_its_personal_data(model: type) -> None:
    declared = model.__dict__.get("personal_data")
    assert isinstance(declared, PersonalData), "say what it holds of a person, or NO_PERSONAL_DATA"
    if declared is NO_PERSONAL_DATA:
        return
    names = {f.attname for f in model._meta.concrete_fields} | {f.name for f in model._meta.concrete_fields}
    for name in [*declared.export, *declared.erase, *([declared.owner] if declared.owner else [])]:
        assert name.split("__")[0] in names, name


def test_capabilities_do_not_know_the_web() -> None:
    web = ("django.http", "django.urls", "django.views", "django.forms", "django.shortcuts")
    found = []
    for capability in CAPABILITIES:
        for path in (ROOT / "regulars" / capability).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                found += [(str(path.relative_to(ROOT)), name) for name in names if name.startswith(web)]
    assert found == []


def test_private_rooms_are_all_fenced() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    fenced = {module for contract in contracts for module in contract.get("protected_modules", [])}
    rooms = {
        f"regulars.{capability}.{room}"
        for capability in CAPABILITIES
        for room in ("models", "reactions", "jobs")
        if (ROOT / "regulars" / capability / f"{room}.py").exists() or (ROOT / "regulars" / capability / room).is_dir()
    }
    assert rooms <= fenced, rooms - fenced


def test_migrations_are_complete(db: None) -> None:
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
