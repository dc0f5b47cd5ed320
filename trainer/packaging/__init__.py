"""Steps 5 to 7 of the workflow: from a finished training to a bundle that has proved itself."""

from trainer.packaging.job import FinishedTraining
from trainer.packaging.steps import finish

__all__ = ["FinishedTraining", "finish"]
