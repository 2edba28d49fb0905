import torch
from torch import nn

from models.train.groupnorm import hasten


def test_values_and_gradients_are_those_of_torch() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.GroupNorm(4, 16))
    for weight in model.parameters():
        nn.init.normal_(weight)
    start = torch.randn(2, 16, 6, 5).to(memory_format=torch.channels_last)
    pull = torch.randn(2, 16, 6, 5)

    def run() -> list[torch.Tensor]:
        picture = start.clone().requires_grad_()
        model.zero_grad()
        normal = model(picture)
        torch.autograd.backward(normal, pull)
        gradients = [picture.grad, *(weight.grad for weight in model.parameters())]
        assert all(gradient is not None for gradient in gradients)
        return [normal.detach(), *(g.clone() for g in gradients if g is not None)]

    wanted = run()
    hasten(model)

    for fast, slow in zip(run(), wanted, strict=True):
        torch.testing.assert_close(fast, slow, atol=1e-4, rtol=1e-4)
