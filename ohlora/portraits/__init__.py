"""Illustrated portraits of people who do not exist, drawn from named parameters, with exact labels and true attributes.

from ohlora.portraits import render, sample_parameters

portrait = render(sample_parameters(seed=7), size=256, label_size=224)
portrait.image, portrait.label_map, portrait.truth
"""

from ohlora.portraits.parameters import PARAMETER_NAMES, PARAMETERS, Parameter, PortraitParameters
from ohlora.portraits.render import Portrait, render
from ohlora.portraits.sampling import CORE_NAMES, SAMPLINGS, core_from_uniform, sample_parameters

__all__ = [
    "CORE_NAMES",
    "PARAMETERS",
    "PARAMETER_NAMES",
    "SAMPLINGS",
    "Parameter",
    "Portrait",
    "PortraitParameters",
    "core_from_uniform",
    "render",
    "sample_parameters",
]
