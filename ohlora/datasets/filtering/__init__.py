"""Filtered datasets: which faces fulfil a condition, and a folder of those that do."""

from ohlora.datasets.filtering.conditions import Selection, select
from ohlora.datasets.filtering.expression import ExpressionError, parse_expression
from ohlora.datasets.filtering.view import FilterSettings, write_filtered

__all__ = ["ExpressionError", "FilterSettings", "Selection", "parse_expression", "select", "write_filtered"]
