"""What each number of the economics means, for people who run a shop. The "?" beside a number opens these words."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from regulars.desk.insight.numbers import Number

NUMBERS: Mapping[str, Number] = {
    "cac": Number(
        _("Cost of a new customer"),
        _(
            "Money spent to win customers, divided by how many bought for the first time in the same months. Months "
            "count from the first to the last one for which spending is entered; a month between them without "
            "spending counts as nothing spent."
        ),
    ),
    "cac_channel": Number(
        _("By channel"),
        _(
            "A new customer belongs to the channel of the first purchase. Somebody may see an advertisement on the "
            "site and buy in the store: then one channel looks too dear and the other too cheap. The line for all "
            "channels does not suffer from that."
        ),
    ),
    "keeping": Number(
        _("Cost of keeping a customer"),
        _(
            "A year's spending to keep customers, divided by the customers who bought at least once in the twelve "
            "months before, on average over these months."
        ),
    ),
    "payback": Number(
        _("Payback"),
        _(
            "After how many months the margin of an average new customer has brought back what he cost. 0 means: "
            "within the month of the first purchase."
        ),
    ),
    "clv_to_cac": Number(
        _("Value against cost"),
        _(
            "What a new customer's margin of ten years is worth today, divided by what winning one costs. Below 1 "
            "you lose money on each; from 3 on it is usually held to be healthy. Money of later years counts less."
        ),
    ),
    "margin": Number(
        _("Margin"),
        _(
            "What is left of revenue once the goods are paid, over the last twelve months. Goods with a cost in the "
            "catalogue count by it, the others by what you enter."
        ),
    ),
    "less_churn": Number(
        _("Five per cent less drop-out"),
        _(
            "After each purchase some customers never come again. If this chance were five per cent smaller for "
            "everybody from today on (not five points), your present customers would bring so much more margin. The "
            "range holds in 8 of 10 cases, as far as your data tell."
        ),
    ),
    "elasticity": Number(
        _("What one per cent brings"),
        _(
            "Each lever moved by one per cent in the good direction, the others as they are set above. So you see "
            "where effort pays most. Whether one per cent is easy or hard to get, only you know."
        ),
    ),
    "balance": Number(
        _("Existing against new customers"),
        _(
            "Existing customers are those who had bought in an earlier month. The first line says which part of "
            "revenue they bring, the second which part of the spending goes to keeping them."
        ),
    ),
}
