"""FaceXFormer: the backbone's four scales, fused, and the decoder over them."""

from collections.abc import Collection
from pathlib import Path

import torch
from torch import Tensor, nn

from segmentation.checkpoints import load_strictly, read_checkpoint
from segmentation.errors import CheckpointError, ImageInputError, MissingModelError
from segmentation.facexformer.backbone import WIDTHS, SwinBackbone, fuse_scale
from segmentation.facexformer.heads import FaceDecoder
from segmentation.facexformer.transformer import WIDTH, FourierPosition
from segmentation.heads import HEAD_NAMES, check_heads

IMAGE_SIZE = 224
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
CHECKPOINT_KEY = "state_dict_backbone"


class ScaleProjection(nn.Module):
    """Projects one scale of the backbone to the decoder's width."""

    def __init__(self, channels: int) -> None:
        """Build the projection."""
        super().__init__()
        self.proj = nn.Linear(channels, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Map `(B, H, W, C)` to `(B, H, W, 256)`."""
        return self.proj(x)  # type: ignore[no-any-return]


class FaceXFormer(nn.Module):
    """The network with the published state dict: 505 entries, 92.0 M parameters.

    Narayan et al., "FaceXFormer: A Unified Transformer for Facial Analysis" (2024).
    """

    def __init__(self) -> None:
        """Build the network with random weights; nothing is downloaded."""
        super().__init__()
        self.backbone = SwinBackbone()
        self.pe_layer = FourierPosition()
        self.face_decoder = FaceDecoder()
        self.linear_c = nn.ModuleList(ScaleProjection(channels) for channels in WIDTHS)
        self.linear_fuse = nn.Conv2d(len(WIDTHS) * WIDTH, WIDTH, 1, bias=False)

    def forward(self, images: Tensor, heads: Collection[str] = HEAD_NAMES) -> dict[str, Tensor]:
        """Compute the heads that are asked for.

        Args:
            images: `(B, 3, 224, 224)` float, RGB, normalised with ImageNet's mean and deviation (`normalize`).
            heads: Any of `segmentation`, `landmarks`, `headpose`, `attributes`, `visibility`, `age`, `gender`, `race`.

        Returns:
            Raw outputs. `segmentation`: `(B, 11, 224, 224)` logits in the order of `segmentation.classes`; `landmarks`:
            `(B, 136)`, 68 pairs x, y in [-1, 1] over the crop; `headpose`: `(B, 3)` pitch, yaw, roll in radians;
            `attributes`: `(B, 40)` logits; `visibility`: `(B, 29)` logits, high = occluded; `age`, `gender`, `race`:
            `(B, 8)`, `(B, 2)`, `(B, 5)` logits, see `segmentation.facexformer.labels`.

        Raises:
            ImageInputError: The images have another shape.
            SegmentationError: A head is unknown.
        """
        check_heads(heads)
        if images.ndim != 4 or tuple(images.shape[1:]) != (3, IMAGE_SIZE, IMAGE_SIZE):
            raise ImageInputError(
                f"expected images of shape (B, 3, {IMAGE_SIZE}, {IMAGE_SIZE}), got {tuple(images.shape)}; resize them first"
            )
        fused = self.fuse(self.backbone.stages(images))
        return self.face_decoder(fused, self.pe_layer(*fused.shape[2:]), heads)  # type: ignore[no-any-return]

    def fuse(self, stages: list[Tensor]) -> Tensor:
        """One map `(B, 256, 56, 56)` from the four stages."""
        height, width = stages[0].shape[1:3]
        maps = [
            fuse_scale(project(stage), (height, width)) for project, stage in zip(self.linear_c, stages, strict=True)
        ]
        return self.linear_fuse(torch.cat(maps[::-1], dim=1))  # type: ignore[no-any-return]


def normalize(images: Tensor) -> Tensor:
    """Map `(B, 3, H, W)` RGB in [0, 1] to the scale that the network was trained on."""
    mean = images.new_tensor(IMAGENET_MEAN).view(1, 3, 1, 1)
    std = images.new_tensor(IMAGENET_STD).view(1, 3, 1, 1)
    return (images - mean) / std


def build_facexformer(checkpoint: str | Path) -> FaceXFormer:
    """Build FaceXFormer with its published weights, in evaluation mode.

    Args:
        checkpoint: The published `model.pt`, under any name.

    Raises:
        MissingModelError: There is no such file.
        CheckpointError: The file does not hold FaceXFormer's weights.
    """
    path = Path(checkpoint)
    if not path.is_file():
        raise MissingModelError(f"expected FaceXFormer's checkpoint at {path}, found no such file")
    content = read_checkpoint(path)
    state = content.get(CHECKPOINT_KEY, content)
    if not isinstance(state, dict):
        raise CheckpointError(f"{path}: expected a state dict under {CHECKPOINT_KEY}, got {type(state).__name__}")
    # On the meta device no time goes into random weights that are replaced at once.
    with torch.device("meta"):
        network = FaceXFormer()
    load_strictly(network, state, path, assign=True)
    return network.float().eval()
