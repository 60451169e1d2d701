"""The proposal, refinement and output networks of MTCNN, with the layer names of the published weights.

Zhang et al., "Joint Face Detection and Alignment Using Multitask Cascaded Convolutional Networks" (2016). Inputs are RGB
pixels scaled to (x - 127.5) / 128.
"""

import torch.nn.functional as F
from torch import Tensor, nn


def _pool(x: Tensor, kernel: int) -> Tensor:
    # Ceil mode keeps the last partial window, as the framework did in which the weights were trained.
    return F.max_pool2d(x, kernel, stride=2, ceil_mode=True)


def _flatten(x: Tensor) -> Tensor:
    # The published dense layers expect the axes in the order width, height, channel.
    return x.permute(0, 3, 2, 1).flatten(1)


class ProposalNetwork(nn.Module):
    """Fully convolutional: a face probability and a box correction for every cell of 12x12 pixels, 2 pixels apart."""

    def __init__(self) -> None:
        """Build the network with random weights."""
        super().__init__()
        self.conv1 = nn.Conv2d(3, 10, 3)
        self.prelu1 = nn.PReLU(10)
        self.conv2 = nn.Conv2d(10, 16, 3)
        self.prelu2 = nn.PReLU(16)
        self.conv3 = nn.Conv2d(16, 32, 3)
        self.prelu3 = nn.PReLU(32)
        self.conv4_1 = nn.Conv2d(32, 2, 1)
        self.conv4_2 = nn.Conv2d(32, 4, 1)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Map `(B, 3, H, W)` to probabilities `(B, h, w)` and corrections `(B, 4, h, w)` in units of the cell."""
        x = _pool(self.prelu1(self.conv1(images)), 2)
        x = self.prelu2(self.conv2(x))
        x = self.prelu3(self.conv3(x))
        return self.conv4_1(x).softmax(1)[:, 1], self.conv4_2(x)


class RefinementNetwork(nn.Module):
    """Judges crops of 24x24 pixels."""

    def __init__(self) -> None:
        """Build the network with random weights."""
        super().__init__()
        self.conv1 = nn.Conv2d(3, 28, 3)
        self.prelu1 = nn.PReLU(28)
        self.conv2 = nn.Conv2d(28, 48, 3)
        self.prelu2 = nn.PReLU(48)
        self.conv3 = nn.Conv2d(48, 64, 2)
        self.prelu3 = nn.PReLU(64)
        self.dense4 = nn.Linear(576, 128)
        self.prelu4 = nn.PReLU(128)
        self.dense5_1 = nn.Linear(128, 2)
        self.dense5_2 = nn.Linear(128, 4)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Map `(N, 3, 24, 24)` to probabilities `(N,)` and corrections `(N, 4)` in units of the box."""
        x = _pool(self.prelu1(self.conv1(crops)), 3)
        x = _pool(self.prelu2(self.conv2(x)), 3)
        x = self.prelu3(self.conv3(x))
        x = self.prelu4(self.dense4(_flatten(x)))
        return self.dense5_1(x).softmax(1)[:, 1], self.dense5_2(x)


class OutputNetwork(nn.Module):
    """Judges crops of 48x48 pixels and finds five landmarks."""

    def __init__(self) -> None:
        """Build the network with random weights."""
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3)
        self.prelu1 = nn.PReLU(32)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.prelu2 = nn.PReLU(64)
        self.conv3 = nn.Conv2d(64, 64, 3)
        self.prelu3 = nn.PReLU(64)
        self.conv4 = nn.Conv2d(64, 128, 2)
        self.prelu4 = nn.PReLU(128)
        self.dense5 = nn.Linear(1152, 256)
        self.prelu5 = nn.PReLU(256)
        self.dense6_1 = nn.Linear(256, 2)
        self.dense6_2 = nn.Linear(256, 4)
        self.dense6_3 = nn.Linear(256, 10)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map `(N, 3, 48, 48)` to probabilities `(N,)`, corrections `(N, 4)` and landmarks `(N, 5, 2)` in box units."""
        x = _pool(self.prelu1(self.conv1(crops)), 3)
        x = _pool(self.prelu2(self.conv2(x)), 3)
        x = _pool(self.prelu3(self.conv3(x)), 2)
        x = self.prelu4(self.conv4(x))
        x = self.prelu5(self.dense5(_flatten(x)))
        # Five x come before five y.
        landmarks = self.dense6_3(x).view(-1, 2, 5).transpose(1, 2)
        return self.dense6_1(x).softmax(1)[:, 1], self.dense6_2(x), landmarks
