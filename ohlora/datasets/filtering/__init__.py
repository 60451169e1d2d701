"""Filtering: from a dataset and a condition on its columns to a dataset of the faces that fulfil it.

tokens      the condition's characters cut into tokens
expression  the grammar: from tokens to a tree
conditions  the tree's truth per row, with missing values unknown
view        the folder of the chosen faces
"""

from ohlora.datasets.filtering.conditions import Selection, select
from ohlora.datasets.filtering.expression import ExpressionError, parse_expression
from ohlora.datasets.filtering.view import FilterSettings, write_filtered

__all__ = ["ExpressionError", "FilterSettings", "Selection", "parse_expression", "select", "write_filtered"]
