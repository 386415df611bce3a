"""What winning and keeping customers costs, and what it brings.

`tables` asks the engine for money by cohort, month and channel; `costs` sets spending against it; `worth` says what a
stream of purchases is worth today; `churn` what fewer drop-outs would bring; `levers` puts the owner's "what if"
together. Formulas with their sources: docs/economics.md.
"""
