"""One supervisor, the child process that reads films, and their protocol. No Qt."""
