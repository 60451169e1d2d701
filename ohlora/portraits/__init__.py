"""The renderer: from named parameters to an illustrated portrait, its exact label map and its true attributes.

Training and testing need faces whose labels are known without error and that show nobody. Every outline of a portrait
is drawn twice: in its colours into the picture, and as its class into the label map.

from ohlora.portraits import render, sample_parameters

portrait = render(sample_parameters(seed=7), size=256, label_size=224)
portrait.image, portrait.label_map, portrait.truth
"""

from ohlora.portraits.domains import DOMAINS, HairDomain, domain_named
from ohlora.portraits.everyone import everyone_from_uniform
from ohlora.portraits.exchange import bald, with_hair, with_hair_colour, with_hair_shape
from ohlora.portraits.parameters import PARAMETER_NAMES, PARAMETERS, Parameter, PortraitParameters
from ohlora.portraits.render import TRUTH_NAMES, Portrait, render
from ohlora.portraits.sampling import CORE_NAMES, SAMPLINGS, core_from_uniform, sample_parameters

__all__ = [
    "CORE_NAMES",
    "DOMAINS",
    "PARAMETERS",
    "PARAMETER_NAMES",
    "SAMPLINGS",
    "TRUTH_NAMES",
    "HairDomain",
    "Parameter",
    "Portrait",
    "PortraitParameters",
    "bald",
    "core_from_uniform",
    "domain_named",
    "everyone_from_uniform",
    "render",
    "sample_parameters",
    "with_hair",
    "with_hair_colour",
    "with_hair_shape",
]
