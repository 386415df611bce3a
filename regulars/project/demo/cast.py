"""The named cast: people with a story, the same in every sample shop, used in tests, documents and screenshots."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from regulars.project.demo import seasons
from regulars.project.demo.baskets import line_of
from regulars.project.demo.catalogue import REFILLED
from regulars.project.demo.people import SamplePerson, email_of, phone_of
from regulars.project.demo.process import Life, Nature, SampleOrder, World, at_local
from regulars.project.demo.seasons import DAYS, ONLINE

# Days before the end, and what was bought: SKUs, with "*2" for two packs.
Visit = tuple[int, str]


@dataclass(frozen=True, kw_only=True)
class Role:
    """One of the cast; without `visits` of one's own, one comes to each promotion."""

    number: int
    en: tuple[str, str]
    ru: tuple[str, str]
    store: str
    visits: tuple[Visit, ...] = ()
    seller: str = ""
    is_woman: bool = True
    birth_date: date | None = None
    has_left: bool = False
    phone_number: int | None = None
    note_en: str = ""
    note_ru: str = ""
    tags_en: tuple[str, ...] = ()
    tags_ru: tuple[str, ...] = ()
    company_en: str = ""
    company_ru: str = ""
    are_gifts: bool = False
    waits_for_discount: float = 0.0

    def note(self, language: str) -> str:
        return self.note_ru if language == "ru" else self.note_en

    def tags(self, language: str) -> tuple[str, ...]:
        return self.tags_ru if language == "ru" else self.tags_en

    def company(self, language: str) -> str:
        return self.company_ru if language == "ru" else self.company_en


def _every(days: int, first: int, last: int, *items: str) -> tuple[Visit, ...]:
    """Visits from `first` days before the end to `last`, about every `days`, taking turns through `items`."""
    visits: list[Visit] = []
    before = first
    while before > last + days // 2:
        visits.append((before, items[len(visits) % len(items)]))
        before -= days + (-3, 1, 2, -1, 3, -2)[len(visits) % 6]
    return (*visits, (last, items[len(visits) % len(items)]))


CAST: tuple[Role, ...] = (
    Role(
        number=1,
        en=("Anna", "Petrova"),
        ru=("Анна", "Петрова"),
        store="lipovaya",
        seller="maria",
        birth_date=date(1984, 12, 3),
        visits=_every(26, 640, 68, "BL-ASSAM-250*4 BL-THYME-250*2", "BL-ASSAM-250*4", "BL-ASSAM-250*4 SW-PASTILA*3"),
        note_en="Brews for the whole department. Likes to be told when a new Assam comes in.",
        note_ru="Заваривает на весь отдел. Просит сообщать о новом урожае ассама.",
        tags_en=("regular",),
        tags_ru=("постоянная",),
    ),
    Role(
        number=2,
        en=("Igor", "Lebedev"),
        ru=("Игорь", "Лебедев"),
        store=ONLINE,
        is_woman=False,
        birth_date=date(1979, 5, 17),
        visits=_every(21, 520, 5, "CB-BRAZIL-1000", "CB-BRAZIL-1000 CB-ETHIOP-250"),
    ),
    Role(
        number=3,
        en=("Elena", "Morozova"),
        ru=("Елена", "Морозова"),
        store=ONLINE,
        are_gifts=True,
        visits=((700, "GI-TEASET*2"), (640, "GI-TIN*3 GI-WRAP*3"), (350, "GI-WINTER*4"), (262, "GI-TIN*4 GI-WRAP*4")),
        note_en="Buys presents for colleagues, twice a year.",
        note_ru="Покупает подарки коллегам два раза в год.",
    ),
    Role(
        number=4,
        en=("Dmitry", "Orlov"),
        ru=("Дмитрий", "Орлов"),
        store="lipovaya",
        is_woman=False,
        waits_for_discount=0.95,
    ),
    Role(
        number=5,
        en=("Olga", "Zaitseva"),
        ru=("Ольга", "Зайцева"),
        store="pristan",
        seller="alisa",
        birth_date=date(1996, 11, 27),
        visits=((6, "OO-MILK-100 WA-GAIWAN"),),
    ),
    Role(
        number=6,
        en=("Sergey", "Volkov"),
        ru=("Сергей", "Волков"),
        store="pristan",
        seller="roman",
        is_woman=False,
        visits=_every(35, 520, 290, "CB-HOUSE-250*2", "CB-HOUSE-250*2 SW-CHOC"),
        has_left=True,
        note_en="The last pack was stale; he brought it back and has not come since.",
        note_ru="Последняя пачка оказалась несвежей: вернул и больше не приходил.",
    ),
    Role(
        number=7,
        en=("Natalia", "Kuznetsova"),
        ru=("Наталья", "Кузнецова"),
        store=ONLINE,
        birth_date=date(1990, 2, 14),
        visits=_every(44, 610, 30, "GR-SENCHA-250", "GR-SENCHA-100 GR-JASMINE-100"),
    ),
    Role(
        number=8,
        en=("Pavel", "Ivanov"),
        ru=("Павел", "Иванов"),
        store="lipovaya",
        seller="pavel",
        is_woman=False,
        visits=_every(40, 400, 20, "PU-SHU-100", "PU-SHU-100 SW-HALVA"),
    ),
    Role(
        number=9,
        en=("Maria", "Ivanova"),
        ru=("Мария", "Иванова"),
        store="lipovaya",
        seller="vera",
        phone_number=8,
        visits=_every(55, 390, 33, "HE-ROOIB-100", "HE-ROOIB-100 GR-MINT-100"),
    ),
    Role(
        number=10,
        en=("Galina", "Titova"),
        ru=("Галина", "Титова"),
        store=ONLINE,
        company_en="Romashka LLC",
        company_ru="ООО «Ромашка»",
        visits=_every(30, 480, 11, "CB-HOUSE-1000*4 BL-IVAN-250*2", "CB-HOUSE-1000*4 SW-SUGAR*5"),
        tags_en=("office",),
        tags_ru=("офис",),
    ),
)


def lives(world: World) -> list[Life]:
    """The cast's lives in this world."""
    return [_life(role, world) for role in CAST]


def _life(role: Role, world: World) -> Life:
    orders = tuple(_orders(role, world))
    first_name, last_name = role.ru if world.language == "ru" else role.en
    who = SamplePerson(
        number=role.number,
        first_name=first_name,
        last_name=last_name,
        email=email_of(*role.en, role.number),
        phone=phone_of(role.phone_number or role.number),
        city="Образцовск" if world.language == "ru" else "Obraztsovsk",
        birthday=role.birth_date,
        is_woman=role.is_woman,
    )
    begun = orders[0].placed_at.date()
    nature = Nature(
        rate=len(orders) / max((world.end_date - begun).days, 1),
        drop_out=0.0,
        tastes=dict.fromkeys(REFILLED, 1 / len(REFILLED)),
        staples=(),
        waits_for_discount=role.waits_for_discount,
        joined_on=begun,
        store=role.store,
    )
    return Life(who, nature, orders, orders[-1].placed_at if role.has_left else None)


def _orders(role: Role, world: World) -> Iterator[SampleOrder]:
    for place, (before, items) in enumerate(role.visits or _hunts(world)):
        on = world.end_date - timedelta(days=min(before, DAYS))
        lines = tuple(line_of(sku, packs, on, world, is_gift=role.are_gifts) for sku, packs in _items(items))
        goods = sum(line.total_minor for line in lines)
        yield SampleOrder(
            number=f"C{role.number:05d}-{place + 1:03d}",
            customer=role.number,
            placed_at=at_local(on, time(11 + (role.number + 3 * place) % 9, (7 * role.number + 13 * place) % 60)),
            store=role.store,
            seller=role.seller or _whoever(role.store, on),
            lines=lines,
            delivery_minor=300_00 if role.store == ONLINE and goods < 2500_00 else 0,
        )


def _items(text: str) -> Iterator[tuple[str, int]]:
    for item in text.split():
        sku, _, packs = item.partition("*")
        yield sku, int(packs or 1)


def _hunts(world: World) -> tuple[Visit, ...]:
    """Two days after each promotion began."""
    starts = [promotion.starts + timedelta(days=2) for promotion in world.promotions]
    return tuple(((world.end_date - on).days, "CB-COLOMB-1000 BL-EARL-250") for on in starts if on < world.end_date)


def _whoever(store: str, on: date) -> str:
    return seasons.on_duty(store, on)[0].code
