"""How the embedded portrait models were made: training data, losses, training modules and measurements.

Nothing here is needed to use the models; `scripts/` runs it, with the settings of `scripts/portraits.toml`.
"""
