"""The two-way transformer between task tokens and image tokens.

Kirillov et al., "Segment Anything" (2023), appendix A, with the settings of FaceXFormer: two blocks of width 256, eight
heads, and cross-attention at half the width.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTH = 256
HEADS = 8
MLP_WIDTH = 2048
DEPTH = 2


class FourierPosition(nn.Module):
    """Position code of pixel centres from random frequencies (Tancik et al., "Fourier Features", 2020)."""

    def __init__(self) -> None:
        """Draw the frequencies."""
        super().__init__()
        self.positional_encoding_gaussian_matrix: Tensor
        self.register_buffer("positional_encoding_gaussian_matrix", torch.randn(2, WIDTH // 2))

    def forward(self, height: int, width: int) -> Tensor:
        """Return `(1, H * W, 256)`: sines, then cosines, of the centre of every pixel in [-1, 1] by x and y."""
        frequencies = self.positional_encoding_gaussian_matrix
        y = (torch.arange(height, device=frequencies.device) + 0.5) / height * 2 - 1
        x = (torch.arange(width, device=frequencies.device) + 0.5) / width * 2 - 1
        # Products and sums instead of a matrix product, which autocast would round: phases reach many turns.
        turns = x[None, :, None] * frequencies[0] + y[:, None, None] * frequencies[1]
        phase = (2 * math.pi * turns).view(1, height * width, -1)
        return torch.cat([phase.sin(), phase.cos()], dim=-1)


class Attention(nn.Module):
    """Multi-head attention whose inner width may be smaller than its outer one."""

    def __init__(self, inner_width: int) -> None:
        """Build the layer."""
        super().__init__()
        self.q_proj = nn.Linear(WIDTH, inner_width)
        self.k_proj = nn.Linear(WIDTH, inner_width)
        self.v_proj = nn.Linear(WIDTH, inner_width)
        self.out_proj = nn.Linear(inner_width, WIDTH)

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Attend from `(B, N, 256)` to `(B, M, 256)`; returns `(B, N, 256)`."""
        heads = (
            projection(x).unflatten(-1, (HEADS, -1)).transpose(1, 2)
            for projection, x in ((self.q_proj, query), (self.k_proj, key), (self.v_proj, value))
        )
        mixed = F.scaled_dot_product_attention(*heads)
        return self.out_proj(mixed.transpose(1, 2).flatten(2))  # type: ignore[no-any-return]


class TokenMlp(nn.Module):
    """The two linear layers of a block, with ReLU."""

    def __init__(self) -> None:
        """Build the layers."""
        super().__init__()
        self.lin1 = nn.Linear(WIDTH, MLP_WIDTH)
        self.lin2 = nn.Linear(MLP_WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Map `(B, N, 256)` to the same shape."""
        return self.lin2(F.relu(self.lin1(x)))  # type: ignore[no-any-return]


class TwoWayBlock(nn.Module):
    """Tokens attend to themselves and to the image, then the image attends to the tokens."""

    def __init__(self, first: bool) -> None:
        """Build the block; in the first one, self-attention replaces the tokens instead of adding to them."""
        super().__init__()
        self.first = first
        self.self_attn = Attention(WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH)
        self.cross_attn_token_to_image = Attention(WIDTH // 2)
        self.norm2 = nn.LayerNorm(WIDTH)
        self.mlp = TokenMlp()
        self.norm3 = nn.LayerNorm(WIDTH)
        self.norm4 = nn.LayerNorm(WIDTH)
        self.cross_attn_image_to_token = Attention(WIDTH // 2)

    def forward(self, tokens: Tensor, image: Tensor, token_code: Tensor, image_code: Tensor) -> tuple[Tensor, Tensor]:
        """Exchange between tokens and image.

        Args:
            tokens: `(B, N, 256)`.
            image: `(B, H * W, 256)`.
            token_code: `(B, N, 256)`, the learned tokens, which serve as their own position code.
            image_code: `(1, H * W, 256)` position code of the image.

        Returns:
            Tokens and image, of the shapes that came in.
        """
        if self.first:
            tokens = self.self_attn(tokens, tokens, tokens)
        else:
            placed = tokens + token_code
            tokens = tokens + self.self_attn(placed, placed, tokens)
        tokens = self.norm1(tokens)
        tokens = self.norm2(tokens + self.cross_attn_token_to_image(tokens + token_code, image + image_code, image))
        tokens = self.norm3(tokens + self.mlp(tokens))
        image = self.norm4(image + self.cross_attn_image_to_token(image + image_code, tokens + token_code, tokens))
        return tokens, image


class TwoWayTransformer(nn.Module):
    """The blocks, and a closing attention from tokens to image."""

    def __init__(self) -> None:
        """Build the transformer."""
        super().__init__()
        self.layers = nn.ModuleList(TwoWayBlock(first=index == 0) for index in range(DEPTH))
        self.final_attn_token_to_image = Attention(WIDTH // 2)
        self.norm_final_attn = nn.LayerNorm(WIDTH)

    def forward(self, tokens: Tensor, image: Tensor, image_code: Tensor) -> tuple[Tensor, Tensor]:
        """Map tokens `(B, N, 256)` and image `(B, H * W, 256)` to the same shapes."""
        token_code = tokens
        for block in self.layers:
            tokens, image = block(tokens, image, token_code, image_code)
        looked = self.final_attn_token_to_image(tokens + token_code, image + image_code, image)
        return self.norm_final_attn(tokens + looked), image
