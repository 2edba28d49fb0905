import json

from engine.clip import VideoRequest
from engine.job import GenerationRequest
from handlers.scene import Scene

CLIP = VideoRequest(image=b"", width=832, height=480, frames=25, fps=5, seed=7)
PICTURE = GenerationRequest("a boat", "", 832, 480, 20, 3.5, 7)


def test_a_scene_comes_back_from_its_row_as_it_was() -> None:
    for scene in (
        Scene(prompt="a boat", seconds=5, clip=CLIP, picture=PICTURE, is_covered=True),
        Scene(prompt="", seconds=2, clip=CLIP, source="1/job_a.png"),
    ):
        kept = json.loads(json.dumps({**scene.to_json(), "left_after": 2}))

        assert Scene.from_json(kept) == scene
