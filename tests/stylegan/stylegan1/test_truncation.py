import torch

from stylegan.stylegan1.truncation import Truncation


def truncation() -> Truncation:
    module = Truncation(w_dim=2, num_layers=3)
    module.load_state_dict({"w_avg": torch.tensor([1.0, 2.0])})
    return module


def test_w_moves_towards_the_average_of_the_module() -> None:
    ws = truncation()(torch.tensor([[3.0, 4.0]]), 0.5, 2)
    # (1, 2) + ((3, 4) - (1, 2)) * 0.5
    assert torch.equal(ws, torch.tensor([[[2.0, 3.0], [2.0, 3.0], [3.0, 4.0]]]))


def test_update_follows_the_batch_mean() -> None:
    module = truncation()
    module.update(torch.tensor([[2.0, 0.0], [4.0, 0.0]]))
    # 0.995 * (1, 2) + 0.005 * (3, 0)
    torch.testing.assert_close(module.w_avg, torch.tensor([1.01, 1.99]))
    assert not module.w_avg.requires_grad
