"""The project's version, which reports, datasets and trained models keep beside their settings.

It stands apart from `ohlora/__init__.py`, so that a module that writes it need not import the package's public names.
"""

__version__ = "0.1.0"
