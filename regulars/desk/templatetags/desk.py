"""Tags of the desk's own templates. They are built in: templates load nothing."""

from uuid import uuid4

from django import template
from django.template.loader import render_to_string

from regulars.desk.economics.numbers import NUMBERS as ECONOMICS
from regulars.desk.insight.numbers import NUMBERS

register = template.Library()


@register.simple_tag
def about(key: str) -> str:
    """The "?" beside a number, which opens plain words. `{% about "p_alive" as why %}{% stat … about=why %}`."""
    number = {**NUMBERS, **ECONOMICS}[key]
    return render_to_string(
        "ui/parts/explain.html", {"title": number.title, "text": number.text, "id": f"about-{uuid4().hex[:8]}"}
    )
