import torch

from segmentation.facexformer.heads import ChannelNorm, FaceDecoder, Mlp


def test_mlp_is_relu_between_linear_layers():
    mlp = Mlp(2)
    with torch.no_grad():
        for layer in mlp.layers:
            layer.weight.zero_()
            layer.bias.zero_()
        mlp.layers[0].bias[:2] = torch.tensor([3.0, -3.0])
        mlp.layers[1].weight[0, 0] = 2.0  # 2 * relu(3)
        mlp.layers[1].weight[1, 1] = 2.0  # 2 * relu(-3)
        mlp.layers[2].weight[0, 0] = mlp.layers[2].weight[1, 1] = -1.0
        assert mlp(torch.zeros(1, 256)).tolist() == [[-6.0, 0.0]]


def test_channel_norm_works_on_each_pixel():
    norm = ChannelNorm(2, eps=0.0)
    # Channels (1, 3) have mean 2 and deviation 1.
    x = torch.tensor([1.0, 3.0]).view(1, 2, 1, 1).expand(1, 2, 3, 4)
    torch.testing.assert_close(norm(x)[0, :, 2, 3], torch.tensor([-1.0, 1.0]))


def test_only_the_heads_that_are_asked_for_run():
    decoder = FaceDecoder()
    ran = []
    for name, module in decoder.named_children():
        module.register_forward_hook(lambda *_, name=name: ran.append(name))
    outputs = decoder(torch.randn(1, 256, 8, 8), torch.randn(1, 64, 256), ("age", "gender"))
    assert {name: tuple(value.shape) for name, value in outputs.items()} == {"age": (1, 8), "gender": (1, 2)}
    assert ran == ["transformer", "age_prediction_head", "gender_prediction_head"]


def test_label_maps_are_four_times_as_large():
    outputs = FaceDecoder()(torch.randn(1, 256, 4, 4), torch.randn(1, 16, 256), ("segmentation",))
    assert outputs["segmentation"].shape == (1, 11, 16, 16)
