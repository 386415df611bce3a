"""What the sample shop sells: invented goods in both languages, with packs and prices as they were at the beginning."""

from dataclasses import dataclass
from enum import StrEnum


class Season(StrEnum):
    ALL_YEAR = "all year"
    WINTER = "winter"
    SUMMER = "summer"
    GIFT = "gift"


@dataclass(frozen=True)
class SampleCategory:
    code: str
    parent: str
    name_en: str
    name_ru: str
    is_refilled: bool

    def name(self, language: str) -> str:
        return self.name_ru if language == "ru" else self.name_en


@dataclass(frozen=True)
class SamplePack:
    """`size` in grams, pieces or millilitres; 0 where packs make no sense. Prices in roubles."""

    size: int
    price: int


@dataclass(frozen=True)
class SampleProduct:
    code: str
    category: str
    name_en: str
    name_ru: str
    brand: str
    packs: tuple[SamplePack, ...]
    popularity: float = 1.0
    season: Season = Season.ALL_YEAR
    is_durable: bool = False

    def name(self, language: str) -> str:
        return self.name_ru if language == "ru" else self.name_en

    def sku(self, pack: SamplePack) -> str:
        return f"{self.code}-{pack.size}" if pack.size else self.code


CATEGORIES: tuple[SampleCategory, ...] = (
    SampleCategory("tea", "", "Tea", "Чай", is_refilled=True),
    SampleCategory("black", "tea", "Black tea", "Чёрный чай", is_refilled=True),
    SampleCategory("green", "tea", "Green tea", "Зелёный чай", is_refilled=True),
    SampleCategory("oolong", "tea", "Oolong", "Улун", is_refilled=True),
    SampleCategory("puerh", "tea", "Pu-erh", "Пуэр", is_refilled=True),
    SampleCategory("herbal", "tea", "Herbal infusions", "Травяные сборы", is_refilled=True),
    SampleCategory("coffee", "", "Coffee", "Кофе", is_refilled=True),
    SampleCategory("beans", "coffee", "Coffee beans", "Кофе в зёрнах", is_refilled=True),
    SampleCategory("ground", "coffee", "Ground coffee", "Молотый кофе", is_refilled=True),
    SampleCategory("sweets", "", "Sweets", "Сладости", is_refilled=False),
    SampleCategory("ware", "", "Teaware", "Посуда", is_refilled=False),
    SampleCategory("gifts", "", "Gifts", "Подарки", is_refilled=False),
)
REFILLED = tuple(c.code for c in CATEGORIES if c.is_refilled and c.parent)


def _tea(
    code: str, category: str, en: str, ru: str, price: int, *, popularity: float = 1.0, season: Season = Season.ALL_YEAR
) -> SampleProduct:
    """Sold by 100 and 250 g; `price` is that of 100 g, the larger pack is cheaper by weight."""
    packs = (SamplePack(100, price), SamplePack(250, _round(price * 2.3)))
    return SampleProduct(code, category, en, ru, "Чайная лавка", packs, popularity, season)


def _coffee(
    code: str, category: str, en: str, ru: str, price: int, *, popularity: float = 1.0, season: Season = Season.ALL_YEAR
) -> SampleProduct:
    """Sold by 250 g and 1 kg; `price` is that of 250 g."""
    packs = (SamplePack(250, price), SamplePack(1000, _round(price * 3.6)))
    return SampleProduct(code, category, en, ru, "Северная обжарка", packs, popularity, season)


def _thing(
    code: str, category: str, en: str, ru: str, price: int, *, popularity: float = 1.0, season: Season = Season.ALL_YEAR
) -> SampleProduct:
    is_durable = category == "ware" and code != "WA-FILTER"
    return SampleProduct(code, category, en, ru, "", (SamplePack(0, price),), popularity, season, is_durable)


def _round(price: float) -> int:
    return round(price / 10) * 10


_W, _S, _G = Season.WINTER, Season.SUMMER, Season.GIFT

PRODUCTS: tuple[SampleProduct, ...] = (
    _tea("BL-ASSAM", "black", "Assam Golden Tip", "Ассам «Золотой типс»", 480, popularity=3.0),
    _tea("BL-EARL", "black", "Earl Grey with bergamot", "Эрл Грей с бергамотом", 420, popularity=3.2),
    _tea("BL-CEYLON", "black", "High-grown Ceylon", "Цейлон высокогорный", 390, popularity=2.4),
    _tea("BL-DARJ", "black", "Darjeeling, first flush", "Дарджилинг, первый сбор", 890),
    _tea("BL-KEEMUN", "black", "Keemun", "Кимун", 620),
    _tea("BL-LAPSANG", "black", "Smoked Lapsang", "Лапсанг копчёный", 560, popularity=0.6),
    _tea("BL-IVAN", "black", "Morning blend", "Утренний купаж", 340, popularity=2.0),
    _tea("BL-SPICE", "black", "Spiced winter tea", "Зимний чай с пряностями", 450, popularity=1.6, season=_W),
    _tea("BL-THYME", "black", "Black tea with thyme", "Чёрный чай с чабрецом", 380, popularity=2.2),
    _tea("GR-SENCHA", "green", "Sencha", "Сенча", 460, popularity=2.6),
    _tea("GR-JASMINE", "green", "Jasmine pearls", "Жасминовые жемчужины", 720, popularity=1.8),
    _tea("GR-LONGJING", "green", "Longjing", "Лунцзин", 980),
    _tea("GR-GUNPOW", "green", "Gunpowder", "Ганпаудер", 350, popularity=1.5),
    _tea("GR-MINT", "green", "Green tea with mint", "Зелёный чай с мятой", 390, popularity=1.5, season=_S),
    _tea("GR-GENMAI", "green", "Genmaicha", "Генмайча", 440),
    _tea("OO-TIEGUAN", "oolong", "Tieguanyin", "Те Гуань Инь", 780, popularity=2.2),
    _tea("OO-MILK", "oolong", "Milk oolong", "Молочный улун", 690, popularity=2.6),
    _tea("OO-DHP", "oolong", "Da Hong Pao", "Да Хун Пао", 1150, popularity=1.1),
    _tea("OO-GABA", "oolong", "GABA oolong", "ГАБА улун", 1290, popularity=0.7),
    _tea("PU-SHU", "puerh", "Ripe pu-erh, loose", "Шу пуэр рассыпной", 640, popularity=1.6),
    _tea("PU-SHENG", "puerh", "Raw pu-erh", "Шэн пуэр", 1080, popularity=0.7),
    _tea("PU-CAKE", "puerh", "Pu-erh, pressed, 7 years", "Пуэр прессованный, 7 лет", 1390, popularity=0.6),
    _tea("HE-IVANCHAI", "herbal", "Fireweed tea", "Иван-чай", 320, popularity=2.2),
    _tea("HE-CHAM", "herbal", "Chamomile and linden", "Ромашка с липой", 290, popularity=1.4),
    _tea("HE-ROOIB", "herbal", "Rooibos with vanilla", "Ройбуш с ванилью", 410, popularity=1.5),
    _tea("HE-SEABUCK", "herbal", "Sea buckthorn and ginger", "Облепиха с имбирём", 430, popularity=1.6, season=_W),
    _tea("HE-BERRY", "herbal", "Berry infusion for iced tea", "Ягодный сбор для холодного чая", 390, season=_S),
    _tea("HE-TAIGA", "herbal", "Taiga herbs", "Таёжный сбор", 360, popularity=1.2),
    _coffee("CB-BRAZIL", "beans", "Brazil Santos", "Бразилия Сантос", 690, popularity=2.8),
    _coffee("CB-ETHIOP", "beans", "Ethiopia Yirgacheffe", "Эфиопия Иргачефф", 890, popularity=2.0),
    _coffee("CB-COLOMB", "beans", "Colombia Supremo", "Колумбия Супремо", 790, popularity=2.2),
    _coffee("CB-KENYA", "beans", "Kenya AA", "Кения АА", 990, popularity=1.1),
    _coffee("CB-HOUSE", "beans", "House blend", "Домашняя смесь", 620, popularity=2.6),
    _coffee("CB-DECAF", "beans", "Decaffeinated Colombia", "Колумбия без кофеина", 950, popularity=0.7),
    _coffee("CG-TURKISH", "ground", "For the cezve, fine ground", "Для турки, тонкий помол", 640, popularity=1.6),
    _coffee("CG-FILTER", "ground", "For filter, medium ground", "Для фильтра, средний помол", 640, popularity=1.3),
    _coffee("CG-CUP", "ground", "For brewing in the cup", "Для заваривания в чашке", 590, popularity=1.2),
    _coffee("CG-CARDAM", "ground", "With cardamom", "С кардамоном", 690, popularity=0.8, season=_W),
    _thing("SW-HALVA", "sweets", "Sunflower halva", "Халва подсолнечная", 290, popularity=1.6),
    _thing("SW-PASTILA", "sweets", "Apple pastila", "Пастила яблочная", 380, popularity=1.8),
    _thing("SW-GINGER", "sweets", "Gingerbread with honey", "Пряник медовый", 260, popularity=2.0, season=_W),
    _thing("SW-CHOC", "sweets", "Dark chocolate, 72 %", "Шоколад горький, 72 %", 340, popularity=2.2),
    _thing("SW-LOKUM", "sweets", "Rose lokum", "Лукум с розой", 310),
    _thing("SW-NUTS", "sweets", "Nuts in honey", "Орехи в меду", 520, popularity=1.2),
    _thing("SW-SUGAR", "sweets", "Cane sugar, lumps", "Сахар тростниковый кусковой", 230, popularity=1.3),
    _thing("WA-TEAPOT", "ware", "Clay teapot, 300 ml", "Чайник глиняный, 300 мл", 2890, popularity=0.8),
    _thing("WA-GLASSPOT", "ware", "Glass teapot, 800 ml", "Чайник стеклянный, 800 мл", 1990),
    _thing("WA-GAIWAN", "ware", "Gaiwan, porcelain", "Гайвань фарфоровая", 1290, popularity=0.7),
    _thing("WA-CUPS", "ware", "Two porcelain cups", "Пара фарфоровых чашек", 1190),
    _thing("WA-MUG", "ware", "Mug with strainer", "Кружка с ситечком", 890, popularity=1.4),
    _thing("WA-CEZVE", "ware", "Copper cezve", "Турка медная", 2490, popularity=0.7),
    _thing("WA-GRINDER", "ware", "Hand grinder", "Ручная кофемолка", 3490, popularity=0.5),
    _thing("WA-FILTER", "ware", "Paper filters, 100 pieces", "Фильтры бумажные, 100 шт.", 390, popularity=1.2),
    _thing("WA-THERMOS", "ware", "Vacuum flask, 500 ml", "Термос, 500 мл", 2190, popularity=0.8),
    _thing("GI-TEASET", "gifts", "Box “Tea journey”", "Набор «Чайное путешествие»", 2490, popularity=2.4, season=_G),
    _thing("GI-COFSET", "gifts", "Box “Coffee, chocolate”", "Набор «Кофе и шоколад»", 2290, popularity=2.0, season=_G),
    _thing("GI-WINTER", "gifts", "Box “Winter evening”", "Набор «Зимний вечер»", 1890, popularity=2.6, season=_G),
    _thing("GI-TIN", "gifts", "Painted tin, 100 g", "Чай в расписной банке, 100 г", 1190, popularity=1.8, season=_G),
    _thing("GI-WRAP", "gifts", "Gift wrapping", "Подарочная упаковка", 250, popularity=1.2, season=_G),
)  # fmt: skip

BY_CODE = {product.code: product for product in PRODUCTS}
BY_SKU = {product.sku(pack): (product, pack) for product in PRODUCTS for pack in product.packs}
BY_CATEGORY = {
    category.code: tuple(product for product in PRODUCTS if product.category == category.code)
    for category in CATEGORIES
}


def parent_of(category: str) -> str:
    """The top category: "black" → "tea"."""
    found = next(entry for entry in CATEGORIES if entry.code == category)
    return found.parent or found.code
