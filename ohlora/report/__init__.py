"""The report of a labelled dataset: one HTML file with every picture inside, which opens without a network."""

from ohlora.report.page import ReportError, write_report

__all__ = ["ReportError", "write_report"]
