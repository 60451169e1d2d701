"""FaceXFormer's decoder: the learned tokens, the transformer and one head for each task."""

from collections.abc import Collection
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from segmentation.classes import NUM_CLASSES
from segmentation.facexformer.transformer import WIDTH, TwoWayTransformer
from segmentation.heads import SEGMENTATION


@dataclass(frozen=True)
class TokenHead:
    """A head that reads one token.

    Attributes:
        name: What this project calls the head.
        stem: What the published state dict calls it.
        size: Number of outputs.
    """

    name: str
    stem: str
    size: int


# In the order of the tokens; the mask tokens follow.
TOKEN_HEADS = (
    TokenHead("landmarks", "landmarks", 136),
    TokenHead("headpose", "pose", 3),
    TokenHead("attributes", "attribute", 40),
    TokenHead("visibility", "visibility", 29),
    TokenHead("age", "age", 8),
    TokenHead("gender", "gender", 2),
    TokenHead("race", "race", 5),
)


class Mlp(nn.Module):
    """Three linear layers of width 256 with ReLU between them."""

    def __init__(self, size: int) -> None:
        """Build the layers for `size` outputs."""
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, size)])

    def forward(self, x: Tensor) -> Tensor:
        """Map `(..., 256)` to `(..., size)`."""
        first, second, last = self.layers
        return last(F.relu(second(F.relu(first(x)))))  # type: ignore[no-any-return]


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of `(B, C, H, W)`."""

    def forward(self, x: Tensor) -> Tensor:
        """Normalise every pixel's channels."""
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class FaceDecoder(nn.Module):
    """Tokens in, one output for each head that is asked for."""

    def __init__(self) -> None:
        """Build the decoder with random weights."""
        super().__init__()
        self.transformer = TwoWayTransformer()
        for head in TOKEN_HEADS:
            self.add_module(f"{head.stem}_token", nn.Embedding(1, WIDTH))
            self.add_module(f"{head.stem}_prediction_head", Mlp(head.size))
        self.mask_tokens = nn.Embedding(NUM_CLASSES, WIDTH)
        self.output_upscaling = nn.Sequential(
            nn.ConvTranspose2d(WIDTH, 64, 2, stride=2),
            ChannelNorm(64, eps=1e-6),
            nn.GELU(),
            nn.ConvTranspose2d(64, 32, 2, stride=2),
            nn.GELU(),
        )
        self.output_hypernetwork_mlps = Mlp(32)

    def forward(self, image: Tensor, image_code: Tensor, heads: Collection[str]) -> dict[str, Tensor]:
        """Decode an image.

        All tokens pass through the transformer whatever is asked for, because they attend to each other; the heads, and
        the up-sampling that only the label map needs, run on request.

        Args:
            image: `(B, 256, 56, 56)` fused features.
            image_code: `(1, 3136, 256)` position code.
            heads: Names from `segmentation.heads.HEAD_NAMES`.

        Returns:
            The raw output of each head: `segmentation` `(B, 11, 224, 224)`, the others `(B, size)`.
        """
        batch, _, height, width = image.shape
        learned = [self.get_submodule(f"{head.stem}_token").weight for head in TOKEN_HEADS] + [self.mask_tokens.weight]
        tokens = torch.cat(learned).expand(batch, -1, -1)  # type: ignore[arg-type]
        tokens, pixels = self.transformer(tokens, image.flatten(2).transpose(1, 2), image_code)
        outputs = {
            head.name: self.get_submodule(f"{head.stem}_prediction_head")(tokens[:, index])
            for index, head in enumerate(TOKEN_HEADS)
            if head.name in heads
        }
        if SEGMENTATION in heads:
            grid = pixels.transpose(1, 2).unflatten(2, (height, width))
            outputs[SEGMENTATION] = self._label(grid, tokens[:, len(TOKEN_HEADS) :])
        return outputs

    def _label(self, grid: Tensor, mask_tokens: Tensor) -> Tensor:
        """Class logits: each mask token becomes a filter over the up-sampled image."""
        filters = self.output_hypernetwork_mlps(mask_tokens)  # (B, 11, 32)
        return torch.einsum("bnc,bchw->bnhw", filters, self.output_upscaling(grid))
