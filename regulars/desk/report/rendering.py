"""The report on paper and on a screen: a PDF set by typst, and one HTML file that needs nothing else."""

import json
from pathlib import Path

import typst
from django.template.loader import render_to_string

from regulars.desk.report.document import Report

_TEMPLATES = Path(__file__).parent / "templates" / "desk" / "report"


def as_pdf(report: Report) -> bytes:
    """Fonts are inside; texts come in as data, so that no name can be taken for markup."""
    return typst.compile(
        _TEMPLATES / "document.typ",
        root=_TEMPLATES,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"report": json.dumps(report.as_json(), ensure_ascii=False)},
    )


def as_html(report: Report) -> str:
    return render_to_string("desk/report/document.html", {"report": report})
