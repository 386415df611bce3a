from pathlib import Path

import pytest

from regulars.project import installation


@pytest.mark.django_db
def test_static_files_are_collected_once_and_again_when_one_changes(
    settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATIC_ROOT = tmp_path / "static"  # type: ignore[attr-defined]
    assert not installation.has_static_files()
    installation.collect_static_files()
    assert installation.has_static_files()
    collected = sorted(path.name for path in settings.STATIC_ROOT.iterdir())  # type: ignore[attr-defined]
    assert "ui" in collected
    assert "django_htmx" not in collected
    monkeypatch.setattr(installation, "_fingerprint", lambda: "a file has changed")
    assert not installation.has_static_files()
