"""Invented people. Addresses end in domains kept for examples (RFC 2606); no telephone network has the code +7 000."""

from dataclasses import dataclass
from datetime import date

import numpy as np

_WOMEN = (
    ("Anna", "Анна"), ("Elena", "Елена"), ("Olga", "Ольга"), ("Natalia", "Наталья"), ("Irina", "Ирина"),
    ("Tatiana", "Татьяна"), ("Svetlana", "Светлана"), ("Ekaterina", "Екатерина"), ("Yulia", "Юлия"),
    ("Marina", "Марина"), ("Daria", "Дарья"), ("Ksenia", "Ксения"), ("Polina", "Полина"), ("Alina", "Алина"),
    ("Victoria", "Виктория"), ("Larisa", "Лариса"), ("Nadezhda", "Надежда"), ("Lyubov", "Любовь"),
    ("Valentina", "Валентина"), ("Galina", "Галина"), ("Sofia", "София"), ("Alyona", "Алёна"), ("Zoya", "Зоя"),
    ("Kira", "Кира"), ("Ulyana", "Ульяна"), ("Raisa", "Раиса"), ("Inna", "Инна"), ("Evgenia", "Евгения"),
)  # fmt: skip
_MEN = (
    ("Alexander", "Александр"), ("Dmitry", "Дмитрий"), ("Sergey", "Сергей"), ("Andrey", "Андрей"),
    ("Mikhail", "Михаил"), ("Ivan", "Иван"), ("Nikolay", "Николай"), ("Alexey", "Алексей"), ("Pyotr", "Пётр"),
    ("Igor", "Игорь"), ("Oleg", "Олег"), ("Viktor", "Виктор"), ("Yury", "Юрий"), ("Konstantin", "Константин"),
    ("Anton", "Антон"), ("Kirill", "Кирилл"), ("Fyodor", "Фёдор"), ("Artyom", "Артём"), ("Grigory", "Григорий"),
    ("Lev", "Лев"), ("Denis", "Денис"), ("Maxim", "Максим"),
)  # fmt: skip
# Each takes an "a" for a woman, in both alphabets.
_SURNAMES = (
    ("Ivanov", "Иванов"), ("Smirnov", "Смирнов"), ("Kuznetsov", "Кузнецов"), ("Popov", "Попов"),
    ("Vasiliev", "Васильев"), ("Fedorov", "Фёдоров"), ("Morozov", "Морозов"), ("Volkov", "Волков"),
    ("Alekseev", "Алексеев"), ("Semenov", "Семёнов"), ("Egorov", "Егоров"), ("Pavlov", "Павлов"),
    ("Kozlov", "Козлов"), ("Stepanov", "Степанов"), ("Nikolaev", "Николаев"), ("Orlov", "Орлов"),
    ("Andreev", "Андреев"), ("Makarov", "Макаров"), ("Zakharov", "Захаров"), ("Zaitsev", "Зайцев"),
    ("Solovyov", "Соловьёв"), ("Borisov", "Борисов"), ("Yakovlev", "Яковлев"), ("Romanov", "Романов"),
    ("Vorobyov", "Воробьёв"), ("Sergeev", "Сергеев"), ("Frolov", "Фролов"), ("Belov", "Белов"),
    ("Komarov", "Комаров"), ("Tarasov", "Тарасов"), ("Kiselev", "Киселёв"), ("Ilyin", "Ильин"),
    ("Gusev", "Гусев"), ("Titov", "Титов"), ("Kuzmin", "Кузьмин"), ("Baranov", "Баранов"),
    ("Kulikov", "Куликов"), ("Alexandrov", "Александров"), ("Melnikov", "Мельников"), ("Denisov", "Денисов"),
    ("Gavrilov", "Гаврилов"), ("Tikhonov", "Тихонов"), ("Kazakov", "Казаков"), ("Danilov", "Данилов"),
    ("Savelyev", "Савельев"), ("Timofeev", "Тимофеев"), ("Fomin", "Фомин"), ("Chernov", "Чернов"),
    ("Abramov", "Абрамов"), ("Martynov", "Мартынов"), ("Efimov", "Ефимов"), ("Shcherbakov", "Щербаков"),
)  # fmt: skip
_TOWN, _NEXT_TOWN = ("Obraztsovsk", "Образцовск"), ("Primerovo", "Примерово")
_DOMAINS = ("example.com", "example.net", "example.org")


@dataclass(frozen=True)
class SamplePerson:
    """Who somebody is, in the shop's language."""

    number: int
    first_name: str
    last_name: str
    email: str
    phone: str
    city: str
    birthday: date | None
    is_woman: bool


def person(number: int, rng: np.random.Generator, *, language: str, end_date: date) -> SamplePerson:
    """An invented person; the same number and generator give the same one in either language."""
    is_woman = bool(rng.random() < 0.64)
    names = _WOMEN if is_woman else _MEN
    first = names[int(rng.integers(len(names)))]
    last = _SURNAMES[int(rng.integers(len(_SURNAMES)))]
    has_email, has_phone = bool(rng.random() < 0.78), bool(rng.random() < 0.85)
    age_days = int(rng.normal(41, 12) * 365.25)
    birthday = date.fromordinal(end_date.toordinal() - max(age_days, 18 * 366)) if rng.random() < 0.55 else None
    in_town = rng.random() < 0.85
    city = (
        ("Образцовск" if in_town else "Примерово") if language == "ru" else ("Obraztsovsk" if in_town else "Primerovo")
    )
    return SamplePerson(
        number=number,
        first_name=first[language == "ru"],
        last_name=surname(last, is_woman=is_woman, language=language),
        email=email_of(first[0], surname(last, is_woman=is_woman, language="en"), number) if has_email else "",
        phone=phone_of(number) if has_phone or not has_email else "",
        city=city,
        birthday=birthday,
        is_woman=is_woman,
    )


def surname(pair: tuple[str, str], *, is_woman: bool, language: str) -> str:
    latin, cyrillic = pair
    return cyrillic + "а" * is_woman if language == "ru" else latin + "a" * is_woman


def email_of(first_name: str, last_name: str, number: int) -> str:
    return f"{first_name}.{last_name}{number}@{_DOMAINS[number % 3]}".lower()


def phone_of(number: int) -> str:
    """+7 000 and seven digits that look like no run."""
    digits = f"{(2_150_417 + number * 7_919) % 10_000_000:07d}"
    return f"+7 000 {digits[:3]}-{digits[3:5]}-{digits[5:]}"


def with_typo(email: str) -> str:
    """Two letters of the name part swapped: "petrova" → "pertova"."""
    name, _, domain = email.partition("@")
    place = next(i for i in range(2, len(name) - 1) if name[i] != name[i + 1])
    return f"{name[:place]}{name[place + 1]}{name[place]}{name[place + 2 :]}@{domain}"
