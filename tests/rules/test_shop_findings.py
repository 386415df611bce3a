"""What is found for the shop's pages: by hand on small shops, and honest on tiny and odd ones."""

import json
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from regulars.insight.rules.moves import flows
from tests.insight.parts import START, Asked, Back, Sold, found_in

# 6 January 2025 + 428 days is 10 March 2026.
TODAY = 428


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Anna begins online with tea, Boris in a store with coffee and tea, Clara in a store with coffee; a guest."""
    sold = [
        Sold("anna", 0, [("tea-1", 1000)], "online"),
        Sold("anna", 20, [("coffee-1", 500)], "store", "main"),
        Sold("boris", 2, [("coffee-1", 700), ("tea-2", 300)], "store", "main"),
        Sold("boris", 100, [("tea-2", 300)], "online"),
        Sold("clara", 31, [("coffee-1", 4000)], "store", "side"),
        Sold("clara", 427, [("coffee-1", 900)], "store", "side"),
        Sold("dora", 425, [("tea-1", 100)], "online"),
        Sold(None, 423, [("tea-1", 5000)], "store", "main"),
    ]
    asked = [Asked(424, 10), Asked(424, 10), Asked(415, 16, "form", "online")]
    return found_in(tmp_path_factory.mktemp("shop"), sold, [Back("clara", 40, 1500, "coffee-1")], asked, today=TODAY)


def part(found: dict, kind: str, key: str, name: str = "breakdowns") -> dict:
    place = next(n for n, cut in enumerate(found["cuts"]["cuts"]) if (cut["kind"], cut["key"]) == (kind, key))
    parts = found[name]["parts"] if name != "revenue" else found[name]
    return parts[place]


def test_everybody_belongs_to_where_he_began(found: dict) -> None:
    kinds = {(cut["kind"], cut["key"]) for cut in found["cuts"]["cuts"]}
    assert kinds == {
        ("shop", ""),
        ("channel", "online"),
        ("channel", "store"),
        ("store", "main"),
        ("store", "side"),
        ("category", "tea"),
        ("category", "coffee"),
    }
    online = part(found, "channel", "online")["cohorts"]
    assert [(cohort["month"], cohort["size"]) for cohort in online] == [("2025-01", 1), ("2026-03", 1)]
    # Anna's second purchase was in a store: she came back all the same.
    assert online[0]["active"][:3] == [2 - 1, 0, 0]
    assert online[0]["back"][0] == 1


def test_cohorts_of_the_shop_by_hand(found: dict) -> None:
    january, february, march = found["cohorts"]
    assert (january["month"], january["size"]) == ("2025-01", 2)
    assert january["active"][:5] == [2, 0, 0, 1, 0]
    assert len(january["active"]) == 15
    # Anna after 20 days, Boris after 98; Clara after 396, which is more than a year.
    assert january["back"] == [1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2]
    assert february["back"] == [0] * 12
    assert march["back"] == []


def test_months_of_a_part(found: dict) -> None:
    months = {month["month"]: month for month in part(found, "store", "main")["months"]}
    assert (months["2025-01"]["buyers"], months["2025-01"]["new_buyers"], months["2025-01"]["repeat_buyers"]) == (
        1,
        1,
        0,
    )
    assert (months["2025-04"]["buyers"], months["2025-04"]["repeat_buyers"]) == (1, 1)


def test_what_became_of_those_who_began_so(found: dict) -> None:
    firsts = found["firsts"]
    assert firsts["shop"]["customers"] == 4
    assert (firsts["shop"]["had"], firsts["shop"]["back"]) == ([3, 3, 3], [1, 2, 2])
    coffee = next(row for row in firsts["kinds"]["category"] if row["key"] == "coffee")
    assert (coffee["customers"], coffee["had"], coffee["back"]) == (2, [2, 2, 2], [0, 1, 1])
    # Boris 1000 + 300; Clara 4000 less 1500 that came back; her second purchase lies beyond the year.
    assert coffee["year_minor"] == 1300 + 2500
    assert firsts["kinds"]["product"] == []
    assert firsts["left_out"] == 3


def test_money_of_the_shop_and_its_parts(found: dict) -> None:
    ever = found["revenue"][0]["ever"]
    assert (ever["buyers"], ever["revenue_minor"]) == (4, 1500 + 1300 + 3400 + 100)
    assert found["concentration"]["largest"] == pytest.approx(3400 / 6300, abs=1e-6)
    side = part(found, "store", "side", "revenue")
    assert (side["ever"]["revenue_minor"], side["year"]["revenue_minor"]) == (3400, 900)


def test_moves_follow_the_stages(found: dict) -> None:
    evenings = found["moves"]["evenings"]
    assert (evenings[0], evenings[1], evenings[-1]) == ("2024-12-31", "2025-01-31", "2026-03-09")
    pairs = {(pair["from"], pair["to"]): flows(pair["moves"]) for pair in found["moves"]["pairs"]}
    assert pairs[0, 1] == {("not_yet", "new"): 1, ("not_yet", "repeat"): 1}
    last = len(evenings) - 1
    assert sum(pairs[last - 1, last].values()) == 4


def test_weeks_and_calls_of_a_young_shop(found: dict) -> None:
    shop = found["forecast"]["parts"][0]
    assert shop["orders"]["past"][-1] == 3
    assert (sum(shop["new"]["past"]), len(shop["new"]["past"])) == (1, 53)
    assert part(found, "channel", "store", "forecast")["orders"]["past"][-1] == 2
    assert "orders" not in part(found, "category", "tea", "forecast")
    calls = found["calls"]
    assert (calls["weeks"], calls["orders"]) == (2, [0, 3])
    assert calls["enquiries"] == [
        {"kind": "call", "channel": "phone", "weekly": [0, 2]},
        {"kind": "form", "channel": "online", "weekly": [1, 0]},
    ]
    weekday = (START + timedelta(days=424)).weekday()
    assert ["call", weekday, 10, 2] in calls["hours"]
    assert calls["orders_by_channel"] == {"online": 1, "store": 2}


ODD = {
    "empty": ([], []),
    "one customer": ([Sold("anna", 100)], []),
    "one day": ([Sold(f"c{n}", 420) for n in range(30)], []),
    "guests only": ([Sold(None, day) for day in range(30, 60)], []),
    "returns only": ([], [Back("anna", 400, 500), Back(None, 401, 100)]),
    "all came back": ([Sold("anna", 400)], [Back("anna", 401, 1000, order=0)]),
    "one customer with nine tenths": (
        [Sold("whale", day, [("tea-1", 90_000)]) for day in range(0, 420, 14)]
        + [Sold(f"c{n}", 14 * n, [("tea-1", 10_000)]) for n in range(30)],
        [],
    ),
    "a gap of a year": (
        [Sold(f"c{n % 9}", 3 * n) for n in range(10)] + [Sold(f"c{n % 9}", 395 + 3 * n) for n in range(10)],
        [],
    ),
    "today only": ([Sold("anna", TODAY)], []),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_shops_are_found_out_honestly(tmp_path: Path, name: str) -> None:
    sold, back = ODD[name]
    found = found_in(tmp_path, sold, back, today=TODAY)
    assert json.loads(json.dumps(found))
    assert len(found["breakdowns"]["parts"]) == len(found["cuts"]["cuts"]) == len(found["revenue"])
    shop = found["breakdowns"]["parts"][0]
    assert all(len(counts) == len(found["breakdowns"]["starts"]) for counts in shop["weeks"].values())
    known = {order.customer for order in sold if order.customer}
    if name in ("empty", "guests only", "returns only", "all came back"):
        assert found["firsts"]["shop"] is None
        assert found["moves"]["pairs"] == []
    elif name != "today only":
        assert found["firsts"]["shop"]["customers"] == len(known)
    if name == "one customer with nine tenths":
        assert found["concentration"]["largest"] == pytest.approx(0.9)
    if name in ("one day", "guests only", "today only"):
        assert all(series["ahead"] is None for series in found["forecast"]["parts"][0].values()) == (
            name != "guests only"
        )


def test_first_products_are_kept_apart_from_five_buyers_on(tmp_path: Path) -> None:
    random = Random(4)
    sold = []
    for n in range(60):
        product = "tea-1" if n < 40 else "cup-1" if n < 56 else "jar-1"
        day = random.randrange(60)
        sold.append(Sold(f"c{n}", day, [(product, 1000)]))
        if product == "tea-1" or n % 4 == 0:
            sold.append(Sold(f"c{n}", day + 30, [("tea-1", 1000)]))
    found = found_in(tmp_path, sold, today=TODAY)
    rows = {row["key"]: row for row in found["firsts"]["kinds"]["product"]}
    assert (rows["tea-1"]["customers"], rows["tea-1"]["back"][0]) == (40, 40)
    assert (rows["cup-1"]["customers"], rows["cup-1"]["back"][0]) == (16, 4)
    assert found["firsts"]["left_out"] == 1
    assert found["firsts"]["priors"]["product"][0]["mean"] == pytest.approx(45 / 60)
