"""The conditional generator: attributes appended to the latent vector of a pretrained generator.

    [z, e(a)] -> fine-tuned mapping network -> w -> pretrained synthesis network -> image

A copy of the pretrained mapping network reads, beside z, how far each slider has to move, where the face stands, and the
truncation (`elements`). Its answer is counted from its answer to no move and added to the pretrained w, so that a face whose
sliders nobody moves is the pretrained generator's, to the bit, before, during and after fine-tuning:

    w(z, a) = w(z) + N(z, e(a)) - N(z, e(own))

Attributes respond to the latent with a slope that differs from face to face. A fixed number of feedback passes corrects for
that: the latent regressor reads the levels of the w that came out, a part of what is missing is added to the moves, and N maps
again. How large a part follows, slider by slider, from what the pass before brought about, as in the secant method: with the same
part for all faces, those that respond more than others swing to and fro around what was asked. All of it is matrix products and
arithmetic: differentiable, continuous in a, and exportable. The pretrained networks and the regressor are frozen while N learns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import torch
from torch import Tensor, nn

from ohlora.errors import SettingsError
from ohlora.hub.model_folder import damaged_settings
from ohlora.labelling.normalization import Normalizer
from ohlora.sliders.edited_generator import EditedGenerator
from ohlora.sliders.latent_regressor import LatentRegressor
from ohlora.sliders.request import Request
from ohlora.sliders.slider import Slider, build_sliders
from ohlora.sliders.storage import CONDITIONAL, load_without_base, read_sliders, write_sliders
from stylegan import GeneratorNetwork
from stylegan.generator import AppendedMappingNetwork

_FAR = 4.0
"""Levels beyond are told to the mapping network as this: regressors extrapolate, and N has never seen more."""
_UNSURE = 0.1
"""Missing levels below which the next pass's change says little about the slope, and the part stays nearer to what it was. Without
it, a pass that leaves nothing missing would be divided by 0."""
_SLOPES = (0.5, 4.0)
"""Slopes that a pass believes, in units of the slope that its part expects."""
_PARTS = (0.05, 1.5)
"""Parts that may follow from them."""

FROZEN = {
    "base": "the pretrained faces stay as they are, and no picture gets worse: only what the latent feeds learns",
    "regressor": "says where a face stands; learned from the labels before, so that sliders cannot bend it to please them",
}
"""The one list of what fine-tuning the mapping network leaves as it is, and why."""


@dataclass(frozen=True)
class ConditionalConfig:
    """Sizes of what is added to a generator.

    Attributes:
        passes: Feedback passes after the first answer; 0 for one plain pass.
        share: Part of what is missing that the first pass adds to the moves; below 1, so that it does not overshoot where a face
            responds more than others.
        longest: The most levels that a pass adds to a move, against a regressor's reading from far outside.
        regressor_hidden: Width of the regressor's hidden layers.
        regressor_members: Perceptrons of the regressor.
    """

    passes: int = 4
    share: float = 0.7
    longest: float = 1.0
    regressor_hidden: int = 128
    regressor_members: int = 3

    def __post_init__(self) -> None:
        for name, least in (("passes", 0), ("regressor_hidden", 1), ("regressor_members", 1)):
            if getattr(self, name) < least:
                raise SettingsError(f"{name} must be at least {least}, got {getattr(self, name)}")
        if not (0.0 < self.share <= 1.0 and self.longest > 0.0):
            raise SettingsError("share must lie between 0 and 1, and longest above 0")


@dataclass(frozen=True)
class Edit:
    """Edited faces, with what the training asks of them.

    Attributes:
        ws: What synthesis draws `(B, L, w_dim)`.
        own: w of the unedited faces `(B, w_dim)`.
        passes: w after every pass `(P + 1, B, w_dim)`; the last one is the answer.
        request: What was asked.
    """

    ws: Tensor
    own: Tensor
    passes: Tensor
    request: Request


class ConditionalGenerator(EditedGenerator):
    """A generator with sliders.

    Attributes:
        elements: Number of appended elements.
        mapping: What fine-tuning trains.
        regressor: Tells where faces stand.
        passes: Feedback passes; 0 shows what the mapping network does alone.

    Args:
        base: A pretrained generator without labels; it is frozen.
        sliders: The sliders by name, or names of declared attributes.
        config: Sizes of what is added.
        base_name: The base as its user wrote it.
        normalizer: The saved normalisation that the attributes were made with; evaluation measures by it.
    """

    mapping: AppendedMappingNetwork

    def __init__(
        self,
        base: GeneratorNetwork,
        sliders: Mapping[str, Slider] | list[str] | tuple[str, ...] | None = None,
        config: ConditionalConfig | None = None,
        *,
        base_name: str = "",
        normalizer: Normalizer | None = None,
    ) -> None:
        by_name = sliders if isinstance(sliders, Mapping) else build_sliders(sliders) if sliders else build_sliders()
        super().__init__(base, by_name, normalizer)
        self.config = config = config or ConditionalConfig()
        self.base_name, self.passes = base_name, config.passes
        # The moves, the face's own levels, and the truncation.
        self.elements = 2 * len(self.sliders) + 1
        self.mapping = base.appended_mapping(self.elements)
        self.regressor = LatentRegressor(
            base.w_dim, list(self.sliders.values()), config.regressor_hidden, config.regressor_members
        ).requires_grad_(False)

    def trainable_parameters(self) -> dict[str, nn.Parameter]:
        """What fine-tuning changes, by name: everything that `FROZEN` does not list."""
        frozen = tuple(f"{name}." for name in FROZEN)
        return {name: value for name, value in self.named_parameters() if not name.startswith(frozen)}

    @torch.no_grad()
    def read(self, z: Tensor, *, truncation_psi: float = 1.0) -> dict[str, Tensor]:
        """Where the sliders of unedited faces stand, as the model itself estimates it.

        Args:
            z: `(B, z_dim)`.
            truncation_psi: The truncation that the faces are drawn with.

        Returns:
            Slider name to `(B,)`, inside the slider's range.
        """
        values = self.regressor(self.base.truncate(self.base.map(z), truncation_psi)[:, 0])
        return dict(zip(self.sliders, values.unbind(dim=1), strict=True))

    def edited_ws(self, z: Tensor, values: Tensor, truncation_psi: float | Tensor = 1.0) -> Tensor:
        """The ws that synthesis draws, `(B, L, w_dim)`; arguments as for `forward`."""
        return self.edits(z, values, truncation_psi).ws

    def edits(self, z: Tensor, values: Tensor, truncation_psi: float | Tensor = 1.0) -> Edit:
        """Edited faces in float32, whatever precision synthesis has; arguments as for `forward`.

        Truncation pulls the face towards the average and leaves the move as long as it is: a slider keeps its range.
        """
        with torch.autocast(z.device.type, enabled=False):
            z, values = z.float(), values.float()
            with torch.no_grad():
                ws = self.base.truncate(self.base.map(z), truncation_psi)
                own = ws[:, 0]
                request = Request.of(self.regressor.levels(own), self.regressor.levels_of(values), self.regressor.end)
                psi = torch.as_tensor(truncation_psi, dtype=own.dtype, device=own.device).expand(len(own), 1)
            offsets = self._offsets(z, own, request, psi)
            return Edit(ws + offsets[-1].unsqueeze(1), own, own + offsets, request)

    def _offsets(self, z: Tensor, own: Tensor, request: Request, psi: Tensor) -> Tensor:
        """What every pass adds to w, `(P + 1, B, w_dim)`; exactly 0 for faces of which nothing is asked."""
        move, face = request.move, torch.cat([request.own.clamp(-_FAR, _FAR), psi], dim=1)
        is_moved = (move != 0.0).any(dim=1, keepdim=True)
        first = self.mapping.first_layer(z)
        unmoved = self.mapping(first, torch.cat([torch.zeros_like(move), face], dim=1))
        offsets = [self.mapping(first, torch.cat([move, face], dim=1)) - unmoved]
        part, before = torch.full_like(move, self.config.share), torch.zeros_like(move)
        for _ in range(self.passes):
            missing = request.missing(self.regressor.levels(own + offsets[-1])) * is_moved
            part = _next_part(part, before, missing)
            move = move + (part * missing).clamp(-self.config.longest, self.config.longest)
            before = missing
            offsets.append(self.mapping(first, torch.cat([move, face], dim=1)) - unmoved)
        return torch.stack(offsets)

    def save_pretrained(self, folder: str | Path) -> Path:
        """Writes the model into a folder, which also opens as the plain base generator.

        Args:
            folder: Made where it is missing. Gets `config.json`, `generator.safetensors`, `sliders.safetensors` and, where
                there is a normalisation, `normalization.json`.

        Returns:
            The folder.
        """
        return write_sliders(self, folder, CONDITIONAL, asdict(self.config))

    @classmethod
    def from_pretrained(cls, folder: str | Path, device: str | torch.device = "cpu") -> Self:
        """Reads what `save_pretrained` wrote.

        Args:
            folder: The model's folder.
            device: Where it shall run.

        Raises:
            ModelError: The folder holds no such model, or its files are damaged.
            stylegan.CheckpointError: The base generator in it is missing or damaged.
        """
        stored = read_sliders(folder, CONDITIONAL)
        try:
            config = ConditionalConfig(**stored.settings)
        except (TypeError, SettingsError) as error:
            raise damaged_settings(Path(folder), CONDITIONAL, error) from error
        model = cls(stored.base, stored.sliders, config, base_name=stored.base_name, normalizer=stored.normalizer)
        load_without_base(model, stored.state, stored.weights)
        return model.eval().to(device)


def _next_part(part: Tensor, before: Tensor, missing: Tensor) -> Tensor:
    """The part of what is missing that brings a straight line to where it was asked, `(B, K)`.

    Adding `part * before` changed what is missing from `before` to `missing`. On a line, a share `missing / before` is left of it, so
    that the slope is `1 - left` times the one that `part` is right for. Before the first pass nothing was added, and the part stays.
    """
    left = missing * before / (before.square() + _UNSURE**2)
    return (part / (1.0 - left).clamp(*_SLOPES)).clamp(*_PARTS)
