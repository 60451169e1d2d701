"""The networks that exist, by the name that a model folder calls their architecture."""

from __future__ import annotations

from typing import Literal, NamedTuple

from stylegan.settings import Settings
from stylegan.stylegan1 import config as stylegan1
from stylegan.stylegan1.discriminator import Discriminator as StyleGAN1Discriminator
from stylegan.stylegan1.generator import Generator as StyleGAN1
from stylegan.stylegan2 import config as stylegan2
from stylegan.stylegan2.discriminator import Discriminator as StyleGAN2Discriminator
from stylegan.stylegan2.generator import Generator as StyleGAN2
from stylegan.stylegan3 import config as stylegan3
from stylegan.stylegan3.generator import Generator as StyleGAN3

Part = Literal["generator", "discriminator"]
AnyGenerator = StyleGAN1 | StyleGAN2 | StyleGAN3
AnyDiscriminator = StyleGAN1Discriminator | StyleGAN2Discriminator
AnyNetwork = AnyGenerator | AnyDiscriminator

FIRST = "stylegan"
"""What a folder holds that names no architecture: those were written before there was another."""


class Architecture(NamedTuple):
    """A network and its settings."""

    network: type[AnyNetwork]
    config: type[Settings]


ARCHITECTURES: dict[tuple[str, Part], Architecture] = {
    (FIRST, "generator"): Architecture(StyleGAN1, stylegan1.GeneratorConfig),
    (FIRST, "discriminator"): Architecture(StyleGAN1Discriminator, stylegan1.DiscriminatorConfig),
    ("stylegan2", "generator"): Architecture(StyleGAN2, stylegan2.GeneratorConfig),
    ("stylegan2", "discriminator"): Architecture(StyleGAN2Discriminator, stylegan2.DiscriminatorConfig),
    ("stylegan3", "generator"): Architecture(StyleGAN3, stylegan3.GeneratorConfig),
}


def architecture_of(network: AnyNetwork) -> tuple[str, Part]:
    """Name of a network's architecture, and its part."""
    return next(key for key, known in ARCHITECTURES.items() if isinstance(network, known.network))
