"""Recommendations, pure: weights against the closed form, links by counting, intervals, choosing, trials."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from regulars.customers.rules import Criterion
from regulars.insight.rules.recommending import ease, judging, links, refill
from regulars.insight.rules.recommending.bought import Bought, faded, owned, popularity, profiles
from regulars.insight.rules.recommending.choosing import MOST_OF_CATEGORY, Candidate, chosen, may_offer
from regulars.insight.rules.recommending.fit import Traits, fit_of, places_of
from regulars.insight.rules.recommending.ranking import rank
from regulars.insight.rules.recommending.scoring import Step, faded_purchases, pulls
from regulars.insight.rules.recommending.trying import Share, difference_interval, followers, share_interval
from regulars.insight.rules.recommending.weights import weights_of

TODAY = date(2026, 3, 10)
rows_of_purchases = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 5), st.integers(0, 99)), min_size=1, max_size=60, unique=True
)


def bought_of(rows: Sequence[tuple[int, int, int]], *, customers: int = 8, products: int = 6) -> Bought:
    columns = np.array(sorted(rows), dtype=np.int32).reshape(-1, 3).T
    return Bought(columns[0], columns[1], columns[2], customers, products)


def incidence(rows: Sequence[tuple[int, int, int]]) -> sparse.csr_array:
    return owned(bought_of(rows))


@given(rows_of_purchases, st.floats(0.5, 500.0))
def test_weights_are_the_closed_form(rows: list[tuple[int, int, int]], ridge: float) -> None:
    """B = I − P diag(1/diag P) with P = (XᵀX + λI)⁻¹, in double precision and the plain way."""
    matrix = incidence(rows)
    dense = matrix.toarray().astype(np.float64)
    inverse = np.linalg.inv(dense.T @ dense + ridge * np.eye(6))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0.0)
    found = ease.weights(ease.gram(matrix), ridge=ridge)
    np.testing.assert_allclose(found, expected, atol=2e-4)
    assert not np.diag(found).any()


def test_a_matrix_larger_than_a_block_is_mirrored() -> None:
    random = np.random.default_rng(3)
    matrix = sparse.csr_array((random.random((900, 600)) < 0.02).astype(np.float32))
    dense = matrix.toarray().astype(np.float64)
    np.testing.assert_allclose(ease.gram(matrix), dense.T @ dense, atol=1e-4)
    inverse = np.linalg.inv(dense.T @ dense + 20 * np.eye(600))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0.0)
    np.testing.assert_allclose(ease.weights(ease.gram(matrix), ridge=20.0), expected, atol=1e-4)


def test_memory_decides_how_many_products_fit() -> None:
    assert ease.most_products(256) == 8192
    assert ease.most_products(1) ** 2 * 4 <= 2**20 < (ease.most_products(1) + 1) ** 2 * 4


def test_without_products_there_are_no_weights() -> None:
    nothing = sparse.csr_array((0, 0), dtype=np.float32)
    assert ease.weights(ease.gram(nothing), ridge=1.0).shape == (0, 0)
    assert [len(part) for part in ease.strongest(np.zeros((1, 1), dtype=np.float32), 5)] == [0, 0, 0]


@given(st.integers(2, 12), st.integers(1, 15), st.integers(0, 5))
def test_the_strongest_weights_are_the_greatest_for_and_against(size: int, count: int, seed: int) -> None:
    """Among equal ones those of the smaller column: whole numbers make many of them."""
    found = np.random.default_rng(seed).integers(-3, 4, (size, size)).astype(np.float32)
    np.fill_diagonal(found, 0.0)
    rows, columns, values = ease.strongest(found, count)
    for row in range(size):
        ranked = sorted((-abs(value), column, -value) for column, value in enumerate(found[row]) if value)
        expected = sorted((negative, column) for _, column, negative in ranked[: min(count, size - 1)])
        assert [(-v, c) for c, v in zip(columns[rows == row], values[rows == row], strict=True)] == expected


@given(rows_of_purchases, st.integers(2, 6), st.floats(1, 300))
def test_products_that_find_no_room_keep_their_links(rows: list[tuple[int, int, int]], most: int, half: float) -> None:
    bought = bought_of(rows)
    faded_ = profiles(bought, today=100, half_life_days=half)
    counted = links.links_of(owned(bought), count=5, least=1)
    found = weights_of(faded_, counted, ridge=20.0, count=5, most_products=most)
    assert found.solved == min(most, len({row[1] for row in rows}))
    assert (np.diff(found.source) >= 0).all()
    assert (found.source != found.target).all()


@given(rows_of_purchases)
def test_purchases_fade_with_age_and_never_grow(rows: list[tuple[int, int, int]]) -> None:
    bought = bought_of(rows)
    weights = faded(np.arange(200, dtype=np.int32), 30.0)
    assert weights[0] == 1
    assert weights[30] == pytest.approx(0.5)
    assert (np.diff(weights) < 0).all()
    now, later = (profiles(bought, today=day, half_life_days=30.0).toarray() for day in (100, 130))
    np.testing.assert_allclose(later, now / 2, rtol=1e-5)
    np.testing.assert_allclose(now.sum(axis=0), popularity(bought, today=100, half_life_days=30.0), rtol=1e-4)
    assert set(np.unique(owned(bought).toarray())) <= {0, 1}


def test_one_customers_purchases_fade_alike() -> None:
    dates = [TODAY - timedelta(days=days) for days in (0, 30, 60)]
    assert faded_purchases(dates, today=TODAY, half_life_days=30) == pytest.approx(1.75)
    assert faded_purchases([TODAY + timedelta(days=9)], today=TODAY, half_life_days=30) == 1


@given(rows_of_purchases, st.integers(1, 3))
def test_pairs_are_those_that_counting_finds(rows: list[tuple[int, int, int]], least: int) -> None:
    baskets: dict[int, set[int]] = {}
    for customer, product, _ in rows:
        baskets.setdefault(customer, set()).add(product)
    expected = {
        pair: count
        for pair in combinations(range(6), 2)
        if (count := sum(set(pair) <= basket for basket in baskets.values())) >= least
    }
    found = links.pairs_of(incidence(rows), least=least)
    assert (
        dict(zip(zip(found.first.tolist(), found.second.tolist(), strict=True), found.together, strict=True))
        == expected
    )


@given(rows_of_purchases, st.integers(1, 4))
def test_links_hold_their_floor_and_paths_join_two_of_them(rows: list[tuple[int, int, int]], least: int) -> None:
    matrix = incidence(rows)
    dense = matrix.toarray()
    found = links.links_of(matrix, count=3, least=least)
    direct = set()
    for source, target, together, having, strength in zip(
        found.source, found.target, found.together, found.having, found.strength, strict=True
    ):
        assert together == (dense[:, source] * dense[:, target]).sum() >= least
        assert having == dense[:, source].sum()
        assert strength >= links.LEAST_STRENGTH
        direct.add((source, target))
    paths = links.paths_of(found, matrix, count=3)
    for source, via, target, together in zip(paths.source, paths.via, paths.target, paths.together, strict=True):
        assert {(source, via), (via, target)} <= direct
        assert (source, target) not in direct
        assert source != target
        assert together == (dense[:, source] * dense[:, target]).sum()


def test_three_of_three_is_no_miracle() -> None:
    """Twenty of a hundred buyers each, all the same, beat three of a hundred."""
    rows = [(n, p, 0) for n in range(20) for p in (0, 1)] + [(20 + n, p, 0) for n in range(5) for p in (2, 3)]
    bought = bought_of(rows, customers=100)
    found = links.links_of(owned(bought), count=5)
    strength = {(int(s), int(t)): float(x) for s, t, x in zip(found.source, found.target, found.strength, strict=True)}
    assert strength[0, 1] == pytest.approx(25 / 9)
    assert strength[2, 3] == pytest.approx(10 / 5.25)


def test_intervals_lie_between_the_product_and_the_customer() -> None:
    """Ten customers buy product 0 every ten days; one of them buys product 1 every forty, nine buy it every twenty."""
    rows = [(c, 0, day) for c in range(10) for day in range(0, 100, 10)]
    rows += [(c, 1, day) for c in range(9) for day in range(0, 100, 20)] + [(9, 1, day) for day in (0, 40, 80)]
    bought = bought_of(rows, customers=10, products=3)
    gaps = refill.gaps_of(bought)
    assert sorted(set(gaps.days.tolist())) == [10, 20, 40]
    effects = refill.effects_of(gaps, customers=10, products=3)
    assert effects is not None
    middle, low, high = effects.of_products
    assert 9 < middle[0] < 12
    assert 18 < middle[1] < 24
    assert np.isnan(middle[2])
    assert (low[:2] <= middle[:2]).all()
    assert (middle[:2] <= high[:2]).all()
    last = int(gaps.pair[-1])
    slow = effects.days(customer=np.array([9]), product=np.array([1]), pair=np.array([last]))
    assert middle[1] < slow[0] < 41


@given(rows_of_purchases)
def test_intervals_never_raise_and_are_days(rows: list[tuple[int, int, int]]) -> None:
    gaps = refill.gaps_of(bought_of(rows))
    effects = refill.effects_of(gaps, customers=8, products=6)
    assert (effects is None) == (len(gaps.days) < refill.LEAST_GAPS)
    if effects:
        days = effects.days(customer=gaps.customer, product=gaps.product, pair=gaps.pair)
        assert (days > 0).all()
        assert (days < 1000).all()


def test_every_pair_with_one_gap_is_not_told_apart_from_chance() -> None:
    rows = [(c, 0, day) for c in range(8) for day in (0, 10 + c)] + [(c, 1, day) for c in range(8) for day in (0, 50)]
    effects = refill.effects_of(refill.gaps_of(bought_of(rows)), customers=8, products=6)
    assert effects is not None
    assert not effects.pair.any()


# ── Choosing ─────────────────────────────────────────────────────────────────


def candidate(number: int, score: float, **known: object) -> Candidate:
    plain = {"category_id": None, "is_goods": True, "is_sold": True, "is_durable": False, "is_owned": False}
    return Candidate(UUID(int=number), score, **{**plain, **known})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "known",
    [
        {"is_sold": False},
        {"is_goods": False},
        {"is_owned": True, "is_durable": True},
        {"margin": -0.01},
        {"due_share": 0.2},
    ],
)
def test_what_may_not_be_offered(known: dict[str, object]) -> None:
    assert may_offer(candidate(1, 0.5))
    assert not may_offer(candidate(1, 0.5, **known))
    assert not may_offer(candidate(1, 0.0))


def test_a_durable_that_he_has_not_and_a_thing_that_is_due_may_be_offered() -> None:
    assert may_offer(candidate(1, 0.5, is_durable=True))
    assert may_offer(candidate(1, 0.5, is_owned=True, due_share=0.9, margin=0.3))


scored = st.lists(
    st.tuples(st.integers(0, 30), st.floats(0.001, 1), st.integers(0, 3)), max_size=20, unique_by=lambda one: one[0]
)


@given(scored, st.integers(0, 8))
def test_a_list_is_varied_full_and_the_same_every_time(rows: list[tuple[int, float, int]], count: int) -> None:
    candidates = [candidate(n, score, category_id=UUID(int=100 + category)) for n, score, category in rows]
    taken = chosen(candidates, count=count)
    assert len(taken) == min(count, len(candidates))
    assert taken == chosen(reversed(candidates), count=count)
    categories = [one.category_id for one in taken]
    several = {one.category_id for one in candidates}
    room = sum(min(MOST_OF_CATEGORY, sum(c.category_id == id_ for c in candidates)) for id_ in several)
    if room >= count:
        assert all(categories.count(id_) <= MOST_OF_CATEGORY for id_ in categories)


def test_the_strongest_of_his_own_is_the_reason() -> None:
    a, b, c = (UUID(int=n) for n in range(3))
    pull, strongest = pulls({a: 1.0, b: 0.5}, [Step(a, c, 0.2), Step(b, c, 0.6), Step(c, a, 9.0), Step(a, b, -1.0)])
    assert pull == {c: pytest.approx(0.5)}
    assert strongest == {c: b}


def test_fit_moves_a_score_a_little_and_only_by_what_is_known() -> None:
    cheap, dear = Traits(price=0.0), Traits(price=1.0, returned=0.0)
    assert fit_of(Criterion.PRICE, cheap) == 1.25
    assert fit_of(Criterion.PRICE, dear) == 0.75
    assert fit_of(Criterion.QUALITY, dear) == 1.25
    assert fit_of(Criterion.ORIGINALITY, Traits(popularity=0.0)) == 1.25
    assert fit_of(Criterion.PRACTICALITY, Traits(repeat=1.0)) == 1.25
    assert {fit_of(None, dear), fit_of(Criterion.DELIVERY, dear), fit_of(Criterion.PRICE, Traits())} == {1.0}
    assert places_of([3.0, None, 1.0, 3.0]) == [0.75, None, 0.0, 0.75]
    assert places_of([5.0, None]) == [None, None]


# ── Trials ───────────────────────────────────────────────────────────────────


def test_followers_are_counted_from_the_first_purchase_and_within_the_time() -> None:
    rows = [(0, 0, 10), (0, 1, 12), (1, 0, 10), (1, 1, 41), (2, 0, 10), (2, 1, 5), (3, 0, 50), (3, 1, 51), (4, 1, 11)]
    bought = bought_of(rows)
    source, target = (np.arange(6) == place for place in (0, 1))
    assert followers(bought, source, target, from_day=0, to_day=40) == Share(1, 3)
    assert followers(bought, source, target, from_day=0, to_day=40, within_days=31) == Share(2, 3)
    assert followers(bought, source, target, from_day=0, to_day=60) == Share(2, 4)
    assert followers(bought, source, target, from_day=60, to_day=60) == Share(0, 0)


def test_intervals_of_shares_are_those_of_the_papers() -> None:
    """Newcombe (1998), table II, line (a): 56/70 and 48/80, 95 %: 0.0524 to 0.3339."""
    low, high = difference_interval(Share(56, 70), Share(48, 80), confidence=0.95)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)
    assert share_interval(Share(0, 0)) == (0.0, 1.0)


@given(st.integers(0, 200), st.integers(0, 200))
def test_an_interval_holds_its_share(followed: int, rest: int) -> None:
    share = Share(followed, followed + rest)
    low, high = share_interval(share)
    assert 0 <= low <= share.value + 1e-12
    assert share.value - 1e-12 <= high <= 1


# ── The second stage ─────────────────────────────────────────────────────────


def test_the_second_stage_keeps_to_shops_that_can_teach_it() -> None:
    assert rank(bought_of([(0, 0, 5), (1, 1, 6)]), today=100) is None


def test_the_second_stage_learns_who_buys_what_again() -> None:
    """A thousand customers, each true to one of ten teas, every 30 days; a third of them also takes honey."""
    rows = []
    for customer in range(1000):
        for day in range(customer % 30, 420, 30):
            rows.append((customer, customer % 10, day))
            if customer % 3 == 0:
                rows.append((customer, 10, day))
    bought = bought_of(rows, customers=1000, products=12)
    found = rank(bought, today=420)
    assert found is not None
    best = {}
    for customer, product, score in zip(
        found.customer.tolist(), found.product.tolist(), found.score.tolist(), strict=True
    ):
        best.setdefault(customer, []).append((-score, product))
    assert len(best) == 1000
    true = sum(customer % 10 in {product for _, product in sorted(ones)[:2]} for customer, ones in best.items())
    assert true > 950
    for customer, ones in best.items():
        assert {customer % 10} <= {product for _, product in ones}
    again = rank(bought, today=420)
    assert again is not None
    np.testing.assert_array_equal(found.score, again.score)


def test_lists_are_judged_by_the_papers_measure() -> None:
    scores = np.array([[3.0, 2.0, 1.0, -np.inf], [1.0, 1.0, 5.0, 0.0]], dtype=np.float32)
    lists = judging.best_of(np.pad(scores, ((0, 0), (0, 8)), constant_values=-np.inf))
    assert lists[:, :4].tolist() == [[0, 1, 2, -1], [2, 0, 1, 3]]
    wanted = np.zeros((2, 12), dtype=bool)
    wanted[0, [0, 2]] = True
    assert judging.ndcg(lists, wanted) == pytest.approx([(1 + 1 / 2) / (1 + 1 / np.log2(3))])
