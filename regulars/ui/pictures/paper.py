"""What all pictures share: colours of the light theme, tags, lengths of words, round ticks, a legend."""

from collections.abc import Iterable, Sequence
from html import escape
from math import ceil, floor, log10

from babel.numbers import format_compact_currency, format_compact_decimal

from regulars.foundation.money import Money
from regulars.ui import formats
from regulars.ui.charts import Chart, Unit

WIDTH = 640
TEXT_SIZE = 10
FONTS = "Libertinus Serif, Georgia, serif"
INK, SOFT, LINE, PAPER = "#28231c", "#655b4d", "#ddd5c7", "#ffffff"
# As in charts.js and look.css.
COLOURS = ("#1b6650", "#c8643c", "#3d7cab", "#c99a2e", "#85579b", "#7a8c2f", "#b6577a", "#6f8079")
TONES = {"good": "#226a3c", "warn": "#835400", "bad": "#ab2d2d", "quiet": "#b9ae9c"}
WASH = ("#e3efe9", "#1b6650")


def tag(name: str, content: str = "", **attributes: object) -> str:
    """<name attribute="…">content</name>; `content` is markup, attributes are escaped; stroke_width → stroke-width."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"' for key, value in attributes.items()
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _plain(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def words(text: str, x: float, y: float, *, anchor: str = "start", colour: str = SOFT, size: float = TEXT_SIZE) -> str:
    """A line of text whose baseline is at y."""
    return tag("text", escape(text), x=float(x), y=float(y), text_anchor=anchor, fill=colour, font_size=size)


def sheet(body: str, width: int, height: int, *, label: str) -> str:
    return tag(
        "svg",
        tag("title", escape(label)) + body,
        xmlns="http://www.w3.org/2000/svg",
        # A margin for letters that reach beyond the outermost lines.
        viewBox=f"0 -10 {width} {height + 18}",
        width=width,
        height=height + 18,
        role="img",
        font_family=FONTS,
        font_size=TEXT_SIZE,
    )


def length_of(text: str, size: float = TEXT_SIZE) -> float:
    """About how long a text is: no font is at hand to measure it."""
    return len(text) * size * 0.53


def shortened(text: str, width: float) -> str:
    """The text, or as much of it as fits."""
    fitting = int(width / (TEXT_SIZE * 0.53))
    return text if len(text) <= fitting else f"{text[: max(fitting - 1, 1)].rstrip()}…"


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round values from below `low` to above `high`: steps of 1, 2 or 5 times a power of ten."""
    if high <= low:
        high = low + 1.0
    raw = (high - low) / count
    power: float = 10.0 ** floor(log10(raw))
    step = next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= raw * 0.999)
    first = floor(low / step + 1e-9)
    return [round(step * n, 10) for n in range(first, ceil(high / step - 1e-9) + 1)]


def short_text(value: float, unit: Unit) -> str:
    """For an axis: 12K, 1.2M ₽, 40 %."""
    locale = formats.active_locale()
    if unit.kind == "percent":
        return formats.percent(value, 0 if unit.digits == 0 or abs(value * 100 - round(value * 100)) < 1e-9 else 1)
    if unit.kind == "money":
        amount = Money(round(value), unit.currency).amount
        text = format_compact_currency(amount, unit.currency, locale=locale, fraction_digits=1)
        sign = formats.money(0, unit.currency, is_rounded=True).replace("0", "").strip()
        return text.replace(f"{unit.currency}\xa0", sign).replace(unit.currency, sign)
    return format_compact_decimal(value, locale=locale, fraction_digits=1)


def colour_of(chart: Chart, name: str, place: int) -> str:
    return TONES.get(chart.tones.get(name, ""), COLOURS[place % len(COLOURS)])


def legend(entries: Iterable[tuple[str, str]], top: float) -> tuple[str, float]:
    """Coloured names in lines of WIDTH, and how high they are."""
    drawn, x, y = [], 0.0, top
    for name, colour in entries:
        space = 16 + length_of(name) + 12
        if x and x + space > WIDTH:
            x, y = 0.0, y + 15
        drawn.append(tag("rect", x=x, y=y, width=10, height=8, rx=2, fill=colour))
        drawn.append(words(name, x + 15, y + 8))
        x += space
    return "".join(drawn), y + 12 - top if drawn else 0.0


def legend_height(names: Sequence[str]) -> float:
    return legend([(name, INK) for name in names], 0)[1]


def mixed(share: float) -> str:
    """A colour between the two of WASH."""
    ends = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in WASH]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(*ends, strict=True))
