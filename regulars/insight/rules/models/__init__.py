"""Models of buying and of money: who is still a customer, how often he will buy, what he will be worth.

`histories` says what a model reads, `fits` what it returns, `buying` puts the same questions to whichever model was
fitted, `money` joins buying and value. One file for each model: `bg_nbd`, `mbg_nbd`, `mbg_cnbd_k`, `pareto_nbd`,
`gamma_gamma`; `season` for the shop's level. Formulas with their sources: docs/insight-formulas.md.
"""
