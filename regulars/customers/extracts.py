"""Customers as `insight` reads them: ids and when they came, no names."""

import pyarrow as pa

from regulars.foundation.snapshot import Extract, Snapshot

CUSTOMERS = pa.schema(
    [
        pa.field("customer_id", pa.string(), nullable=False),
        pa.field("survivor_id", pa.string(), nullable=False),
        pa.field("created_at", pa.timestamp("us"), nullable=False),
    ]
)


def _customers(snapshot: Snapshot, part: str) -> pa.Table:
    """Every profile with the one that it went into, however often that was merged again (itself, if never).

    Chains are walked up from those who were merged: few, and by the key.
    """
    s = snapshot
    return s.table(
        f"""
        WITH RECURSIVE chain (id, place) AS (
            SELECT id, merged_into_id FROM customers_customer WHERE merged_into_id IS NOT NULL
            UNION ALL
            SELECT chain.id, next.merged_into_id
            FROM chain JOIN customers_customer next ON next.id = chain.place
            WHERE next.merged_into_id IS NOT NULL
        )
        SELECT {s.id("c.id")}, {s.id("c.id")}, {s.at("c.created_at")}
        FROM customers_customer c WHERE c.merged_into_id IS NULL
        UNION ALL
        SELECT {s.id("chain.id")}, {s.id("survivor.id")}, {s.at("c.created_at")}
        FROM chain JOIN customers_customer survivor ON survivor.id = chain.place AND survivor.merged_into_id IS NULL
            JOIN customers_customer c ON c.id = chain.id
        """,  # noqa: S608 - no value comes from outside
        CUSTOMERS,
    )


# Few bytes a row, and a merge may touch any of them: always brought as a whole.
customers = Extract("customers", CUSTOMERS, lambda _: {"all": None}, _customers)
