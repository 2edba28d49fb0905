"""What a picture looks like while it is drawn, for the card of its job."""

from chat.model import Media
from handlers.accepting import asked_of
from handlers.scene import Scene
from handlers.services import Services
from store.jobs import Job


def preview(services: Services, job: Job) -> Media | None:
    """The newest preview, covered if the picture will be; None while there is nothing to see."""
    progress = services.progress.get(job.id)
    if progress is None or not progress.preview:
        return None
    (width, height), is_covered = _shape(job)
    return Media(
        "photo",
        f"{job.id}.preview.jpg",
        progress.preview,
        width,
        height,
        alt=str(job.request["prompt"]),
        spoiler=is_covered,
    )


def _shape(job: Job) -> tuple[tuple[int, int], bool]:
    """The size of what is drawn, and whether it is covered; of a clip its first picture."""
    if job.kind == "video":
        scene = Scene.from_json(job.request)
        return (scene.picture or scene.clip).size, scene.is_covered
    asked = asked_of(job)
    return asked.request.size, asked.is_covered
