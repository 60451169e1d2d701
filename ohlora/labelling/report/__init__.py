"""The report of a labelled dataset: one HTML file with every picture inside, which opens without a network."""

from ohlora.labelling.report.page import write_report

__all__ = ["write_report"]
