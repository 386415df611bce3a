"""What each number means, for people who run a shop. The "?" beside a number opens these words.

`docs/insight-numbers.md` says the same with an example; a test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Number:
    """title: as the page calls it; text: two or three sentences without mathematics."""

    title: str | Promise
    text: str | Promise


NUMBERS: Mapping[str, Number] = {
    "rhythm": Number(
        _("Own rhythm"),
        _(
            "After how many days this customer usually comes again: half of the pauses are shorter. With few purchases "
            "it is drawn towards what is usual in the shop."
        ),
    ),
    "silence": Number(
        _("Longer than usual"),
        _(
            "How many of 100 pauses of this very customer are shorter than the present silence. 50 is an ordinary day, "
            "90 is late, 99 hardly ever happened."
        ),
    ),
    "p_alive": Number(
        _("Still a customer"),
        _(
            "Of 100 customers who bought as often and have been silent for as long, so many will come back some day. "
            "It falls faster with those who used to come often."
        ),
    ),
    "buys_90": Number(
        _("Will buy within 90 days"),
        _(
            "Of 100 such customers about so many will buy at least once in the next 90 days. How often this came true "
            "in your shop stands on the page “How sure we are”."
        ),
    ),
    "expected": Number(
        _("Purchases to expect"),
        _(
            "How many days with a purchase such customers have on average from now on. 0.4 means: four purchases among "
            "ten such customers."
        ),
    ),
    "next": Number(
        _("Next purchase"),
        _(
            "If this customer comes again, then in 80 of 100 cases between these two days. How likely it is to happen "
            "at all is a number of its own, “Still a customer”."
        ),
    ),
    "value": Number(
        _("Value of the next year"),
        _(
            "Money from this customer in the next 12 months. The range holds in 80 of 100 cases; it is wide for one "
            "customer and narrow for many together."
        ),
    ),
    "at_stake": Number(
        _("At stake"),
        _(
            "What the present silence has already cost of the money expected for the next year. It grows with every "
            "silent day, and with how much the customer used to bring. Who is lost has nothing left at stake."
        ),
    ),
    "silent_leaver": Number(
        _("Quiet leaver"),
        _(
            "Somebody who has been silent for longer than his own pauses explain, who is clearly less likely to come "
            "back than on the day when he was due, and who is not lost yet."
        ),
    ),
    "rfm": Number(
        _("RFM"),
        _(
            "Three marks from 1 to 5: how lately, how often, for how much. 5 means: better than four fifths of all "
            "buyers."
        ),
    ),
    "goes_with": Number(
        _("Goes with"),
        _(
            "What buyers of this product also buy, clearly more often than other customers do. “34 of 120” counts the "
            "customers; “3 times as often” compares them with all buyers of the shop."
        ),
    ),
    "second_level": Number(
        _("By way of another product"),
        _(
            "Few buy the two together yet, but both belong to the product between them: buyers of this one take that "
            "one, and its buyers take the third. A hint for an offer, not a habit that was seen."
        ),
    ),
    "refill": Number(
        _("Bought again after"),
        _(
            "Half of those who buy this again do it sooner, half later; eight of ten within the range. Only customers "
            "who bought it at least twice can tell."
        ),
    ),
    "due_now": Number(
        _("Whose time it is"),
        _(
            "Customers whose own interval for this product ends within a week, or ended in the last three months "
            "without a purchase."
        ),
    ),
    "first_product": Number(
        _("As a first purchase"),
        _(
            "Of 100 customers whose first purchase held this product, so many came back within 180 days. Where few "
            "began so, the number is drawn towards other products, and the range says how sure it is. It may be that "
            "such customers differ anyway: to be certain, try it."
        ),
    ),
    "returned": Number(
        _("Came back"),
        _("Of the money paid for this product, how much was given back, and the reasons that were noted."),
    ),
    "model": Number(
        _("Which forecast is used"),
        _(
            "Several models and simple rules are tried on the past of your own shop. The one that told best is used; "
            "where the difference is small, the plain model. If a simple rule wins, it is used, and the page says so."
        ),
    ),
    "season": Number(
        _("The season"),
        _(
            "How many purchases known customers will make in the coming 90 days for each 100 that the model alone "
            "expects, judging by the same weeks a year ago. 100% while the shop is younger than a year and a quarter."
        ),
    ),
    "calibration": Number(
        _("Does what is said come true?"),
        _(
            "Customers of the past in ten equal groups, by the chance that would have been said. Where the two bars of "
            "a group are as high, what was said came true: of those with 40 of 100, forty bought."
        ),
    ),
    "pairs": Number(
        _("Right pairs of 100"),
        _(
            "Take one customer who bought within 90 days and one who did not. In how many of 100 such pairs was the "
            "first given the higher chance? 50 is tossing a coin, 100 is never wrong (statisticians call it AUC)."
        ),
    ),
    "coverage": Number(
        _("Do the ranges hold?"),
        _(
            "A range that is said to hold in 80 of 100 cases should hold 80 times: more often means that it is wider "
            "than it need be, less often that it promises too much."
        ),
    ),
    "totals": Number(
        _("Quarter by quarter"),
        _(
            "At the beginning of each of these 90 days only what was known by then was used. So many buyers and "
            "purchases were foretold, and so many came."
        ),
    ),
    "excluded": Number(
        _("What was left out"),
        _("Orders that say nothing about a customer’s habit. Where they bring money, they still count in the revenue."),
    ),
    "data_date": Number(
        _("Data date"),
        _(
            "The day of which all figures speak: today, or the day after the newest order where that is older than 30 "
            "days. It is set in the settings of the shop."
        ),
    ),
}
