"""From a finished training to a bundle that has passed its self-test."""

from trainer.packaging.job import FinishedTraining
from trainer.packaging.steps import finish

__all__ = ["FinishedTraining", "finish"]
