"""Swin-B, the backbone of FaceXFormer, with the layout of the published state dict.

Liu et al., "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows" (2021). Feature maps are kept
channels-last, `(B, H, W, C)`, as the linear layers want them.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WINDOW = 7
DEPTHS = (2, 2, 18, 2)
WIDTHS = (128, 256, 512, 1024)
HEAD_WIDTH = 32
# Added to the logits of pixel pairs that the cyclic shift made neighbours; large enough to vanish in the softmax.
MASKED = -100.0


def split_windows(x: Tensor) -> Tensor:
    """Cut `(B, H, W, C)` into windows `(B, H/7 * W/7, 49, C)`, row by row."""
    batch, height, width, channels = x.shape
    x = x.view(batch, height // WINDOW, WINDOW, width // WINDOW, WINDOW, channels)
    return x.transpose(2, 3).reshape(batch, -1, WINDOW * WINDOW, channels)


def join_windows(windows: Tensor, height: int, width: int) -> Tensor:
    """Undo `split_windows`: `(B, H/7 * W/7, 49, C)` to `(B, H, W, C)`."""
    batch, _, _, channels = windows.shape
    x = windows.view(batch, height // WINDOW, width // WINDOW, WINDOW, WINDOW, channels)
    return x.transpose(2, 3).reshape(batch, height, width, channels)


def relative_position_index() -> Tensor:
    """Row of the bias table for every pixel pair of a window: `(2401,)` int64, 0..168."""
    steps = torch.arange(WINDOW)
    rows, columns = (grid.flatten() for grid in torch.meshgrid(steps, steps, indexing="ij"))
    row_offset = rows[:, None] - rows[None, :] + WINDOW - 1
    column_offset = columns[:, None] - columns[None, :] + WINDOW - 1
    return (row_offset * (2 * WINDOW - 1) + column_offset).flatten()


def shift_mask(height: int, width: int, shift: int, device: torch.device) -> Tensor:
    """Logits that keep pixels apart which only the cyclic shift brought together: `(windows, 1, 49, 49)`, 0 or -100."""

    def bands(length: int) -> Tensor:
        position = torch.arange(length, device=device)
        return (position >= length - WINDOW).long() + (position >= length - shift).long()

    regions = 3 * bands(height)[:, None] + bands(width)[None, :]
    windows = split_windows(regions[None, :, :, None])[0, :, :, 0]
    return (windows[:, None, :, None] != windows[:, None, None, :]).float() * MASKED


class WindowAttention(nn.Module):
    """Self-attention inside windows, with a learned bias for every relative position."""

    def __init__(self, width: int) -> None:
        """Build the layer for `width` channels."""
        super().__init__()
        self.num_heads = width // HEAD_WIDTH
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.relative_position_bias_table = nn.Parameter(torch.zeros((2 * WINDOW - 1) ** 2, self.num_heads))
        nn.init.trunc_normal_(self.relative_position_bias_table, std=0.02)
        self.relative_position_index: Tensor
        self.register_buffer("relative_position_index", relative_position_index())

    def forward(self, windows: Tensor, mask: Tensor | None) -> Tensor:
        """Attend within each window.

        Args:
            windows: `(B, N, 49, C)`.
            mask: `(N, 1, 49, 49)` additive logits, or nothing where windows were not shifted.

        Returns:
            `(B, N, 49, C)`.
        """
        batch, count, pixels, width = windows.shape
        qkv = self.qkv(windows).view(batch, count, pixels, 3, self.num_heads, HEAD_WIDTH)
        query, key, value = qkv.permute(3, 0, 1, 4, 2, 5)  # each (B, N, heads, 49, 32)
        bias = self.relative_position_bias_table[self.relative_position_index].view(pixels, pixels, -1).permute(2, 0, 1)
        logits = (query * HEAD_WIDTH**-0.5) @ key.transpose(-2, -1) + (bias if mask is None else bias + mask)
        mixed = (logits.softmax(dim=-1) @ value).transpose(2, 3).reshape(batch, count, pixels, width)
        return self.proj(mixed)  # type: ignore[no-any-return]


class SwinBlock(nn.Module):
    """Window attention and an MLP, each after a layer norm and with a residual."""

    def __init__(self, width: int, shifted: bool) -> None:
        """Build the block; a shifted one moves the windows by half a window."""
        super().__init__()
        self.shifted = shifted
        self.norm1 = nn.LayerNorm(width)
        self.attn = WindowAttention(width)
        self.norm2 = nn.LayerNorm(width)
        # The published names count a dropout between the activation and the second linear layer.
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Identity(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        """Map `(B, H, W, C)` to the same shape; H and W are multiples of 7."""
        x = x + self._attend(self.norm1(x))
        return x + self.mlp(self.norm2(x))  # type: ignore[no-any-return]

    def _attend(self, x: Tensor) -> Tensor:
        height, width = x.shape[1:3]
        # A map of a single window has nothing to shift into.
        shift = WINDOW // 2 if self.shifted and min(height, width) > WINDOW else 0
        if not shift:
            return join_windows(self.attn(split_windows(x), None), height, width)
        moved = torch.roll(x, (-shift, -shift), dims=(1, 2))
        mask = shift_mask(height, width, shift, x.device)
        moved = join_windows(self.attn(split_windows(moved), mask), height, width)
        return torch.roll(moved, (shift, shift), dims=(1, 2))


class PatchMerging(nn.Module):
    """Halves the resolution and doubles the channels."""

    def __init__(self, width: int) -> None:
        """Build the layer for `width` input channels."""
        super().__init__()
        self.norm = nn.LayerNorm(4 * width)
        self.reduction = nn.Linear(4 * width, 2 * width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map `(B, H, W, C)` to `(B, H/2, W/2, 2C)`."""
        corners = [x[:, 0::2, 0::2], x[:, 1::2, 0::2], x[:, 0::2, 1::2], x[:, 1::2, 1::2]]
        return self.reduction(self.norm(torch.cat(corners, dim=-1)))  # type: ignore[no-any-return]


class ChannelsLast(nn.Module):
    """Moves the channels of `(B, C, H, W)` to the end."""

    def forward(self, x: Tensor) -> Tensor:
        """Return `(B, H, W, C)`."""
        return x.permute(0, 2, 3, 1)


class SwinBackbone(nn.Sequential):
    """The features of Swin-B at four strides.

    Its two children are the feature layers and the closing layer norm. FaceXFormer reads the four stages and not the
    norm's output, so the norm only holds its published weights.
    """

    def __init__(self) -> None:
        """Build the backbone with random weights."""
        patches = nn.Sequential(nn.Conv2d(3, WIDTHS[0], 4, stride=4), ChannelsLast(), nn.LayerNorm(WIDTHS[0]))
        layers: list[nn.Module] = [patches]
        for stage, (depth, width) in enumerate(zip(DEPTHS, WIDTHS, strict=True)):
            if stage:
                layers.append(PatchMerging(WIDTHS[stage - 1]))
            layers.append(nn.Sequential(*(SwinBlock(width, shifted=index % 2 == 1) for index in range(depth))))
        super().__init__(nn.Sequential(*layers), nn.LayerNorm(WIDTHS[-1]))

    def stages(self, images: Tensor) -> list[Tensor]:
        """Map `(B, 3, 224, 224)` to four maps `(B, H, W, C)`: 56x56x128, 28x28x256, 14x14x512, 7x7x1024."""
        outputs: list[Tensor] = []
        x = images
        for index, layer in enumerate(self[0].children()):
            x = layer(x)
            if index % 2:
                outputs.append(x)
        return outputs


def fuse_scale(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Put a channels-last map `(B, h, w, C)` on a grid of `size`, bilinearly, as `(B, C, H, W)`."""
    return F.interpolate(x.permute(0, 3, 1, 2), size=size, mode="bilinear", align_corners=False)
