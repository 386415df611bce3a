"""What implicit's ALS and RecTools' EASE recommend at the beginning of each month: `lists.py purchases.npz lists.npz`.

purchases: customer, product, day; `days`: the months' first days and the end of the last, the first of them for tuning.
lists: customers × 10 for each peer, month and kind ("all", or "new": without what they have).
"""

import json
import sys
import warnings
from itertools import pairwise

import numpy as np
import pandas as pd
from implicit.als import AlternatingLeastSquares
from rectools import Columns
from rectools.dataset import Dataset
from rectools.models import EASEModel
from scipy import sparse

warnings.filterwarnings("ignore")
FACTORS, REGULARIZATIONS = (32, 64, 128), (100.0, 300.0, 1000.0)
given = np.load(sys.argv[1])
customer, product, day, days = (given[name] for name in ("customer", "product", "day", "days"))
SHAPE = (int(customer.max()) + 1, int(product.max()) + 1)


def matrix(before):
    known = day < before
    found = sparse.csr_matrix((np.ones(int(known.sum()), dtype=np.float32), (customer[known], product[known])), SHAPE)
    found.sum_duplicates()
    return found


def customers_of(start, end):
    within = (day >= start) & (day < end)
    return np.intersect1d(np.unique(customer[within]), np.unique(customer[day < start]))


def als(before, who, *, factors):
    items = matrix(before)
    model = AlternatingLeastSquares(factors=factors, regularization=0.05, iterations=15, random_state=0)
    model.fit(items, show_progress=False)
    return {
        kind: model.recommend(who, items[who], N=10, filter_already_liked_items=kind == "new")[0]
        for kind in ("all", "new")
    }


def ease(before, who, *, regularization):
    rows, columns = matrix(before).nonzero()
    frame = pd.DataFrame(
        {Columns.User: rows, Columns.Item: columns, Columns.Weight: 1.0, Columns.Datetime: "2011-01-01"}
    )
    dataset = Dataset.construct(frame)
    model = EASEModel(regularization=regularization).fit(dataset)
    lists = {}
    for kind in ("all", "new"):
        found = model.recommend(who, dataset, k=10, filter_viewed=kind == "new")
        table = np.full((len(who), 10), -1)
        place = {one: i for i, one in enumerate(who)}
        table[[place[one] for one in found[Columns.User]], found[Columns.Rank] - 1] = found[Columns.Item]
        lists[kind] = table
    return lists


def hits(lists, start, end, who):
    """For tuning: how many of the listed were bought in the month."""
    within = (day >= start) & (day < end)
    bought = (
        sparse.csr_matrix((np.ones(int(within.sum())), (customer[within], product[within])), SHAPE)[who].toarray() > 0
    )
    return np.take_along_axis(bought, np.maximum(lists, 0), axis=1).mean()


who = customers_of(days[0], days[1])
factors = max(FACTORS, key=lambda one: hits(als(days[0], who, factors=one)["all"], days[0], days[1], who))
regularization = max(
    REGULARIZATIONS, key=lambda one: hits(ease(days[0], who, regularization=one)["new"], days[0], days[1], who)
)
kept = {}
for month, (start, end) in enumerate(pairwise(days[1:])):
    who = customers_of(start, end)
    for peer, lists in (
        ("als", als(start, who, factors=factors)),
        ("ease", ease(start, who, regularization=regularization)),
    ):
        kept |= {f"{peer}_{kind}_{month}": table for kind, table in lists.items()}
np.savez(sys.argv[2], **kept)
print(json.dumps({"factors": factors, "regularization": regularization}))
