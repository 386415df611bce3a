"""How much one address and one site may send. Kept in the memory of the process alone, under a salt that goes with it:
no address is ever written down.
"""

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

_REMEMBERED = 20_000


@dataclass
class Throttle:
    """At most `burst` at once, then `per_minute` (a token bucket for each name)."""

    burst: float
    per_minute: float
    _salt: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    _left: OrderedDict[bytes, tuple[float, datetime]] = field(default_factory=OrderedDict)

    def allows(self, name: str, *, now: datetime) -> bool:
        """Whether one more may come from `name`; if so, it is counted."""
        key = hashlib.blake2b(name.encode("utf-8", "replace"), key=self._salt, digest_size=12).digest()
        left, at = self._left.pop(key, (self.burst, now))
        left = min(self.burst, left + max((now - at).total_seconds(), 0) / 60 * self.per_minute)
        is_allowed = left >= 1
        self._left[key] = (left - 1 if is_allowed else left, now)
        if len(self._left) > _REMEMBERED:
            self._left.popitem(last=False)
        return is_allowed


by_address = Throttle(burst=40, per_minute=60)
by_site = Throttle(burst=600, per_minute=3000)
