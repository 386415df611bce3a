"""How one knows a forgotten person again without keeping who it was: a keyed hash, useless without the secret key."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.utils.crypto import salted_hmac

from regulars.customers.models import ErasedIdentity
from regulars.customers.rules import ContactKind


def external_id_digest(source: str, external_id: str) -> str:
    return _digest("external_id", source, external_id)


def contact_digest(kind: ContactKind | str, value: str) -> str:
    return _digest("contact", str(kind), value)


def erased_by_digest(digests: Collection[str]) -> dict[str, UUID]:
    """Digest → the forgotten customer, for those that there are."""
    if not ErasedIdentity.objects.exists():
        return {}
    rows = ErasedIdentity.objects.filter(digest__in=set(digests))
    return dict(rows.values_list("digest", "customer_id"))


def remember(customer_id: UUID, digests: Iterable[str]) -> None:
    ErasedIdentity.objects.bulk_create(
        [ErasedIdentity(digest=digest, customer_id=customer_id) for digest in sorted(set(digests))],
        ignore_conflicts=True,
    )


def _digest(*parts: str) -> str:
    return salted_hmac("regulars.customers.erased", "\x1f".join(parts), algorithm="sha256").hexdigest()
