"""What is kept of a result: the history file and the rows of the worklist. No Qt."""
