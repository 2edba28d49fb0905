"""How far each running job is: in memory, for the eyes only, never a reason to charge."""

from dataclasses import replace

from engine.job import Progress


class ProgressBoard:
    """The last progress of every job that the engine has."""

    def __init__(self) -> None:
        self._latest: dict[str, Progress] = {}
        self._began_again: set[str] = set()

    def put(self, job_id: str, progress: Progress) -> None:
        """Remember the newest progress; fewer steps than before mean that the engine died.

        What the picture looked like is remembered until there is something newer to see.
        """
        former = self._latest.get(job_id)
        if former and progress.step < former.step:
            self._began_again.add(job_id)
        if former and not progress.preview:
            progress = replace(progress, preview=former.preview)
        self._latest[job_id] = progress

    def get(self, job_id: str) -> Progress | None:
        """The newest progress; None while the engine has not taken the job."""
        return self._latest.get(job_id)

    @property
    def awaited(self) -> dict[str, float]:
        """The seconds that each job still takes, of those of which the engine can tell."""
        return {job_id: told.eta_s for job_id, told in self._latest.items() if told.eta_s}

    def began_again(self, job_id: str) -> bool:
        """Whether the job is drawn from the beginning once more."""
        return job_id in self._began_again

    def forget(self, job_id: str) -> None:
        """The job has ended."""
        self._latest.pop(job_id, None)
        self._began_again.discard(job_id)
