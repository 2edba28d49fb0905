import pytest
import torch

from models.train.clip_unet import make_image_encoder, make_scheduler, make_unet


@torch.no_grad()
def test_it_denoises_clips_of_every_shape_beside_their_picture() -> None:
    unet, added = make_unet().eval(), torch.tensor([[6.0, 127.0, 0.02]])

    for rows, columns in ((16, 16), (15, 26)):
        clip = torch.randn(1, 3, 32, rows, columns)
        guess = unet(clip, torch.tensor([0.5]), torch.randn(1, 1, 64), added_time_ids=added).sample
        assert guess.shape == (1, 3, 16, rows, columns)


def test_its_picture_encoder_gives_the_vector_that_the_denoiser_takes() -> None:
    vector = make_image_encoder()(torch.rand(1, 3, 224, 224)).image_embeds

    assert vector.shape == (1, make_unet().config.cross_attention_dim)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_what_it_is_trained_to_say_is_what_the_sampler_understands() -> None:
    scheduler = make_scheduler()
    scheduler.set_timesteps(10)
    clean, noise = torch.randn(2, 1, 4, 4).unbind()
    sigma = scheduler.sigmas[3]
    scheduler.scale_model_input(clean, scheduler.timesteps[3])

    said = (noise - sigma * clean) / (1 + sigma**2).sqrt()
    seen = scheduler.step(said, scheduler.timesteps[3], clean + sigma * noise).pred_original_sample

    torch.testing.assert_close(seen, clean, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(scheduler.timesteps[3], 0.25 * sigma.log())
