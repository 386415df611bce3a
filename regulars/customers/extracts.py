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
    """Every profile with the one that it went into, however often that was merged again (itself, if never)."""
    return snapshot.table(
        f"""
        WITH RECURSIVE chain (id, survivor_id) AS (
            SELECT id, id FROM customers_customer WHERE merged_into_id IS NULL
            UNION ALL
            SELECT alias.id, chain.survivor_id
            FROM customers_customer alias JOIN chain ON alias.merged_into_id = chain.id
        )
        SELECT {snapshot.id("chain.id")}, {snapshot.id("chain.survivor_id")}, {snapshot.at("c.created_at")}
        FROM chain JOIN customers_customer c ON c.id = chain.id
        """,  # noqa: S608 - no value comes from outside
        CUSTOMERS,
    )


# Few bytes a row, and a merge may touch any of them: always brought as a whole.
customers = Extract("customers", CUSTOMERS, lambda _: {"all": None}, _customers)
