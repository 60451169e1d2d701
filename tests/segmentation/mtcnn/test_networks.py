import torch

from segmentation.mtcnn.networks import OutputNetwork, ProposalNetwork, RefinementNetwork, _flatten, _pool


def test_proposals_are_two_pixels_apart():
    # 30 -> 28 -> 14 -> 12 -> 10 and 13 -> 11 -> 6 (the last pool is partial) -> 4 -> 2.
    probabilities, corrections = ProposalNetwork()(torch.zeros(2, 3, 30, 13))
    assert probabilities.shape == (2, 10, 2)
    assert corrections.shape == (2, 4, 10, 2)


def test_crop_networks():
    assert [tuple(x.shape) for x in RefinementNetwork()(torch.zeros(5, 3, 24, 24))] == [(5,), (5, 4)]
    assert [tuple(x.shape) for x in OutputNetwork()(torch.zeros(5, 3, 48, 48))] == [(5,), (5, 4), (5, 5, 2)]


def test_landmarks_are_five_x_then_five_y():
    network = OutputNetwork()
    with torch.no_grad():
        network.dense6_3.weight.zero_()
        network.dense6_3.bias.copy_(torch.arange(10.0))
        landmarks = network(torch.zeros(1, 3, 48, 48))[2]
    assert landmarks[0].tolist() == [[0, 5], [1, 6], [2, 7], [3, 8], [4, 9]]


def test_flattening_order_is_width_height_channel():
    x = torch.arange(12.0).view(1, 3, 2, 2)  # channel, height, width
    assert _flatten(x)[0].tolist() == [0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11]


def test_pooling_keeps_the_last_partial_window():
    assert _pool(torch.arange(5.0).view(1, 1, 1, 5).expand(1, 1, 5, 5), 2)[0, 0, 0].tolist() == [1, 3, 4]
