"""What is true of the simulated customers, in a file beside the shop: for tests, for learning, never for pages."""

import json
from pathlib import Path
from typing import Any

from regulars.project.demo.loading import Written
from regulars.project.demo.simulation import Simulation

FILE_NAME = "sample-truth.json"


def truth_of(simulation: Simulation, written: Written) -> dict[str, Any]:
    """Each customer's nature, by the id under which the shop knows him.

    rate: purchases an average day while alive. drop_out: the chance to stop for good after a purchase.
    left_at: when that happened, null for those who still buy. tastes: shares. staples: SKU stem → grams a day.
    """
    world = simulation.world
    seconds = {p.customer: p.external_id for p in simulation.profiles if p.first_order}
    return {
        "seed": simulation.seed,
        "start_date": world.start_date.isoformat(),
        "end_date": world.end_date.isoformat(),
        "customers": [
            {
                "id": str(written.customers[f"K{life.person.number:05d}"]),
                "number": life.person.number,
                "name": f"{life.person.first_name} {life.person.last_name}",
                "second_id": str(written.customers[seconds[life.person.number]])
                if life.person.number in seconds
                else None,
                "is_alive": life.left_at is None,
                "left_at": life.left_at.isoformat() if life.left_at else None,
                "rate": round(life.nature.rate, 6),
                "drop_out": round(life.nature.drop_out, 6),
                "tastes": {category: round(share, 4) for category, share in life.nature.tastes.items()},
                "staples": {code: round(use, 3) for code, use in life.nature.staples},
                "waits_for_discount": round(life.nature.waits_for_discount, 3),
                "orders": len(life.orders),
            }
            for life in simulation.lives
            if life.orders
        ],
    }


def save(truth: dict[str, Any], folder: Path) -> Path:
    path = folder / FILE_NAME
    path.write_text(json.dumps(truth, ensure_ascii=False), encoding="utf-8")
    return path
