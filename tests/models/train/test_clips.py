import itertools

from models.train.clips import clip, first_number
from models.train.motion import later
from models.train.settings import CLIPS


def test_the_same_number_is_the_same_clip() -> None:
    assert clip(7) == clip(7)
    assert clip(7) != clip(8)


def test_no_two_shapes_share_a_clip() -> None:
    firsts = [first_number(size) for size in CLIPS.shapes]

    assert firsts[0] == 0
    assert [after - before for before, after in itertools.pairwise(firsts)] == list(
        CLIPS.count[:-1]
    )


def test_a_second_is_as_many_frames_as_the_clip_says() -> None:
    one = next(clip(number) for number in range(99) if clip(number).scene.clouds)

    wanted = later(one.scene, 1.0, one.motion / 127)
    assert one.frame(0) == one.scene
    assert one.frame(one.fps) == wanted
