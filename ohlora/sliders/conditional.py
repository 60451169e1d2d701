"""The conditional generator: a pretrained generator and sliders that move one face at a time.

    z -> latent editor -> (z, d) -> mapping -> w + w editor -> synthesis -> image

One element per attribute is appended to the pixel-normed latent vector: d, how far the slider is moved from where the face
has it, as a difference of levels (`ohlora.sliders.latent_regressor`). Three things read it, and all of them start as zeros: new input columns of
the mapping network's first layer, an editor that moves z, and an editor that moves w, per group of layers. The editors
count from their own answer at d = 0, so that a face whose sliders are not moved is the pretrained generator's face before,
during and after the training, and before the first step every face is, wherever its sliders stand.

What the editors leave of the way, which is all of it at first, is found by Newton's method on the readout, along a few directions
of z: those that move one attribute and no other on average over faces. The face's own gradient is no guide for where to go: far
from the border between two kinds of faces it points at what else changes the reading, and another person comes out. It is one for
how far. All of this is off until the readout has been trained.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from ohlora.errors import ModelError, SettingsError
from ohlora.labelling.normalization import Normalizer
from ohlora.sliders.latent_regressor import Readout
from ohlora.sliders.slider import Slider, build_sliders, slider_tensor
from ohlora.sliders.storage import CONFIG_FILE, NORMALIZATION_FILE, save_beside_generator
from stylegan import Generator, GeneratorConfig
from stylegan import from_pretrained as generator_from_pretrained
from stylegan.stylegan1.layers import leaky_relu, pixel_norm

SLIDERS_FILE = "sliders.safetensors"
KEY = "conditional"
_FAR = 4.0  # levels beyond are told to the editors as this
_DAMPING = 0.01
_LONGEST = 3.0  # step; half a way across what z spans in the directions that faces depend on
_LENGTH = 0.0002  # cost of an offset of length 1, beside squared gaps
_CLOSE = 0.004  # gap of levels that no one sees
_LOCAL = (0.0, 1.0, 0.5, 0.25, 0.125, 0.0625)  # shares of Newton's step that are tried
_GLOBAL = tuple(0.6**power for power in range(8))  # shares of the step that would do on average

FROZEN = {
    "base.mapping": "keeps the pretrained faces: an unmoved slider changes nothing, and what is added reads beside it",
    "base.truncation": "the average w belongs to the pretrained faces",
    "base.synthesis": "draws the faces; only what the latent feeds before it learns, so that no picture gets worse",
    "readout": "says where an unmoved slider stands; trained on the labels before the sliders, and fixed while they learn",
}
"""The one list of what fine-tuning leaves as it is, and why."""


@dataclass(frozen=True)
class ConditionalConfig:
    """Sizes of what is added to a generator.

    Attributes:
        hidden: Width of the editors' two hidden layers.
        layer_groups: Neighbouring synthesis layers share an offset of w; the number of such groups.
        edit_latent: Whether there is an editor of z. What it makes are faces of the pretrained generator.
        edit_w: Whether there is an editor of w.
        readout_hidden: Width of the readout's hidden layers.
        refine_steps: Newton steps after the editors.
    """

    hidden: int = 256
    layer_groups: int = 1
    edit_latent: bool = True
    edit_w: bool = True
    readout_hidden: int = 128
    refine_steps: int = 8

    def __post_init__(self) -> None:
        for name in ("hidden", "layer_groups", "readout_hidden"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} must be at least 1, got {getattr(self, name)}")


class Editor(nn.Module):
    """A network from (face, attributes, move) to an offset that is zero for no move and, at first, for every move.

    Args:
        face_dim: Length of the vector that says whose face it is.
        sliders: Number K of sliders.
        hidden: Width of the hidden layers.
        out_dim: Length of the offset.
    """

    def __init__(self, face_dim: int, sliders: int, hidden: int, out_dim: int) -> None:
        super().__init__()
        self.first = nn.Linear(face_dim + 2 * sliders, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, out_dim, bias=False)
        nn.init.zeros_(self.last.weight)

    def forward(self, face: Tensor, start: Tensor, move: Tensor) -> Tensor:
        """Offsets.

        Args:
            face: `(B, face_dim)`, about unit variance.
            start: Where the sliders stand, `(B, K)`, as levels.
            move: How far they are moved, `(B, K)`, likewise.

        Returns:
            `(B, out_dim)`.
        """
        offset: Tensor = self.last(self._hidden(face, start, move) - self._hidden(face, start, torch.zeros_like(move)))
        return offset

    def _hidden(self, face: Tensor, start: Tensor, move: Tensor) -> Tensor:
        x = F.gelu(self.first(torch.cat([face, start, 2.0 * move], dim=1)))
        return F.gelu(self.second(x))


class ConditionalGenerator(nn.Module):
    """A generator with sliders.

    Attributes:
        directions: Moves of the normed z `(K, z_dim)`; each raises one slider's level by 1 and no other's, on average over
            faces. Zeros at first: Newton's method has then nowhere to go.

    Args:
        base: A pretrained generator without labels; it is frozen.
        sliders: The sliders by name, or names of declared attributes.
        config: Sizes of what is added.
        base_name: The base as its user wrote it.
        normalizer: The saved normalisation that the attributes were made with; the judge measures by it.
    """

    directions: Tensor

    def __init__(
        self,
        base: Generator,
        sliders: Mapping[str, Slider] | list[str] | tuple[str, ...] | None = None,
        config: ConditionalConfig | None = None,
        *,
        base_name: str = "",
        normalizer: Normalizer | None = None,
    ) -> None:
        super().__init__()
        if base.config.label_size:
            raise SettingsError(
                f"expected a generator without labels to add sliders to, got one with {base.config.label_size} labels"
            )
        self.sliders: dict[str, Slider] = (
            dict(sliders) if isinstance(sliders, Mapping) else build_sliders(sliders) if sliders else build_sliders()
        )
        self.config = config = config or ConditionalConfig()
        self.base_name, self.normalizer = base_name, normalizer
        self.base = base.eval().requires_grad_(False)
        sizes, count = base.config, len(self.sliders)
        if config.layer_groups > base.num_layers:
            raise SettingsError(f"expected at most {base.num_layers} groups of layers, got {config.layer_groups}")
        self.columns = nn.Parameter(torch.zeros(first_layer_width(sizes), count))
        if config.edit_latent:
            self.latent_editor = Editor(sizes.w_dim + count, count, config.hidden, sizes.z_dim)
        if config.edit_w:
            self.w_editor = Editor(sizes.w_dim + count, count, config.hidden, config.layer_groups * sizes.w_dim)
        self.register_buffer("directions", torch.zeros(count, sizes.z_dim))
        self.readout = Readout(sizes.w_dim, list(self.sliders.values()), config.readout_hidden)
        self.readout.requires_grad_(False)

    @property
    def z_dim(self) -> int:
        """Length of z."""
        return self.base.config.z_dim

    @property
    def resolution(self) -> int:
        """Side of an image in pixels."""
        return self.base.config.resolution

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return self.columns.device

    def frozen_reasons(self) -> dict[str, str]:
        """What fine-tuning leaves as it is, and why."""
        return dict(FROZEN)

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
        values = self.readout(self._truncated(self.base.mapping(z), truncation_psi))
        return dict(zip(self.sliders, values.unbind(dim=1), strict=True))

    @torch.no_grad()
    def edit(
        self, z: Tensor, sliders: Mapping[str, Tensor | float] | None = None, *, truncation_psi: float = 1.0
    ) -> Tensor:
        """Draws faces with some sliders set; the others stay where each face has them.

        Args:
            z: `(B, z_dim)`, usually from N(0, I).
            sliders: Slider name to one value, or one per face `(B,)`.
            truncation_psi: 1 for the full spread, 0 for the average face.

        Returns:
            RGB images `(B, 3, R, R)`, float, made for [-1, 1], not clamped.

        Raises:
            SettingsError: A name is unknown or a value is out of range; the message lists the sliders.
        """
        wanted = slider_tensor(self.sliders, sliders or {}, len(z), z.device)
        image: Tensor = self.base.synthesis(self.edited_ws(z, wanted, truncation_psi))
        return image

    def forward(self, z: Tensor, attributes: Tensor, truncation_psi: float | Tensor = 1.0) -> Tensor:
        """Draws faces: G(z, a).

        Args:
            z: `(B, z_dim)`.
            attributes: `(B, K)`, NaN for a slider that stays.
            truncation_psi: One for all, or `(B, 1)`.

        Returns:
            RGB images `(B, 3, R, R)`.
        """
        image: Tensor = self.base.synthesis(self.edited_ws(z, attributes, truncation_psi))
        return image

    def edited_ws(self, z: Tensor, attributes: Tensor, truncation_psi: float | Tensor = 1.0) -> Tensor:
        """The ws that the synthesis draws, `(B, L, w_dim)`; arguments as for `forward`."""
        return self.edits(z, attributes, truncation_psi)["ws"]

    def edits(self, z: Tensor, attributes: Tensor, truncation_psi: float | Tensor = 1.0) -> dict[str, Tensor]:
        """The ws and the moves that lead to them, which the training keeps small.

        Truncation pulls the face towards the average and leaves the move as long as it is: a slider keeps its range.

        Returns:
            `ws` `(B, L, w_dim)`, `w` `(B, w_dim)` of the truncated face, `z_move` `(B, z_dim)` in units of the normed z,
            `w_move` `(B, groups, w_dim)`.
        """
        with torch.no_grad():
            plain = self.base.mapping(z)
            w = self._truncated(plain, truncation_psi)
            levels = self.readout.levels(w)
            start = levels.clamp(-self.readout.end, self.readout.end)
        move = self.readout.levels_of(attributes) - start
        move = torch.where(move.isnan(), 0.0, move)
        face = torch.cat([(w - self.readout.center) / self.readout.scale, levels.clamp(-_FAR, _FAR)], dim=1)
        z_move = self.latent_editor(face, start, move) if self.config.edit_latent else torch.zeros_like(z)
        beside = w.new_zeros(len(w), self.config.layer_groups, w.shape[1])
        if self.config.edit_w:
            offset = self.w_editor(face, start, move).unflatten(1, (self.config.layer_groups, -1))
            beside = offset * self.readout.scale
        if self.directions.any() and self.config.refine_steps:
            z_move = z_move + self._refinement(z, z_move.detach(), move, w + beside.detach().mean(dim=1), plain, levels)
        w_move = (self.mapped(z, z_move, move) - plain).unsqueeze(1).expand_as(beside)
        group = torch.arange(self.base.num_layers, device=z.device) * self.config.layer_groups // self.base.num_layers
        ws = w.unsqueeze(1) + (w_move + beside)[:, group]
        return {"ws": ws, "w": w, "z_move": z_move, "w_move": beside}

    def _refinement(self, z: Tensor, z_move: Tensor, move: Tensor, w: Tensor, plain: Tensor, levels: Tensor) -> Tensor:
        """What Newton's method adds to an offset of z, `(B, z_dim)`; nothing for faces whose sliders are not moved.

        Each face goes its own way and stops by itself: what is drawn beside it changes nothing.

        Args:
            z: `(B, z_dim)`.
            z_move: The editor's offset `(B, z_dim)`.
            move: The appended elements `(B, K)`.
            w: The face with the w editor's offset `(B, w_dim)`.
            plain: What the pretrained mapping network makes of z `(B, w_dim)`.
            levels: Levels of the unedited face `(B, K)`.
        """
        # Also inside inference mode gradients are needed here, of copies that don't come from it.
        with torch.inference_mode(False), torch.enable_grad(), torch.autocast(z.device.type, enabled=False):
            z, z_move, move, w, plain, levels = (
                value.detach().clone().float() for value in (z, z_move, move, w, plain, levels)
            )
            end, directions = self.readout.end.clone(), self.directions.clone()
            goal, count = levels.clamp(-end, end) + move, len(self.sliders)
            local, mean = (torch.tensor(shares, device=z.device)[:, None, None] for shares in (_LOCAL, _GLOBAL))
            faces = torch.arange(len(z), device=z.device)

            def reached(amounts: Tensor) -> Tensor:
                """Levels `(F, B, K)` after amounts `(F, B, K)` of the directions."""
                many = len(amounts)
                offsets = z_move + amounts @ directions
                mapped = self.mapped(z.repeat(many, 1), offsets.flatten(0, 1), move.repeat(many, 1))
                return self.readout.levels(mapped + (w - plain).repeat(many, 1)).reshape(amounts.shape)

            amounts = torch.zeros_like(move)
            for _ in range(self.config.refine_steps):
                here = amounts.expand(count, -1, -1).clone().requires_grad_(True)
                there = reached(here)
                (rows,) = torch.autograd.grad(there.diagonal(dim1=0, dim2=2).sum(), here)
                with torch.no_grad():
                    gap = _gap(there[0], levels, goal, move, end)
                    step = _newton_step(rows.transpose(0, 1), gap)
                    ways = amounts + torch.cat([local * _held(step, directions), mean * _held(gap, directions)])
                    left = _gap(reached(ways), levels, goal, move, end)
                    costs = left.square().sum(dim=2) + _LENGTH * (ways @ directions).square().sum(dim=2)
                    chosen = costs.argmin(dim=0).where(gap.abs().amax(dim=1) >= _CLOSE, 0)
                    amounts = ways[chosen, faces]
                    # Who found no step better than none will find none, and who is there stays there.
                    on_the_way = (chosen != 0) & (left[chosen, faces].abs().amax(dim=1) >= _CLOSE)
                if not on_the_way.any():
                    break
            return (amounts @ directions) * (move != 0.0).any(dim=1, keepdim=True)

    def mapped(self, z: Tensor, z_move: Tensor, move: Tensor) -> Tensor:
        """Maps an edited latent by the pretrained mapping network with the new input columns.

        Args:
            z: `(B, z_dim)`.
            z_move: Offset of the normed z `(B, z_dim)`.
            move: The appended elements `(B, K)`.

        Returns:
            w `(B, w_dim)`.
        """
        network = self.base.mapping
        # The norm is taken once more after the move, so that the editor cannot leave the sphere that faces lie on; as a
        # difference, so that no move is no change to the last bit.
        normed = pixel_norm(z)
        x = normed + (pixel_norm(normed + z_move) - pixel_norm(normed))
        # A column apart from the matrix, and not a wider matrix: sums then run in the pretrained order, to the last bit.
        x = leaky_relu(network.get_submodule("dense0")(x) + move @ self.columns.T)
        for index in range(1, network.num_layers):
            x = leaky_relu(network.get_submodule(f"dense{index}")(x))
        return x

    def _truncated(self, w: Tensor, psi: float | Tensor) -> Tensor:
        if isinstance(psi, float | int) and psi == 1.0:
            return w
        average = self.base.truncation.w_avg
        return average + (w - average) * psi

    def save_pretrained(self, folder: str | Path) -> Path:
        """Writes the model into a folder, which also opens as the plain base generator.

        Args:
            folder: Made where it is missing. Gets `config.json`, `generator.safetensors`, `sliders.safetensors` and, where
                there is a normalisation, `normalization.json`.

        Returns:
            The folder.
        """
        content = {
            "base": self.base_name,
            "sliders": [slider.to_dict() for slider in self.sliders.values()],
            **asdict(self.config),
        }
        return save_beside_generator(self, self.base, self.normalizer, folder, SLIDERS_FILE, (KEY, content))

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
        folder = Path(folder)
        base = generator_from_pretrained(folder)
        config = read_conditional_config(folder)
        weights, normalization = folder / SLIDERS_FILE, folder / NORMALIZATION_FILE
        try:
            sliders = {entry["name"]: Slider(**entry) for entry in config.pop("sliders")}
            base_name = str(config.pop("base"))
            model = cls(base, sliders, ConditionalConfig(**config), base_name=base_name)
            state = load_file(weights, device="cpu")
        except (KeyError, TypeError, SettingsError) as error:
            raise ModelError(f"{folder / CONFIG_FILE} is damaged ({error}); save the model again") from error
        except (SafetensorError, OSError) as error:
            raise ModelError(f"expected the sliders' weights at {weights}, cannot read them ({error})") from error
        model.load_sliders(state, weights)
        if normalization.exists():
            model.normalizer = Normalizer.load(normalization)
        return model.eval().to(device)

    def load_sliders(self, state: Mapping[str, Tensor], source: str | Path) -> None:
        """Takes over the entries of `sliders.safetensors`, all of them and no others.

        Raises:
            ModelError: Entries are missing, unknown or of another shape.
        """
        base = {f"base.{name}": value for name, value in self.base.state_dict().items()}
        try:
            self.load_state_dict({**base, **state}, strict=True)
        except RuntimeError as error:
            raise ModelError(
                f"{source} does not fit the model's config.json ({error}); save the model again"
            ) from error


def _gap(reached: Tensor, levels: Tensor, goal: Tensor, move: Tensor, end: Tensor) -> Tensor:
    """How far levels `(B, K)` are from where they should be; beyond the ends nothing changes for those that stay."""
    kept = levels.clamp(-end, end) - reached.clamp(-end, end)
    return torch.where(move != 0.0, goal - reached, kept)


def _newton_step(jacobian: Tensor, gap: Tensor) -> Tensor:
    """The step `(B, K)` that closes a gap `(B, K)` to first order, damped (Marquardt 1963).

    Args:
        jacobian: Of levels by amounts `(B, K, K)`.
        gap: `(B, K)`.
    """
    gram = jacobian @ jacobian.transpose(1, 2)
    damping = _DAMPING * torch.diag_embed(gram.diagonal(dim1=1, dim2=2).clamp_min(1e-12))
    solved: Tensor = torch.linalg.solve(gram + damping, gap.unsqueeze(2))
    return (jacobian.transpose(1, 2) @ solved).squeeze(2)


def _held(step: Tensor, directions: Tensor) -> Tensor:
    """A step `(B, K)`, no longer than is sensible as an offset of z."""
    held: Tensor = step * (_LONGEST / (step @ directions).norm(dim=1, keepdim=True).clamp_min(_LONGEST))
    return held


def first_layer_width(config: GeneratorConfig) -> int:
    """Outputs of the mapping network's first layer."""
    return config.mapping_dim if config.mapping_layers > 1 else config.w_dim


def is_conditional(folder: str | Path) -> bool:
    """Tells whether a folder holds a generator with sliders of this project's format."""
    return (Path(folder) / SLIDERS_FILE).is_file()


def read_conditional_config(folder: Path) -> dict[str, Any]:
    """The entry of `config.json` that describes the sliders.

    Raises:
        ModelError: There is none.
    """
    path = folder / CONFIG_FILE
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"expected a model with sliders in {folder}, cannot read {path} ({error})") from error
    if not isinstance(config, dict) or not isinstance(config.get(KEY), dict):
        raise ModelError(f"{folder} holds a generator without sliders; ohlora finetune adds them")
    return dict(config[KEY])
