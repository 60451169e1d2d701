import torch

from segmentation.facexformer.backbone import (
    PatchMerging,
    SwinBackbone,
    join_windows,
    relative_position_index,
    shift_mask,
    split_windows,
)


def test_windows_by_hand():
    x = torch.arange(14 * 14.0).view(1, 14, 14, 1)
    windows = split_windows(x)
    assert windows.shape == (1, 4, 49, 1)
    # The second window starts in row 0, column 7; its second row is row 1, column 7.
    assert windows[0, 1, 0, 0] == 7
    assert windows[0, 1, 7, 0] == 14 + 7
    assert windows[0, 2, 0, 0] == 7 * 14


def test_windows_round_trip():
    x = torch.randn(2, 21, 14, 5)
    assert torch.equal(join_windows(split_windows(x), 21, 14), x)


def test_relative_positions_by_hand():
    index = relative_position_index().view(49, 49)
    # Offsets run from -6 to 6 in rows and columns: no offset is the middle, 6 * 13 + 6 = 84.
    assert (index.diagonal() == 84).all()
    assert index[0, 48] == 0
    assert index[48, 0] == 168
    assert index[0, 1] == 83  # one column to the left
    assert index[0, 7] == 84 - 13  # one row up


def test_shift_mask_separates_what_was_apart():
    mask = shift_mask(14, 14, 3, torch.device("cpu"))
    assert mask.shape == (4, 1, 49, 49)
    assert not mask[0].any()
    # The last window holds four regions: after the shift its rows and columns 4..6 came from the other side.
    last = mask[3, 0]
    assert last[0, 3 * 7 + 3] == 0
    assert last[0, 4 * 7] == -100
    assert last[0, 4] == -100
    assert last[4 * 7 + 4, 6 * 7 + 6] == 0
    assert torch.equal(last, last.T)


def test_merging_halves_and_doubles():
    assert PatchMerging(8)(torch.zeros(1, 4, 6, 8)).shape == (1, 2, 3, 16)


def test_stage_shapes():
    with torch.device("meta"):
        stages = SwinBackbone().stages(torch.zeros(2, 3, 224, 224))
    assert [tuple(stage.shape) for stage in stages] == [
        (2, 56, 56, 128),
        (2, 28, 28, 256),
        (2, 14, 14, 512),
        (2, 7, 7, 1024),
    ]
