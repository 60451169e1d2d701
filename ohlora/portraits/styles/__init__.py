"""Drawing styles: other ways to draw the same scene, so that every person has a true picture in every style.

from ohlora.portraits import render, sample_parameters
from ohlora.portraits.styles import style_named

render(sample_parameters(7), style="woodcut").image
render(sample_parameters(7), style=style_named("pencil", hatch_spacing=4.0)).image
"""

from ohlora.portraits.styles.registry import STYLES, style_from_text, style_named
from ohlora.portraits.styles.style import Setting, Style

__all__ = ["STYLES", "Setting", "Style", "style_from_text", "style_named"]
