"""Filtered datasets: which faces fulfil a condition, and a folder of those that do."""

from ohlora.filtering.conditions import Selection, select
from ohlora.filtering.expression import ExpressionError, parse_expression
from ohlora.filtering.view import FilterSettings, write_filtered

__all__ = ["ExpressionError", "FilterSettings", "Selection", "parse_expression", "select", "write_filtered"]
